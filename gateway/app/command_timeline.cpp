#include <iostream>

#include "gateway/app/command.hpp"
#include "gateway/app/gateway_client.hpp"
#include "gateway/app/timeline_chart.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/encoding.hpp"

namespace gateway::app {
namespace {

constexpr int failed = 1;

/// A sentence about what the gateway refused, and the exit status: what is not there is a failed
/// answer, anything else could not run.
int refused(const GatewayClient::Answer& answer) {
  const auto json = fhir::parse_json(answer.body);
  const fhir::Json none;
  const fhir::Json& outcome = json ? *json : none;
  const fhir::Json& issue =
      outcome["issue"].items().empty() ? none : outcome["issue"].items().front();
  const Paper paper = standard_paper();
  std::string text = printable(issue["details"]["text"].text(), paper);
  if (text.empty()) text = "the gateway answered " + std::to_string(answer.status);
  std::string remedy = printable(issue["diagnostics"].text(), paper);
  const bool is_absent = answer.status == 404 || answer.status == 410;
  if (remedy.empty())
    remedy = is_absent ? "give an id or identifier that GET /fhir/Patient shows"
                       : "the gateway's log says more";
  could_not_run("timeline", {base::ErrorKind::not_found, text, "", remedy});
  return is_absent ? failed : 2;
}

/// Nearly always a number of the hospital, which without its system names nobody.
int no_such_id() {
  could_not_run("timeline",
                {base::ErrorKind::not_found,
                 "no patient has this id: a bare word is the id of the Patient resource, not a "
                 "number of the hospital",
                 "PATIENT",
                 "give the number with its system, 'SYSTEM|VALUE' in quotes, or the id that GET "
                 "/fhir/Patient?identifier=VALUE shows"});
  return failed;
}

int no_answer(const GatewayClient::Answer& answer) {
  return answer.status == 200
             ? could_not_run("timeline", {base::ErrorKind::malformed, "the answer is not FHIR", "",
                                          "is there a gateway at this address?"})
             : refused(answer);
}

std::string escaped(const std::string& value) {  // FHIR R4, search, escaping
  std::string out;
  for (const char c : value) {
    if (c == ',' || c == '$' || c == '\\' || c == '|') out += '\\';
    out += c;
  }
  return out;
}

/// Finds the one patient that has an identifier; else says why not, and `status` is the exit
/// status.
std::string patient_of(GatewayClient& gateway, const std::string& system, const std::string& value,
                       int& status) {
  const auto answer =
      gateway.get("/fhir/Patient?_count=2&identifier=" +
                  fhir::search::form_encoded(escaped(system) + "|" + escaped(value)));
  if (!answer) return status = could_not_run("timeline", answer.error()), "";
  const auto bundle = fhir::parse_json(answer->body);
  if (answer->status != 200 || !bundle) return status = no_answer(*answer), "";
  std::string found;
  std::size_t patients = 0;
  for (const fhir::Json& entry : (*bundle)["entry"].items()) {
    if (entry["resource"]["resourceType"].text() != "Patient") continue;
    found = entry["resource"]["id"].text();
    ++patients;
  }
  if (patients == 1 && fhir::is_id(found)) return found;
  could_not_run(
      "timeline",
      {base::ErrorKind::not_found,
       patients == 0 ? "no patient has this identifier"
                     : "more than one patient has this identifier",
       "", patients == 0 ? "give system|value as GET /fhir/Patient shows it" : "give the id"});
  status = failed;
  return "";
}

/// `ID`, `Patient/ID` or `SYSTEM|VALUE`.
std::string id_of(GatewayClient& gateway, const std::string& word, int& status) {
  if (const auto bar = word.rfind('|'); bar != std::string::npos)
    return patient_of(gateway, word.substr(0, bar), word.substr(bar + 1), status);
  const std::string id = word.starts_with("Patient/") ? word.substr(8) : word;
  if (fhir::is_id(id)) return id;
  status = could_not_run("timeline", {base::ErrorKind::malformed, "is no patient", "PATIENT",
                                      "give an id, Patient/ID or an identifier SYSTEM|VALUE"});
  return "";
}

int timeline(const Arguments& arguments) {
  if (arguments.words.size() != 1)
    return could_not_run("timeline", {base::ErrorKind::malformed, "of which patient?", "",
                                      "give one id, Patient/ID or identifier SYSTEM|VALUE"});
  if (!arguments.has("--url"))
    return could_not_run("timeline",
                         {base::ErrorKind::malformed, "which gateway?", "--url",
                          "write --url https://HOST:PORT --cert FILE --key FILE --ca FILE"});
  auto gateway = GatewayClient::to(arguments.get("--url"), tls_files(arguments));
  if (!gateway) return could_not_run("timeline", gateway.error());
  int status = 0;
  const std::string id = id_of(*gateway, arguments.words.front(), status);
  if (id.empty()) return status;
  const auto answer = gateway->get("/fhir/Patient/" + id + "/$cycle-timeline");
  if (!answer) return could_not_run("timeline", answer.error());
  if (answer->status == 404 && arguments.words.front().find('|') == std::string::npos)
    return no_such_id();
  const auto json = fhir::parse_json(answer->body, {.values = 20'000'000});
  if (answer->status != 200 || !json || (*json)["resourceType"].text() != "Parameters")
    return no_answer(*answer);
  const Paper paper = standard_paper();
  std::cout << drawn(chart_of(*json, paper), paper) << std::flush;
  return 0;
}

}  // namespace

const Command& command_timeline() {
  static const Command command{
      "timeline",
      "PATIENT --url https://HOST:PORT [--cert FILE --key FILE --ca FILE]",
      "a patient's results by cycle day or gestational week",
      "Asks a running gateway and draws one line for what was measured the same way: same code "
      "and\n"
      "name, sample, layer, ratio, method and unit. Values, flags and ranges are the laboratory's, "
      "as\n"
      "sent; a result without a day stands under `day unknown`. `!` marks timing about which two\n"
      "sources disagree, `*` an issue; both are explained below the lines. PATIENT is the id of "
      "the\n"
      "Patient resource, Patient/ID, or an identifier with its system: 'SYSTEM|VALUE', in quotes.\n"
      "Exit status 1 if there is no such patient, or several.",
      {{"--url", "URL", "the gateway: https://HOST:PORT"},
       tls_options[0],
       tls_options[1],
       tls_options[2]},
      timeline};
  return command;
}

}  // namespace gateway::app
