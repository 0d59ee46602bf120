#include "gateway/http/auth/form.hpp"

#include "gateway/base/parts.hpp"
#include "gateway/fhir/search/encoding.hpp"

namespace gateway::http::auth {
namespace {

base::Error wrong(const std::string& why) {
  return {base::ErrorKind::malformed, "invalid_request " + why, "",
          "send a form: application/x-www-form-urlencoded, each parameter once"};
}

}  // namespace

base::Result<Form> Form::read(const Request& request) {
  auto type = request.header("content-type");
  if (base::in_lower_case(base::next_part(type, ';')) != "application/x-www-form-urlencoded")
    return wrong("the body is no form");
  Form form;
  for (std::string_view left = request.body; !left.empty();) {
    auto value = base::next_part(left, '&');
    const auto name = fhir::search::form_decoded(base::next_part(value, '='));
    const auto text = fhir::search::form_decoded(value);
    if (!name || !text) return wrong("the form cannot be read");
    if (!form.values_.emplace(*name, *text).second) return wrong("a parameter is there twice");
  }
  return form;
}

std::string Form::operator[](const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? "" : found->second;
}

}  // namespace gateway::http::auth
