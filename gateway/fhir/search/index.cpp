#include "gateway/fhir/search/index.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/search/index_steps.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/fhir/search/references.hpp"

namespace gateway::fhir::search {
namespace {

using base::DecimalText;
using Node = JsonView::Node;

/// The first bytes of a text, cut between characters.
std::string_view head(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

/// Adds what one element says to one parameter, by the element's shape.
class Rows {
 public:
  explicit Rows(IndexRows& rows) : rows_(rows) {}

  void add(const IndexStep::Indexed& indexed, Node element) {
    const Parameter& parameter = *indexed.parameter;
    switch (parameter.kind) {
      case Kind::token:
        return token(indexed, element);
      case Kind::string:
        return string(parameter, element);
      case Kind::reference:
        return reference(parameter, element);
      case Kind::number:
        return number(parameter, element);
      case Kind::quantity:
        return quantity(parameter, element);
      case Kind::date:
        return date(parameter, element);
      case Kind::uri:
        return token(parameter.name, "", element.text());
      case Kind::composite:
        return pairs(parameter, element);
      case Kind::special:
        return;
    }
  }

  void token(std::string_view parameter, std::string_view system, std::string_view code) {
    if (!code.empty()) rows_.tokens.push_back({parameter, kept(system), kept(code)});
  }

 private:
  std::string_view kept(std::string_view code) {
    if (code.size() <= indexed_code_bytes) return code;
    rows_.names.push_back(std::make_shared<const std::string>(as_indexed(code)));
    return *rows_.names.back();
  }

  /// CodeableConcept: every coding; Coding; Identifier; code; boolean.
  void token(const IndexStep::Indexed& indexed, Node element) {
    const std::string_view name = indexed.parameter->name;
    if (!element.is_object()) return token(name, indexed.system, element.text());
    if (const Node codings = element["coding"]; codings.exists()) {
      for (const Node coding : codings.items()) token(indexed, coding);
      return;
    }
    const bool is_coding = element["code"].exists();
    token(name, element["system"].text(), element[is_coding ? "code" : "value"].text());
  }

  void string(const Parameter& parameter, Node element) {
    if (!element.is_string()) return;
    // A page of text is not folded whole for its first words.
    const std::string plain = folded(head(element.text(), 4 * indexed_text_bytes));
    if (plain.empty()) return;
    rows_.strings.push_back({parameter.name, std::string(head(plain, indexed_text_bytes)),
                             std::string(head(element.text(), indexed_text_bytes))});
  }

  void reference(const Parameter& parameter, Node element) {
    const auto target = target_of(element["reference"].text());
    if (!target || !may_lead_to(parameter, target->type)) return;
    rows_.references.push_back({parameter.name, target->type, target->id});
  }

  /// Each code of the element with its value.
  void pairs(const Parameter& parameter, Node element) {
    const auto part = [&](std::string_view name) {
      const auto path = find_parameter(parameter.type, name)->elements;
      return element[path.substr(parameter.elements.size() + 1)];
    };
    const Node value = part(parameter.right);
    if (!value.exists()) return;
    for (const Node coding : part(parameter.left)["coding"].items()) {
      if (coding["code"].text().empty()) continue;
      rows_.names.push_back(std::make_shared<const std::string>(
          paired(parameter.name, kept(coding["system"].text()), kept(coding["code"].text()))));
      Parameter pair = parameter;
      pair.name = *rows_.names.back();
      pair.kind = find_parameter(parameter.type, parameter.right)->kind;
      add({&pair, {}}, value);
    }
  }

  void number(const Parameter& parameter, Node element) {
    if (element.kind() != Json::Kind::number) return;
    if (auto value = DecimalText::parse(element.text()))
      rows_.numbers.push_back({parameter.name, *std::move(value)});
  }

  void quantity(const Parameter& parameter, Node element) {
    auto value = DecimalText::parse(element["value"].text());
    if (element["value"].kind() != Json::Kind::number || !value) return;
    const auto text = [&](std::string_view name) { return as_indexed(element[name].text()); };
    rows_.quantities.push_back({parameter.name, *std::move(value), text("comparator"),
                                text("system"), text("code"), text("unit")});
  }

  /// date, dateTime, instant; Period, open ends being for ever.
  void date(const Parameter& parameter, Node element) {
    constexpr auto first = std::numeric_limits<std::int64_t>::min();
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    const bool is_period = element.is_object();
    const auto start = base::parse_fhir_time(is_period ? element["start"].text() : element.text());
    const auto end = is_period ? base::parse_fhir_time(element["end"].text()) : start;
    if (!start && !end) return;
    rows_.dates.push_back({parameter.name, start ? start->local_begin_seconds() : first,
                           end ? end->local_end_seconds() : last,
                           start ? start->instant_begin() : first,
                           end ? end->instant_end() : last});
  }

  IndexRows& rows_;
};

template <class Value>
void keep_distinct(std::vector<Value>& values) {
  std::ranges::sort(values);
  const auto rest = std::ranges::unique(values);
  values.erase(rest.begin(), rest.end());
}

/// A token by the first letters of its parameter, as a number that orders as they do: what is
/// sorted is small, and nearly always told apart by this alone.
struct Sortable {
  std::uint64_t letters = 0;
  std::uint32_t at = 0;
};

std::uint64_t first_letters(std::string_view parameter) {
  std::uint64_t letters = 0;
  const std::size_t count = std::min(parameter.size(), sizeof letters);
  for (std::size_t i = 0; i < count; ++i)
    letters |= std::uint64_t{static_cast<unsigned char>(parameter.data()[i])} << (56 - 8 * i);
  return letters;
}

void keep_distinct(std::vector<TokenValue>& tokens) {
  std::vector<Sortable> order(tokens.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    order[i] = {first_letters(tokens[i].parameter), i};
  }
  std::ranges::sort(order, [&tokens](const Sortable& a, const Sortable& b) {
    return a.letters != b.letters ? a.letters < b.letters : tokens[a.at] < tokens[b.at];
  });
  std::vector<TokenValue> sorted;
  sorted.reserve(tokens.size());
  for (const auto& one : order)
    if (sorted.empty() || sorted.back() != tokens[one.at]) sorted.push_back(tokens[one.at]);
  tokens = std::move(sorted);
}

/// What only this gateway writes: who sent it, by which order.
void add_origin(const IndexPlan& plan, Node resource, Rows& rows) {
  if (plan.has_sender) {
    static const std::string before = canonical::sender("");
    const std::string_view source = resource["meta"]["source"].text();
    if (source.starts_with(before)) rows.token("sender", "", source.substr(before.size()));
  }
  if (!plan.has_order) return;
  static const std::string result_system = canonical::identifier_system("result");
  static const std::string types = canonical::v2_table("0203");
  for (const Node identifier : resource["identifier"].items()) {
    const std::string_view value = identifier["value"].text();
    if (identifier["system"].text() == result_system)  // `order|code|sub-id`
      rows.token("order", "", value.substr(0, value.find('|')));
    for (const Node coding : identifier["type"]["coding"].items()) {
      const std::string_view code = coding["code"].text();
      if (coding["system"].text() == types && (code == "PLAC" || code == "FILL"))
        rows.token("order", identifier["system"].text(), value);
    }
  }
}

/// What is not said of a living patient is searched by as well (FHIR R4, Patient, `deceased`).
void add_deceased(Node patient, Rows& rows) {
  const bool is_dead =
      patient["deceasedDateTime"].exists() || patient["deceasedBoolean"].text() == "true";
  rows.token("deceased", "", is_dead ? "true" : "false");
}

}  // namespace

std::string as_indexed(std::string_view code) {
  if (code.size() <= indexed_code_bytes) return std::string(code);
  return std::string(head(code, least_cut_bytes)) + base::hex(base::bytes_of(base::sha256(code)));
}

std::string paired(std::string_view parameter, std::string_view system, std::string_view code) {
  return std::string(parameter)
      .append(1, pair_mark)
      .append(code)
      .append(1, pair_mark)
      .append(system);
}

namespace {

/// The members that may say whom a resource is about; the first that does counts.
constexpr auto patient_members =
    std::to_array<std::string_view>({"subject", "patient", "for", "target"});

/// The Patient that a resource other than a Patient is about.
std::string patient_in(Node resource) {
  static constexpr std::string_view of_patient = "Patient/";
  const auto id_in = [](Node reference) {
    const std::string_view text = reference["reference"].text();
    const auto target = text.starts_with(of_patient) ? target_of(text) : std::nullopt;
    return std::string(target ? target->id : std::string_view());
  };
  for (const std::string_view name : patient_members) {
    const Node element = resource[name];
    if (auto id = id_in(element); !id.empty()) return id;
    for (const Node item : element.items())
      if (auto id = id_in(item); !id.empty()) return id;
  }
  return {};
}

}  // namespace

std::size_t patient_rank(std::string_view member) {
  return static_cast<std::size_t>(std::ranges::find(patient_members, member) -
                                  patient_members.begin());
}

std::string patient_of(const ResourceKey& key, const JsonView& body) {
  return key.type == "Patient" ? key.id : patient_in(body.root());
}

PatientIdentifiers patient_identifiers(const JsonView& patient) {
  PatientIdentifiers found{{}, patient.text()};
  for (const Node identifier : patient.root()["identifier"].items())
    if (const std::string_view value = identifier["value"].text(); !value.empty())
      found.tokens.push_back({"patient.identifier", identifier["system"].text(), value});
  return found;
}

namespace {

/// The same rows, looking into a text of their own.
void keep_apart(IndexRows& rows) {
  std::size_t size = 0;
  for (const auto& token : rows.tokens) size += token.system.size() + token.code.size();
  for (const auto& reference : rows.references) size += reference.type.size() + reference.id.size();
  auto own = std::make_shared<std::vector<char>>();
  own->reserve(size);  // so that nothing moves
  const auto keep = [&own](std::string_view& text) {
    const auto at = own->size();
    own->insert(own->end(), text.begin(), text.end());
    text = {own->data() + at, text.size()};
  };
  for (auto& token : rows.tokens) {
    keep(token.system);
    keep(token.code);
  }
  for (auto& reference : rows.references) {
    keep(reference.type);
    keep(reference.id);
  }
  rows.text = std::move(own);
}

}  // namespace

IndexRows gather_rows(const IndexPlan& plan, const JsonView& body) {
  IndexRows out;
  out.text = body.text();
  const Node resource = body.root();
  Rows rows(out);
  walk(resource, plan.root,
       [&rows](const auto& indexed, Node element) { rows.add(indexed, element); });
  add_origin(plan, resource, rows);
  return out;
}

void add_patient_itself(const JsonView& patient, IndexRows& gathered) {
  Rows rows(gathered);
  add_deceased(patient.root(), rows);
}

void settle_rows(const IndexPlan& plan, const PatientIdentifiers& patient_identifiers,
                 IndexRows& out) {
  const bool from_last_period = std::ranges::any_of(out.tokens, [](const TokenValue& token) {
    return token.parameter == "cycle-anchor" && token.code == "lmp";
  });
  if (from_last_period)  // there cycle-day is the number (FHIR.md §2.2)
    std::erase_if(out.numbers, [](const NumberValue& n) { return n.parameter == "cycle-offset"; });
  if (plan.has_patient_identifier) {
    Rows rows(out);
    for (const auto& token : patient_identifiers.tokens)
      rows.token(token.parameter, token.system, token.code);
    out.patient_text = patient_identifiers.text;
  }
  keep_distinct(out.tokens);
  keep_distinct(out.strings);
  keep_distinct(out.references);
  keep_distinct(out.numbers);
  keep_distinct(out.quantities);
  keep_distinct(out.dates);
  if (out.text->size() > most_kept_text) keep_apart(out);
}

IndexRows index_rows(const ResourceKey& key, const JsonView& body,
                     const PatientIdentifiers& patient_identifiers) {
  const IndexPlan& plan = index_plan(key.type);
  IndexRows out = gather_rows(plan, body);
  out.patient = patient_of(key, body);
  if (key.type == "Patient") add_patient_itself(body, out);
  settle_rows(plan, patient_identifiers, out);
  return out;
}

}  // namespace gateway::fhir::search
