#include "gateway/store/sqlite/audit.hpp"

#include "gateway/store/sqlite/pack.hpp"
#include "gateway/store/sqlite/writer.hpp"

namespace gateway::store::sqlite {

std::string audit_record(std::int64_t number, const AuditRow& row) {
  std::string out;
  put_number(out, static_cast<std::uint64_t>(number));
  put_number(out, static_cast<std::uint64_t>(row.at.microseconds));
  for (const auto* text : {&row.event, &row.agent, &row.source, &row.outcome, &row.detail})
    put_text(out, *text);
  put_number(out, row.entities.size());
  for (const auto& entity : row.entities) put_text(out, entity);
  return out;
}

base::Digest audit_chain(const base::Digest& before, std::string_view record) {
  std::string joined(base::bytes_of(before));
  joined += record;
  return base::sha256(joined);
}

void write_audit(Writer& writer, std::span<const AuditRow> rows, int partition) {
  for (const AuditRow& row : rows) {
    const auto number = ++writer.numbers.audit;
    const auto record = audit_record(number, row);
    writer.numbers.chain = audit_chain(writer.numbers.chain, record);
    const auto coded = writer.codec->code(record);
    run(writer.connection,
        "INSERT INTO audit (number, partition, record, chain) VALUES (?, ?, ?, ?)", number,
        partition, Blob{coded}, Blob{base::bytes_of(writer.numbers.chain)});
  }
}

}  // namespace gateway::store::sqlite
