#include <algorithm>
#include <array>
#include <set>

#include "gateway/base/words.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"
#include "gateway/mapping/status.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;
using OutcomeKind = ResourceOutcome::Kind;

/// References of `first`, then those only `second` has, in order; those that are gone left out.
std::vector<Json> united(const Json& first, const Json& second, const ResultStates& results) {
  std::vector<Json> all;
  std::set<std::string> known;
  for (const Json* list : {&first, &second})
    for (const Json& reference : list->items()) {
      const std::string& target = reference["reference"].text();
      if (results.is_gone(target) || !known.insert(target).second) continue;
      all.push_back(reference);
    }
  return all;
}

void set_list(Json& resource, std::string_view name, std::vector<Json> items) {
  if (items.empty())
    resource.erase(name);
  else
    resource.set(name, Json::array(std::move(items)));
}

/// T6: of an update that had nothing to update no Observation is left to bear the tag.
void tag_dropped(Json& report, const std::vector<std::string>& named, const ResultStates& results) {
  if (std::any_of(named.begin(), named.end(), results.is_unknown))
    tag_issue(report, "update-target-unknown");
}

/// OBR-25 is empty: the results of the order say it, whichever message they came in (§8).
void take_status(Json& report, const ResultStates& results) {
  const auto listed = references_of(report["result"]);
  std::vector<std::string> statuses;
  for (const std::string& reference : listed) statuses.push_back(results.status_of(reference));
  const std::vector<std::string_view> views(statuses.begin(), statuses.end());
  report.set("status", Json::string(std::string(report_status("", views).status)));
}

/// Body without references that are gone; the converted bytes where there are none.
fhir::Body without_gone(const ConvertedResource& newest, std::string_view list,
                        const ResultStates& results) {
  if (!results.any_gone) return newest.body;
  auto body = fhir::parse_json(newest.body);
  if (!body) return newest.body;
  const auto named = references_of((*body)[list]);
  if (std::none_of(named.begin(), named.end(), results.is_gone)) return newest.body;
  set_list(*body, list, united((*body)[list], Json(), results));
  if (newest.report) tag_dropped(*body, named, results);
  if (newest.report && newest.report->status_from_results) take_status(*body, results);
  return body->write();
}

/// W5, W6: a yes is seen on the report that stands, whichever message came first.
void tag_declared(Json& standing, const Json& newest, const ResultStates& results) {
  const std::string safety = fhir::canonical::code_system("safety");
  for (const Json& tag : newest["meta"]["tag"].items()) {
    const std::string& code = tag["code"].text();
    if (tag["system"].text() == safety && results.is_declared && results.is_declared(code) == true)
      add_tag(standing, "safety", code);
  }
}

/// W5: a yes that is taken back is seen no more, whichever message came first.
void untag_taken_back(Json& standing, const ConvertedResource& newest,
                      const ResultStates& results) {
  if (!newest.report || !results.is_taken_back) return;
  for (const std::string& code : newest.report->withdrawn)
    if (results.is_taken_back(code)) remove_tag(standing, "safety", code);
}

/// An older message with a result nobody had sent yet: the report that stands lists it as well
/// (T2) and stays the newer one in all else (T7).
ResourceOutcome out_of_order(const ConvertedResource& late, const Json& newest,
                             const Json& standing, const ResultStates& results) {
  ResourceOutcome outcome{OutcomeKind::refused, "", true, "", {"update-out-of-order"}};
  std::vector<Json> added;
  for (const Json& reference : newest["result"].items())
    if (results.is_written(reference["reference"].text())) added.push_back(reference);
  Json body = standing;
  set_list(body, "result", united(standing["result"], Json::array(std::move(added)), results));
  tag_declared(body, newest, results);
  untag_taken_back(body, late, results);
  if (body == standing) return outcome;
  outcome.kind = OutcomeKind::written;
  outcome.body = body.write();
  return outcome;
}

/// Documents of rows that were not sent again stay; of those that were, the newest say all. A text
/// that is a document only for want of another gives way to one.
void keep_documents(Json& report, const Json& standing, const ReportFacts& facts) {
  std::vector<Json> forms = report["presentedForm"].items();
  for (const Json& form : standing["presentedForm"].items()) {
    const std::string& title = form["title"].text();
    if (std::find(facts.told.begin(), facts.told.end(), title) != facts.told.end()) continue;
    std::erase_if(forms, [&](const Json& sent) {  // T12: a title alone says nothing new
      return sent["title"].text() == title && !sent.has("data") && !sent.has("url");
    });
    forms.push_back(form);
  }
  const auto is_text = [](const Json& form) { return form["contentType"].text() == report_text; };
  if (!std::all_of(forms.begin(), forms.end(), is_text)) std::erase_if(forms, is_text);
  set_list(report, "presentedForm", std::move(forms));
}

/// W5, W6: a declaration stands until its row is taken back.
void keep_declarations(Json& report, const Json& standing, const ReportFacts& facts) {
  const std::string safety = fhir::canonical::code_system("safety");
  for (const Json& tag : standing["meta"]["tag"].items()) {
    const std::string& code = tag["code"].text();
    if (tag["system"].text() == safety &&
        std::find(facts.withdrawn.begin(), facts.withdrawn.end(), code) == facts.withdrawn.end())
      add_tag(report, "safety", code);
  }
}

