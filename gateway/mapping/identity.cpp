#include "gateway/mapping/identity.hpp"

namespace gateway::mapping {
namespace {

base::Digest digest_of(std::string_view first, std::span<const std::string_view> parts) {
  base::KeyHash hash;
  hash.add(first);
  for (const std::string_view part : parts) hash.add(part);
  return hash.digest();
}

}  // namespace

OrderHead::OrderHead(std::string_view sender, std::string_view patient,
                     std::string_view order_number)
    : text_(base::base32(base::KeyHash().add(sender).add(patient).add(order_number).digest(), 10)) {
}

OrderHead OrderHead::of_id(std::string_view id) {
  constexpr std::size_t letter_and_head = 11;
  OrderHead head("", "", id);
  if (id.size() > letter_and_head) head.text_ = id.substr(1, letter_and_head - 1);
  return head;
}

std::string order_id(char letter, const OrderHead& head, std::string_view kind,
                     std::span<const std::string_view> key) {
  return letter + head.text() + base::base32(digest_of(kind, key), 16);
}

std::string own_id(char letter, std::string_view kind, std::span<const std::string_view> key) {
  return letter + base::base32(digest_of(kind, key), 26);
}

std::string patient_id(std::string_view system, std::string_view value) {
  return own_id('p', "Patient", {system, value});
}

std::string raw_message_id(std::string_view sender, std::string_view control_id,
                           std::string_view message_digest) {
  return own_id('b', "Message", {sender, control_id, message_digest});
}

}  // namespace gateway::mapping
