#include "gateway/fhir/search/criterion.hpp"

#include <algorithm>

#include "gateway/fhir/search/references.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

constexpr std::size_t most_values = 1000;
constexpr int most_depth = 3;

base::Error bad_chain(std::string_view name, std::string remedy) {
  return {base::ErrorKind::unsupported, "search-bad-modifier this chain is not offered",
          "http." + printable(name), std::move(remedy)};
}

/// The references of a type that can be chained.
std::string chains_of(std::string_view type) {
  std::string names;
  for (const Parameter* reference : references_of(type))
    if (!reference->targets.empty() && find_parameter(type, reference->name) != nullptr)
      names.append(names.empty() ? "chain by: " : ", ").append(reference->name);
  return names.empty() ? "this type has no reference to chain by" : names;
}

/// What holds for a pair holds for each of its parts, and these have an index. Of a composite whose
/// parts a result has once (one context, one code, one value) a single pair is no more than its
/// parts; of one that is indexed in pairs, or is a union, the left part leads.
std::vector<Criterion> with_parts(Criterion pairs) {
  const Parameter& both = *pairs.parameter;
  const bool is_once = both.elements.empty() && both.either.empty();
  Criterion lefts{.parameter = find_parameter(both.type, both.left)};
  Criterion rights{.parameter = find_parameter(both.type, both.right)};
  for (const Match& match : pairs.any_of) {
    const auto& pair = std::get<PairMatch>(match);
    lefts.any_of.push_back(as_match(pair.left));
    rights.any_of.push_back(as_match(pair.right));
  }
  const bool are_enough = is_once && pairs.any_of.size() == 1;
  std::vector<Criterion> all{std::move(lefts)};
  if (is_once) all.push_back(std::move(rights));
  if (!are_enough) all.push_back(std::move(pairs));
  return all;
}

/// Type/ID of an absolute URL of ours; any other value as it is.
std::string_view relative(std::string_view base_url, Kind kind, std::string_view value) {
  const bool is_ours = kind == Kind::reference && !base_url.empty() &&
                       value.size() > base_url.size() && value.starts_with(base_url) &&
                       value[base_url.size()] == '/';
  return is_ours ? value.substr(base_url.size() + 1) : value;
}

}  // namespace

CriterionReader::Criteria CriterionReader::read(std::string_view type, const std::string& name,
                                                const std::string& value) {
  name_ = name;
  return at_depth(type, name, value, 0);
}

CriterionReader::Criteria CriterionReader::at_depth(std::string_view type, std::string_view name,
                                                    const std::string& value, int depth) {
  if (depth > most_depth) return bad_chain(name_, "chains and _has go three steps at most");
  constexpr std::string_view has_prefix = "_has:";
  if (name.starts_with(has_prefix)) return has(type, name.substr(has_prefix.size()), value, depth);

  const std::size_t colon = std::min(name.find(':'), name.size());
  const std::size_t dot = std::min(name.find('.'), name.size());
  if (const auto* parameter = asked_parameter(type, name.substr(0, std::min(colon, dot)));
      parameter != nullptr && !parameter->short_for.empty())
    return at_depth(type,
                    std::string(parameter->short_for).append(name.substr(std::min(colon, dot))),
                    value, depth);
  if (const auto* parameter = asked_parameter(type, name.substr(0, colon))) {
    const auto modifier = name.substr(std::min(colon + 1, name.size()));
    const std::size_t end = modifier.find('.');
    if (end == modifier.npos) return plain(parameter, modifier, value);
    return chain(*parameter, modifier.substr(0, end), modifier.substr(end + 1), value, depth);
  }
  const auto* reference = asked_parameter(type, name.substr(0, dot));
  if (dot == name.size() || reference == nullptr) return refused(type, name);
  return chain(*reference, {}, name.substr(dot + 1), value, depth);
}

CriterionReader::Criteria CriterionReader::plain(const Parameter* parameter,
                                                 std::string_view modifier_word,
                                                 const std::string& value) {
  Modifier modifier;
  if (!modifier_word.empty()) {
    const auto read = read_modifier(parameter, modifier_word);
    if (!read) return bad_modifier(*parameter, printable(name_));
    modifier = *read;
  }
  Criterion criterion{.parameter = parameter};
  criterion.negated = modifier.kind == Modifier::Kind::none_of;
  if (modifier.kind == Modifier::Kind::missing) {
    if (value != "true" && value != "false")
      return bad_value(printable(name_), "is neither true nor false", "give true or false");
    criterion.missing = value == "true";
    return std::vector<Criterion>{std::move(criterion)};
  }
  for (const std::string_view one : split_escaped(value, ',')) {
    if (++values_ > most_values) return too_many("values", most_values);
    auto match = match_of(*parameter, relative(base_url_, parameter->kind, one), modifier);
    if (!match) {
      base::Error error = match.error();
      error.where = "http." + printable(name_);  // `subject` is read as `patient`
      return error;
    }
    criterion.any_of.push_back(*std::move(match));
  }
  if (parameter->kind == Kind::composite) return with_parts(std::move(criterion));
  return std::vector<Criterion>{std::move(criterion)};
}

