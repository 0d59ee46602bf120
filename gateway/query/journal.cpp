#include "gateway/query/journal.hpp"

#include "gateway/fhir/search/encoding.hpp"
#include "gateway/hl7v2/field_names.hpp"
#include "gateway/hl7v2/utf8.hpp"
#include "gateway/mapping/convert_bytes.hpp"
#include "gateway/mapping/kept_account.hpp"

namespace gateway::query {
namespace {

std::vector<FieldFate> fates_of(const mapping::ConvertedBytes& made) {
  const auto& account = made.conversion.account;
  std::vector<FieldFate> out(account.leaves.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const hl7v2::Leaf& leaf = made.message.leaves()[i];
    const mapping::LeafFate& fate = account.leaves[i];
    const bool is_aside = fate.fate == mapping::Fate::set_aside;
    out[i].place = made.message.address(leaf);
    out[i].name = hl7v2::field_name(made.message.segments()[leaf.segment].name, leaf.field);
    out[i].value = made.message.decoded(leaf);
    out[i].fate = is_aside                             ? "set-aside"
                  : fate.fate == mapping::Fate::mapped ? "mapped"
                                                       : "unmapped";
    if (is_aside) out[i].why = to_text(fate.reason);
  }
  for (const mapping::Landing& landing : account.landings)
    out[landing.leaf].paths.push_back(made.conversion.resources[landing.resource].key.reference() +
                                      "#" + account.text_of(landing.path));
  return out;
}

/// FHIR R4, search, escaping: what separates in a search is a character like others on paper.
std::string escaped_token(const std::string& identifier) {
  std::string out;
  for (const char c : identifier) {
    if (c == ',' || c == '$' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string as_far_as_readable(std::string_view bytes, bool& exact) {
  constexpr std::string_view no_character = "\xEF\xBF\xBD";
  std::string out;
  while (!bytes.empty()) {
    const auto good = hl7v2::utf8_valid_size(bytes);
    out += bytes.substr(0, good);
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    out += no_character;
    bytes.remove_prefix(1);
    exact = false;
  }
  return out;
}

base::Result<std::vector<std::string>> Journal::patients_with(const std::string& identifier) const {
  constexpr std::size_t most_patients = 20;
  const auto query = fhir::search::parse(
      "Patient", "_count=" + std::to_string(most_patients) +
                     "&identifier=" + fhir::search::form_encoded(escaped_token(identifier)));
  if (!query) return query.error();
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  store::Search search;
  search.query = &*query;
  const auto page = (*snapshot)->search(search);
  if (!page) return page.error();
  std::vector<std::string> out;
  for (const auto& row : page->rows) out.push_back(row.version.key.id);
  return out;
}

MessageContent Journal::content_of(const store::ArrivalWhole& arrival) const {
  MessageContent out;
  if (arrival.line.kind == store::ArrivalKind::hl7v2) {
    const auto catalogue = explainer_.catalogue();
    if (const auto made = mapping::convert_bytes(arrival.bytes, *catalogue)) {
      out.text = made->message.text();
      out.account = fates_of(*made);
      const auto now = mapping::kept(made->conversion.account, catalogue->version());
      out.agrees = arrival.line.account.empty() ||
                   mapping::leaves_of(now) == mapping::leaves_of(arrival.line.account);
      return out;
    }
  }
  out.text = as_far_as_readable(arrival.bytes, out.exact);
  return out;
}

}  // namespace gateway::query
