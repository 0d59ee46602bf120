#include "gateway/audit/syslog.hpp"

#include <utility>
#include <vector>

#include "gateway/base/hash.hpp"

namespace gateway::audit {
namespace {

using Fact = std::pair<std::string_view, std::string>;

constexpr int security = 10 * 8;  // facility 10: security/authorization
constexpr int warning = 4, notice = 5;
/// The number of documentation (RFC 5612): we have none of our own.
constexpr std::string_view element = "immunogate@32473";

/// Printable ASCII without blanks, as header fields want it (RFC 5424 §6); "-" where nothing is
/// left.
std::string word(std::string_view text, std::size_t longest) {
  std::string out;
  for (const char c : text.substr(0, longest)) out += c > 32 && c < 127 ? c : '-';
  return out.empty() ? "-" : out;
}

/// RFC 5424 §6.3.3.
std::string structured(const std::vector<Fact>& facts) {
  std::string out = "[" + std::string(element);
  for (const auto& [name, value] : facts) {
    out.append(" ").append(name).append("=\"");
    for (const char c : value) {
      if (c == '"' || c == '\\' || c == ']') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "]";
}

struct Head {
  int severity = notice;
  base::Instant at;
  std::string_view kind;
};

std::string framed(const Head& head, const Self& self, const std::vector<Fact>& facts,
                   std::string_view text) {
  std::string message = "<" + std::to_string(security + head.severity) + ">1 " +
                        base::to_text(head.at) + " " + word(self.instance, 255) + " immunogate - " +
                        std::string(head.kind) + " " + structured(facts) + " \xEF\xBB\xBF";
  message += text;  // behind a byte order mark, which says that it is UTF-8
  return std::to_string(message.size()) + " " + message;
}

std::string hex_of(const base::Digest& digest) {
  return base::hex(base::bytes_of(digest));
}

bool is_refusal(const store::AuditRow& row) {
  return row.event == "refused" || row.event == "token-refused" || row.outcome.starts_with("4") ||
         row.outcome.starts_with("5");
}

}  // namespace

std::string syslog_of(const store::ProvenAudit& row, const Self& self) {
  const auto& audited = row.audited;
  std::vector<Fact> facts = {{"row", std::to_string(audited.number)}, {"chain", hex_of(row.chain)}};
  if (row.record.empty())
    return framed({warning, {}, "unreadable"}, self, facts,
                  "this row is damaged in the store; see immunogate store verify");
  facts.emplace_back("record", base::base64(row.record));
  std::string out;
  for (const auto& event : events_of(audited, self)) {
    out += framed({is_refusal(audited.row) ? warning : notice, audited.row.at, "AuditEvent"}, self,
                  facts, event.body);
    facts.resize(1);  // proven once
  }
  return out;
}

std::string syslog_of(const store::SignedHead& head, const Self& self) {
  return framed({notice, head.at, "SignedHead"}, self,
                {{"row", std::to_string(head.head.number)},
                 {"chain", hex_of(head.head.chain)},
                 {"at", std::to_string(head.at.microseconds)},
                 {"key", base::hex(head.public_key)},
                 {"signature", base::hex(head.signature)}},
                "the trail is signed up to row " + std::to_string(head.head.number));
}

}  // namespace gateway::audit
