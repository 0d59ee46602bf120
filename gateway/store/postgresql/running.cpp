#include "gateway/store/postgresql/running.hpp"

#include "gateway/store/postgresql/text_code.hpp"

namespace gateway::store::postgresql {
namespace {

// pg_type: they are part of the protocol and never change.
constexpr Oid type_bool = 16, type_blob = 17, type_integer = 20, type_text = 25;

}  // namespace

void Connection::Running::bind_integer(std::int64_t number) {
  std::string bytes(8, '\0');
  auto rest = static_cast<std::uint64_t>(number);
  for (std::size_t i = 8; i-- > 0; rest >>= 8) bytes[i] = static_cast<char>(rest & 0xFF);
  parameters_.push_back({type_integer, std::move(bytes)});
}

void Connection::Running::bind_text(std::string_view text, bool) {
  auto code = encoded(text);
  parameters_.push_back({type_text, code.empty() ? std::string(text) : std::move(code)});
}

void Connection::Running::bind_blob(std::string_view bytes, bool) {
  parameters_.push_back({type_blob, std::string(bytes)});
}

void Connection::Running::run() {
  const bool ends = sql_ == "COMMIT" || sql_ == "ROLLBACK";
  (void)connection_.send(sql_, parameters_, nullptr);
  if (ends && connection_.is_open()) (void)connection_.drain();
}

bool Connection::Running::row() {
  decoded_.clear();
  if (!is_sent_) {
    is_sent_ = true;
    if (!connection_.send(sql_, parameters_, this) || !connection_.drain()) return false;
  }
  return result_ != nullptr && ++at_ < PQntuples(result_);
}

std::string_view Connection::Running::raw(int column) const {
  if (!is_there(column) || PQgetisnull(result_, at_, column) == 1) return {};
  return {PQgetvalue(result_, at_, column),
          static_cast<std::size_t>(PQgetlength(result_, at_, column))};
}

bool Connection::Running::is_null(int column) const {
  return !is_there(column) || PQgetisnull(result_, at_, column) == 1;
}

std::int64_t Connection::Running::integer(int column) const {
  const auto big_endian = raw(column);
  if (big_endian.empty() || big_endian.size() > 8) return 0;
  const bool is_negative = (big_endian.front() & 0x80) != 0;
  std::uint64_t out = is_negative ? ~std::uint64_t{0} : 0;
  for (const char byte : big_endian) out = (out << 8) | static_cast<std::uint8_t>(byte);
  return static_cast<std::int64_t>(out);
}

std::string_view Connection::Running::bytes(int column) const {
  const auto kept = raw(column);
  if (!is_there(column) || PQftype(result_, column) == type_blob || !is_encoded(kept)) return kept;
  return decoded_.emplace_back(decoded(kept));
}

Value Connection::Running::value(int column) const {
  if (is_null(column)) return nullptr;
  const auto type = PQftype(result_, column);
  if (type == type_blob) return tables::OwnedBlob{std::string(raw(column))};
  if (type == type_text) return std::string(bytes(column));
  static_assert(type_bool != type_integer);
  return integer(column);
}

}  // namespace gateway::store::postgresql
