#pragma once
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/hash.hpp"

/// Who a resource is: ids by the formula of V2FHIR.md §3.1, the same on every gateway for ever.
namespace gateway::mapping {

using KeyParts = std::initializer_list<std::string_view>;

/// What the ids of everything of one order begin with: SHA-256(sender ␟ patient ␟ order number).
/// The shared head keeps the rows of one order side by side in every index (SPEED.md §1.1).
class OrderHead {
 public:
  OrderHead() = default;
  OrderHead(std::string_view sender, std::string_view patient, std::string_view order_number);
  /// The head that the id of one of the order's resources carries.
  static OrderHead of_id(std::string_view id);
  const std::string& text() const { return text_; }  // 10 characters

 private:
  std::string text_;
};

/// `<letter>` + head + 16 characters of base32(SHA-256(kind ␟ key parts)).
std::string order_id(char letter, const OrderHead& head, std::string_view kind,
                     std::span<const std::string_view> key);
inline std::string order_id(char letter, const OrderHead& head, std::string_view kind,
                            KeyParts key) {
  return order_id(letter, head, kind, std::span(key.begin(), key.size()));
}

/// For what belongs to no order: both parts from its own key, `<letter>` + 26 characters of
/// base32(SHA-256(kind ␟ key parts)).
std::string own_id(char letter, std::string_view kind, std::span<const std::string_view> key);
inline std::string own_id(char letter, std::string_view kind, KeyParts key) {
  return own_id(letter, kind, std::span(key.begin(), key.size()));
}

/// Patient: identifier system and value, nothing else, so that senders that share an authority
/// share the patient.
std::string patient_id(std::string_view system, std::string_view value);

/// Id of the raw message's Binary: sender, MSH-10, SHA-256 of the bytes as the parser holds them
/// (UTF-8, without framing).
std::string raw_message_id(std::string_view sender, std::string_view control_id,
                           std::string_view message_digest);

}  // namespace gateway::mapping
