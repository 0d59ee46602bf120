#include "gateway/store/tables/audit.hpp"

#include <algorithm>
#include <utility>

#include "gateway/store/tables/pack.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {

std::string audit_record(const AuditFrame& frame, const AuditRow& row,
                         std::span<const StateChange> changes) {
  std::string out;
  for (const auto number : {frame.number, frame.partition, frame.arrival})
    put_number(out, static_cast<std::uint64_t>(number));
  if (frame.arrival != 0) out += base::bytes_of(frame.seal);
  put_number(out, static_cast<std::uint64_t>(row.at.microseconds));
  for (const auto* text : {&row.event, &row.agent, &row.source, &row.outcome, &row.detail})
    put_text(out, *text);
  put_number(out, row.entities.size());
  std::string_view before;  // resources of one order begin alike
  for (const std::string_view entity : row.entities) {
    const auto differs = std::mismatch(before.begin(), before.end(), entity.begin(), entity.end());
    const auto shared = static_cast<std::size_t>(differs.second - entity.begin());
    put_number(out, shared);
    put_text(out, entity.substr(shared));
    before = entity;
  }
  if (row.address.empty() && row.request_id.empty() && row.count == 0 && row.bytes == 0 &&
      changes.empty())
    return out;
  put_text(out, row.address);
  put_text(out, row.request_id);
  put_number(out, static_cast<std::uint64_t>(row.count));
  put_number(out, static_cast<std::uint64_t>(row.bytes));
  if (changes.empty()) return out;  // an end that older rows have as well
  put_number(out, changes.size());
  for (const StateChange& change : changes)
    for (const auto number : {static_cast<std::int64_t>(change.of), change.number, change.state})
      put_number(out, static_cast<std::uint64_t>(number));
  return out;
}

namespace {

/// Takes the frame from the front of a record.
std::optional<AuditFrame> take_frame(std::string_view& record) {
  AuditFrame frame;
  for (auto* number : {&frame.number, &frame.partition, &frame.arrival}) {
    const auto taken = take_number(record);
    if (!taken) return std::nullopt;
    *number = static_cast<std::int64_t>(*taken);
  }
  if (frame.arrival == 0) return frame;
  if (record.size() < frame.seal.size()) return std::nullopt;
  std::copy_n(record.begin(), frame.seal.size(), frame.seal.begin());
  record.remove_prefix(frame.seal.size());
  return frame;
}

bool take(std::string_view& record, std::int64_t& number) {
  const auto taken = take_number(record);
  number = static_cast<std::int64_t>(taken.value_or(0));
  return taken.has_value();
}

bool take(std::string_view& record, std::string& text) {
  const auto taken = take_text(record);
  text = taken.value_or("");
  return taken.has_value();
}

bool take_entities(std::string_view& record, std::vector<std::string>& entities) {
  const auto count = take_number(record);
  if (!count) return false;
  std::string entity;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto shared = take_number(record);
    const auto rest = take_text(record);
    if (!shared || !rest || *shared > entity.size()) return false;
    (entity.resize(*shared), entity += *rest);
    entities.push_back(entity);
  }
  return true;
}

}  // namespace

std::optional<AuditFrame> frame_of(std::string_view record) {
  return take_frame(record);
}

namespace {

/// Takes the row from the front of a record.
std::optional<AuditRow> take_row(std::string_view& record) {
  AuditRow row;
  if (!take_frame(record) || !take(record, row.at.microseconds)) return std::nullopt;
  for (auto* text : {&row.event, &row.agent, &row.source, &row.outcome, &row.detail})
    if (!take(record, *text)) return std::nullopt;
  if (!take_entities(record, row.entities)) return std::nullopt;
  if (record.empty()) return row;
  const bool whole = take(record, row.address) && take(record, row.request_id) &&
                     take(record, row.count) && take(record, row.bytes);
  return whole ? std::optional(std::move(row)) : std::nullopt;
}

}  // namespace

std::optional<AuditRow> row_of(std::string_view record) {
  return take_row(record);
}

std::vector<StateChange> changes_of(std::string_view record) {
  std::vector<StateChange> out;
  std::int64_t left = 0;
  if (!take_row(record) || record.empty() || !take(record, left)) return out;
  for (std::int64_t of = 0; left > 0; --left) {
    StateChange change;
    if (!take(record, of) || !take(record, change.number) || !take(record, change.state)) break;
    change.of = static_cast<StateChange::Of>(of);
    out.push_back(change);
  }
  return out;
}

base::Digest audit_chain(const base::Digest& before, std::string_view record) {
  std::string joined(base::bytes_of(before));
  joined += record;
  return base::sha256(joined);
}

// To make the row of a read some sixty bytes smaller costs more than to write it.
constexpr std::size_t least_worth_coding = 400;

void write_audit(Writer& writer, std::span<const AuditRow> rows, int partition,
                 const SealedArrival& sealed, std::span<const StateChange> changes) {
  AuditFrame frame{0, partition, sealed.number, sealed.seal};
  for (const AuditRow& row : rows) {
    const auto number = frame.number = ++writer.numbers.audit;
    const auto record = audit_record(frame, row, std::exchange(changes, {}));
    const bool is_dense = std::exchange(frame.arrival, 0) != 0;  // the first alone carries the seal
    writer.numbers.chain = audit_chain(writer.numbers.chain, record);
    // A seal and ids are nearly all of it: there is nothing to make smaller.
    const bool is_plain = is_dense || record.size() < least_worth_coding;
    const auto coded = is_plain ? Codec::plain(record) : writer.codec->code(record);
    run(writer.connection,
        "INSERT INTO audit (number, partition, record, chain) VALUES (?, ?, ?, ?)", number,
        partition, Blob{coded}, Blob{base::bytes_of(writer.numbers.chain)});
  }
}

void write_head(Writer& writer) {
  run(writer.connection, "UPDATE head SET arrival = ?, audit = ?, chain = ? WHERE one = 1",
      writer.numbers.arrival, writer.numbers.audit, Blob{base::bytes_of(writer.numbers.chain)});
}

}  // namespace gateway::store::tables
