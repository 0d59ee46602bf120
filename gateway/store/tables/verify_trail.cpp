#include "gateway/store/tables/verify_trail.hpp"

#include <algorithm>
#include <utility>

#include "gateway/security/signing.hpp"
#include "gateway/store/tables/audit.hpp"

namespace gateway::store::tables {
namespace {

base::Digest digest_of(std::string_view bytes) {
  base::Digest digest{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

}  // namespace

AuditTrail::AuditTrail(Connection& connection, Codec& codec, Findings& findings, Each each)
    : connection_(connection),
      codec_(codec),
      findings_(findings),
      each_(std::move(each)),
      listing_(connection, findings),
      query_(connection, "SELECT number, partition, record, chain FROM audit ORDER BY number") {
  if (connection.has_table("signed_head"))
    signed_.emplace(connection,
                    "SELECT number, signed, chain, public_key, signature FROM signed_head"
                    " ORDER BY number");
  next_signed();
}

std::optional<AuditTrail::Told> AuditTrail::next() {
  while (query_.row()) {
    ++rows_;
    const auto number = query_.integer(0);
    if (number != ++number_) findings_.add("audit", number, "rows before it are missing");
    number_ = number;
    const auto record = codec_.decode(query_.bytes(2));
    chain_ = audit_chain(chain_, record.value_or(""));
    const auto kept = query_.bytes(3);
    // Rows count from 1: a record that is none has the frame of number 0.
    const AuditFrame frame = frame_of(record.value_or("")).value_or(AuditFrame{});
    if (frame.number == 0 || base::bytes_of(chain_) != kept) {
      findings_.add("audit", number, "the chain is broken here");
    } else if (frame.number != number || frame.partition != query_.integer(1)) {
      findings_.add("audit", number, "its columns differ from its record");
    }
    if (frame.number != 0) {
      each_(number, *record);
      listing_.row(number, *record);
    }
    compare_with_signed(number, kept);
    // What follows is held against what is kept: one edited row is one line.
    chain_ = digest_of(kept);
    if (frame.arrival != 0) return Told{number, frame.arrival, frame.seal};
  }
  return std::nullopt;
}

bool AuditTrail::next_signed() {
  head_ = {};
  if (!signed_ || !signed_->row()) return false;
  head_ = {{signed_->integer(0), digest_of(signed_->bytes(2))},
           {signed_->integer(1)},
           signed_->text(3),
           signed_->text(4)};
  ++heads_;
  last_signed_ = head_.head.number;
  signers_.insert(base::hex(head_.public_key));
  if (!security::is_signed(head_.public_key, signed_text(head_.head, head_.at), head_.signature))
    findings_.add("signed_head", head_.head.number, "its signature is not of its key");
  return true;
}

void AuditTrail::compare_with_signed(std::int64_t number, std::string_view chain) {
  while (head_.head.number != 0 && head_.head.number <= number) {
    if (head_.head.number < number)
      findings_.add("signed_head", head_.head.number, "the row that it is of is missing");
    else if (base::bytes_of(head_.head.chain) != chain)
      findings_.add("audit", number, "it or rows before it are not those that were signed");
    next_signed();
  }
}

void AuditTrail::compare_with_head() {
  for (; head_.head.number != 0; next_signed())
    findings_.add("audit", head_.head.number,
                  "it was signed, and the trail ends before it, at row " + std::to_string(number_));
  listing_.compare();
  Query head(connection_, "SELECT audit, chain FROM head WHERE one = 1");
  if (!head.row()) return findings_.add("head", 1, "it is missing");
  if (head.integer(0) > number_) {
    findings_.add("audit", head.integer(0),
                  "the trail ends before it, at row " + std::to_string(number_));
  } else if (head.integer(0) != number_ || head.bytes(1) != base::bytes_of(chain_)) {
    findings_.add("head", 1, "the end of the audit chain is another");
  }
}

void AuditTrail::tell(Verification& out) const {
  out.audit_rows = rows_;
  out.audit_head = base::hex(base::bytes_of(chain_));
  out.signed_heads = heads_;
  out.signed_up_to = last_signed_;
  out.signed_by.assign(signers_.begin(), signers_.end());
}

}  // namespace gateway::store::tables
