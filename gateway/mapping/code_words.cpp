#include "gateway/mapping/code_words.hpp"

#include "gateway/fhir/canonical.hpp"

namespace gateway::mapping {
namespace {

template <class T>
struct Word {
  std::string_view text;
  T value;
};

constexpr Word<Axis> axes[] = {
    {"", Axis::none},
    {"Bld", Axis::blood},
    {"BldC", Axis::blood},  // capillary blood is peripheral blood (DOMAIN.md §4.2)
    {"Bld MC", Axis::blood_mononuclear},
    {"Ser/Plas", Axis::serum_or_plasma},
    {"Ser", Axis::serum},
    {"Plas", Axis::plasma},
    {"Urine", Axis::urine},
    {"Tissue", Axis::tissue},
    {"Endometrium", Axis::endometrium},
    {"^Patient", Axis::patient},
    {"XXX", Axis::unspecified},
};

constexpr Word<Property> properties[] = {
    {"", Property::none},
    {"MCnc", Property::mass_concentration},
    {"SCnc", Property::substance_concentration},
    {"NCnc", Property::number_concentration},
    {"ACnc", Property::arbitrary_concentration},
    {"CCnc", Property::catalytic_concentration},
    {"NFr", Property::number_fraction},
    {"MFr", Property::mass_fraction},
    {"SRto", Property::substance_ratio},
    {"MRto", Property::mass_ratio},
    {"NRto", Property::number_ratio},
    {"MRat", Property::mass_rate},
    {"Pres", Property::pressure},
    {"Mass", Property::mass},
    {"NAric", Property::number_areic},
    {"Find", Property::finding},
    {"Nar", Property::narrative},
    {"PrThr", Property::ordinal},
    {"Ratio", Property::ratio},
    {"Qn", Property::quantity},
};

template <class T, std::size_t N>
std::optional<T> named(const Word<T> (&words)[N], std::string_view text) {
  for (const auto& word : words) {
    if (word.text == text) return word.value;
  }
  return std::nullopt;
}

template <class T, std::size_t N>
std::vector<std::string> texts(const Word<T> (&words)[N]) {
  std::vector<std::string> out;
  for (const auto& word : words) {
    if (!word.text.empty()) out.emplace_back(word.text);
  }
  return out;
}

}  // namespace

std::optional<Axis> axis_named(std::string_view word) {
  return named(axes, word);
}
std::optional<Property> property_named(std::string_view word) {
  return named(properties, word);
}
std::vector<std::string> axis_words() {
  return texts(axes);
}
std::vector<std::string> property_words() {
  return texts(properties);
}

std::string uri_of(std::string_view word) {
  namespace canonical = fhir::canonical;
  if (word == "loinc") return std::string(canonical::loinc);
  if (word == "sct") return std::string(canonical::snomed);
  if (word == "RIO") return canonical::code_system(canonical::observation_codes);
  if (word.starts_with("v2-")) return canonical::v2_table(word.substr(3));
  return canonical::code_system(word);
}

}  // namespace gateway::mapping
