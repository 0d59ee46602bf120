#include "gateway/store/backup/manifest.hpp"

#include <charconv>

#include "gateway/fhir/json.hpp"

namespace gateway::store::backup {
namespace {

constexpr std::string_view form = "1";

fhir::Json number(std::int64_t value) {
  return fhir::Json::number(std::to_string(value));
}

std::int64_t number_of(const fhir::Json& json) {
  std::int64_t out = 0;
  const auto& text = json.text();
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

std::string part_name(std::size_t number) {
  constexpr std::size_t digits = 6;
  const auto text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text + ".part";
}

std::string write(const Manifest& manifest) {
  auto out = fhir::Json::object();
  out.set("form", fhir::Json::number(std::string(form)));
  out.set("made", fhir::Json::string(manifest.made));
  out.set("version", fhir::Json::string(manifest.version));
  out.set("sealed", fhir::Json::boolean(manifest.is_sealed));
  out.set("bytes", number(manifest.bytes));
  out.set("arrivals", number(manifest.arrivals));
  out.set("audit_rows", number(manifest.audit_rows));
  out.set("audit_head", fhir::Json::string(manifest.audit_head));
  auto parts = fhir::Json::array();
  for (const auto& part : manifest.parts) {
    auto item = fhir::Json::object();
    item.set("bytes", number(part.bytes));
    item.set("sha256", fhir::Json::string(part.sha256));
    parts.items().push_back(std::move(item));
  }
  out.set("parts", std::move(parts));
  return out.pretty() + "\n";
}

base::Result<Manifest> read(std::string_view text) {
  const auto json = fhir::parse_json(text);
  if (!json) return json.error();
  if ((*json)["form"].text() != form)
    return base::Error{base::ErrorKind::malformed, "is no manifest of a form that is known", "",
                       "restore it by the version that wrote it"};
  Manifest out;
  out.made = (*json)["made"].text();
  out.version = (*json)["version"].text();
  out.is_sealed = (*json)["sealed"].is_true();
  out.bytes = number_of((*json)["bytes"]);
  out.arrivals = number_of((*json)["arrivals"]);
  out.audit_rows = number_of((*json)["audit_rows"]);
  out.audit_head = (*json)["audit_head"].text();
  for (const auto& part : (*json)["parts"].items())
    out.parts.push_back({number_of(part["bytes"]), part["sha256"].text()});
  return out;
}

}  // namespace gateway::store::backup