CriterionReader::Criteria CriterionReader::chain(const Parameter& reference,
                                                 std::string_view target, std::string_view rest,
                                                 const std::string& value, int depth) {
  if (reference.kind != Kind::reference) return bad_chain(name_, chains_of(reference.type));
  Criterion criterion{.parameter = &reference};
  std::optional<base::Error> wrong;
  for (const auto type : reference.targets) {
    if (!target.empty() && target != type) continue;
    auto criteria = at_depth(type, rest, value, depth + 1);
    if (criteria)
      criterion.linked.push_back({std::string(type), *std::move(criteria)});
    else if (!wrong)
      wrong = criteria.error();
  }
  if (!criterion.linked.empty()) return std::vector<Criterion>{std::move(criterion)};
  if (wrong) return *std::move(wrong);
  return bad_chain(name_, chains_of(reference.type));
}

/// `Type:reference:parameter`: what of the other type must refer here.
CriterionReader::Criteria CriterionReader::has(std::string_view type, std::string_view rest,
                                               const std::string& value, int depth) {
  constexpr std::string_view form = "write _has:Type:reference:parameter=value";
  const std::size_t first = rest.find(':');
  const std::size_t second = first == rest.npos ? first : rest.find(':', first + 1);
  if (second == rest.npos) return bad_chain(name_, std::string(form));
  const auto other = rest.substr(0, first);
  if (!is_searchable(other)) return bad_chain(name_, std::string(form));
  const auto* reference = asked_parameter(other, rest.substr(first + 1, second - first - 1));
  if (reference == nullptr || reference->kind != Kind::reference)
    return bad_chain(name_, chains_of(other));
  if (!may_lead_to(*reference, type))
    return bad_chain(name_, std::string(reference->name) + " of that type never leads here");
  auto criteria = at_depth(other, rest.substr(second + 1), value, depth + 1);
  if (!criteria) return criteria;
  Criterion criterion{.parameter = reference};
  criterion.backwards = true;
  criterion.linked.push_back({std::string(other), *std::move(criteria)});
  return std::vector<Criterion>{std::move(criterion)};
}

base::Error CriterionReader::refused(std::string_view type, std::string_view name) const {
  const auto head = name.substr(0, std::min(name.find_first_of(":."), name.size()));
  if (head.size() < name.size() && find_reference(type, head) != nullptr)
    return bad_chain(name_, chains_of(type));
  return unknown_parameter(type, name, printable(name_));
}

const Parameter* asked_parameter(std::string_view type, std::string_view name) {
  const Parameter* found = find_parameter(type, name);
  if (found != nullptr && found->name == "subject") return find_parameter(type, "patient");
  return found;
}

std::string printable(std::string_view name) {
  const bool plain = !name.empty() && name.size() <= 128 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.:").find(c) != std::string_view::npos;
  });
  return plain ? std::string(name) : "?";
}

base::Error unknown_parameter(std::string_view type, std::string_view name, std::string place) {
  if (is_left_out(type, name))
    return {base::ErrorKind::unsupported,
            std::string(unknown_parameter_code) + ' ' + printable(name) + " is not indexed for " +
                std::string(type) + " here",
            "http." + std::move(place), "ask by another parameter; metadata lists them"};
  const std::string_view nearest = nearest_parameter(type, name);
  std::string remedy;
  if (!nearest.empty()) {
    remedy = "perhaps " + std::string(nearest) + " is meant";
  } else {
    for (const Parameter& parameter : parameters())
      if (parameter.type == type || parameter.type == "*")
        remedy += (remedy.empty() ? "these are: " : ", ") + std::string(parameter.name);
  }
  return {base::ErrorKind::unsupported,
          std::string(unknown_parameter_code) + ' ' + printable(name) +
              " is not a search parameter of " + std::string(type),
          "http." + std::move(place), std::move(remedy)};
}

base::Error too_many(std::string_view what, std::size_t limit) {
  return {base::ErrorKind::unsupported,
          "search-too-costly more than " + std::to_string(limit) + ' ' + std::string(what), "",
          "ask in parts"};
}

}  // namespace gateway::fhir::search
