#include "gateway/store/tables/seal.hpp"

#include "gateway/store/tables/pack.hpp"

namespace gateway::store::tables {

Seal::Seal(const Columns& columns) {
  sealed_.reserve(256 + columns.answer.size() + columns.account.size() + columns.pack.size());
  for (const auto number : {columns.number, columns.partition, columns.kind, columns.state,
                            columns.size, columns.received, columns.committed})
    put_number(sealed_, static_cast<std::uint64_t>(number));
  for (const auto text : {columns.sender, columns.control_id, columns.hash, columns.kept,
                          columns.listener, columns.message_type, columns.path, columns.patient,
                          columns.answer, columns.account, columns.pack})
    put_text(sealed_, text);
}

void Seal::target(std::string_view name) {
  sealed_ += 'd';
  put_text(sealed_, name);
}

void Seal::review(std::string_view code, std::string_view severity, std::string_view place,
                  std::string_view resource, std::string_view text) {
  sealed_ += 'r';
  for (const auto part : {code, severity, place, resource, text}) put_text(sealed_, part);
}

base::Digest Seal::digest() const {
  return base::sha256(sealed_);
}

}  // namespace gateway::store::tables