/// W5, T8: no tag of a yes that changed nothing, since its answer was withdrawn or cancelled
/// before.
bool untag_undeclared(Json& report, const ResultStates& results) {
  if (!results.is_declared) return false;
  const std::string safety = fhir::canonical::code_system("safety");
  std::vector<std::string> undeclared;
  for (const Json& tag : report["meta"]["tag"].items())
    if (tag["system"].text() == safety && results.is_declared(tag["code"].text()) == false)
      undeclared.push_back(tag["code"].text());
  for (const std::string& code : undeclared) remove_tag(report, "safety", code);
  return !undeclared.empty();
}

/// T8: nothing changes but what a declaration adds.
ResourceOutcome regression(const Json& newest, const Json& standing, const ResultStates& results) {
  ResourceOutcome outcome{OutcomeKind::refused, "", true, "", {"status-regression"}};
  Json body = standing;
  tag_declared(body, newest, results);
  if (body == standing) return outcome;
  outcome.kind = OutcomeKind::written;
  outcome.body = body.write();
  return outcome;
}

bool is_regression(const Json& newest, const Json& standing, const ResultStates& results) {
  if (!base::is_one_of(newest["status"].text(), {"registered", "partial", "preliminary"}))
    return false;
  if (!base::is_one_of(standing["status"].text(), {"final", "corrected", "amended", "appended",
                                                   "cancelled", "entered-in-error"}))
    return false;
  const auto named = references_of(newest["result"]);
  return !named.empty() && std::none_of(named.begin(), named.end(), results.is_written);
}

}  // namespace

ResourceOutcome revise_report(const ConvertedResource& newest, const Standing* standing, bool older,
                              const ResultStates& results) {
  if (standing && !standing->deleted && standing->same)
    return {OutcomeKind::unchanged, "", false, "", {}};
  if (!standing || standing->deleted) {
    if (older) return {OutcomeKind::refused, "", false, "", {"update-out-of-order"}};
    ResourceOutcome first{
        OutcomeKind::written, without_gone(newest, "result", results), false, "", {}};
    if (!results.is_declared) return first;
    if (auto said = fhir::parse_json(first.body); said && untag_undeclared(*said, results))
      first.body = said->write();
    return first;
  }
  auto body = fhir::parse_json(newest.body);
  const auto before = fhir::parse_json(standing->body);
  if (!body || !before)
    return older ? ResourceOutcome{OutcomeKind::refused, "", false, "", {"update-out-of-order"}}
                 : ResourceOutcome{OutcomeKind::written, newest.body, false, "", {}};
  if (older) return out_of_order(newest, *body, *before, results);
  // A preliminary report whose every row was refused says nothing new (T8).
  if (is_regression(*body, *before, results)) return regression(*body, *before, results);
  const Json converted = *body;
  auto decided = newest.deleted_elements;
  if (newest.report) {
    keep_documents(*body, *before, *newest.report);
    untag_undeclared(*body, results);
    keep_declarations(*body, *before, *newest.report);
    decided.emplace_back("presentedForm");
  }
  keep_absent(*body, *before, decided);
  set_list(*body, "result", united((*before)["result"], converted["result"], results));
  tag_dropped(*body, references_of(converted["result"]), results);
  if (newest.report && newest.report->status_from_results) take_status(*body, results);
  ResourceOutcome outcome;
  if (same_content(*body, *before))
    outcome.kind = OutcomeKind::unchanged;
  else
    outcome.body = *body == converted ? newest.body : body->write();
  return outcome;
}

ResourceOutcome revise_provenance(const ConvertedResource& newest, const Standing* standing,
                                  bool older, const ResultStates& results) {
  if (standing && !standing->deleted && standing->same)
    return {OutcomeKind::unchanged, "", false, "", {}};
  if (older) return {OutcomeKind::refused, "", false, "", {"update-out-of-order"}};
  const ResultStates existence{results.is_dropped,
                               results.is_dropped,
                               results.is_unknown,
                               results.is_written,
                               results.status_of,
                               results.any_gone,
                               {},
                               {}};
  return {OutcomeKind::written, without_gone(newest, "target", existence), false, "", {}};
}

ResourceOutcome revise_shared(const ConvertedResource& newest, const Standing* standing,
                              bool older) {
  const bool stands = standing && !standing->deleted;
  if (stands && standing->same) return {OutcomeKind::unchanged, "", false, "", {}};
  if (older) return {OutcomeKind::refused, "", false, "", {"update-out-of-order"}};
  ResourceOutcome outcome{OutcomeKind::written, newest.body, false, "", {}};
  if (!stands) return outcome;
  auto body = fhir::parse_json(newest.body);
  const auto before = fhir::parse_json(standing->body);
  if (!body || !before) return outcome;
  if (keep_absent(*body, *before, newest.deleted_elements)) outcome.body = body->write();
  if (same_content(*body, *before)) return {OutcomeKind::unchanged, "", false, "", {}};
  return outcome;
}

}  // namespace gateway::mapping
