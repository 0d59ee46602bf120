#include <algorithm>
#include <map>
#include <set>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/entry_references.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/places.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/entries.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/negotiation.hpp"

namespace gateway::http::rest {
namespace {

constexpr std::size_t most_answer_bytes = 64UL * 1024 * 1024;  // of what is asked, together

base::Error too_much(std::size_t number) {
  return {base::ErrorKind::unsupported,
          "search-too-costly what the Bundle asks for is larger than " +
              std::to_string(most_answer_bytes) + " bytes",
          fhir::place_of_entry(number) + ".request.url", "ask for less of it, or in parts"};
}

constexpr std::size_t most_conditions = 200;  // conditional references that differ
using Found = std::map<std::string, std::string, std::less<>>;

Response bundle(std::string body, std::string_view route) {
  return {200, "application/fhir+json", {{"Cache-Control", "no-store"}}, std::move(body), route};
}

/// A 404 or 405 would say that /fhir itself is not here.
Response refused_whole(const base::Error& error) {
  Response response = refused(error);
  if (response.status == 404 || response.status == 405) response.status = 422;
  return response;
}

base::Error nested(std::size_t number) {
  return {base::ErrorKind::unsupported, "method-not-offered a Bundle does not stand in a Bundle",
          fhir::place_of_entry(number) + ".request.url", "name what the entry is about"};
}

/// Why an entry that only asks would be refused, as its own answer says it.
base::Error unanswerable(const Response& response, std::size_t number) {
  const auto outcome = fhir::parse_json(response.body);
  std::string what = "an entry cannot be answered: ";
  if (outcome && !(*outcome)["issue"].items().empty()) {
    const fhir::Json& details = (*outcome)["issue"].items().front()["details"];
    const auto& coding = details["coding"].items();
    if (!coding.empty()) what.insert(0, coding.front()["code"].text() + ' ');
    what += details["text"].text();
  }
  return {base::ErrorKind::malformed, std::move(what),
          fhir::place_of_entry(number) + ".request.url",
          "leave it out, or send the Bundle as a batch"};
}

bool is_nested(const Request& request) {
  const Path path = parse_path(request.path);
  return path.type.empty() && path.last.empty() && request.method == "POST";
}

/// One write of a transaction.
struct Step {
  AskedWrite asked;
  Aim aim;
  std::string full_url;
};

/// What entries are called by others.
fhir::EntryReferences names_of(const std::vector<Step>& steps, const std::string& base_url) {
  fhir::EntryReferences names;
  for (const Step& step : steps) {
    if (step.full_url.empty() || step.aim.key.id.empty()) continue;
    const std::string reference = step.aim.key.reference();
    names.name(step.full_url, step.aim.key,
               step.full_url == std::string(fhir::canonical::base) + '/' + reference ||
                   step.full_url == base_url + '/' + reference);
  }
  return names;
}

}  // namespace

/// All or nothing (FHIR R4, RESTful API, transaction): conditions and references are decided on
/// what stands, then all is one arrival.
class Api::Transaction {
 public:
  /// `found`: what conditional references led to before.
  Transaction(Api& api, const Request& request, const security::Principal& who, int attempt,
              Found& found)
      : api_(api),
        request_(request),
        who_(who),
        found_(found),
        decider_(api.reader_, who, api.settings_.base_url, attempt) {}

  base::Result<std::string> carry_out(std::vector<fhir::RequestedEntry> entries) {
    entries_ = std::move(entries);
    answers_.resize(entries_.size());
    if (auto fine = aim(); !fine) return fine.error();
    if (auto fine = resolve(); !fine) return fine.error();
    auto writes = decide();
    if (!writes) return writes.error();
    if (auto fine = look_ahead(); !fine) return fine.error();
    auto outcome = api_.commit(request_, who_, *std::move(writes), request_.body);
    if (!outcome) return outcome.error();
    answer(*outcome);
    return fhir::response_bundle("transaction-response", answers_);
  }

 private:
  base::Result<void> aim();
  base::Result<std::string> referred(std::string_view text);
  base::Result<void> resolve();
  base::Result<std::vector<fhir::RequestedWrite>> decide();
  base::Result<void> look_ahead();
  void answer(intake::BundleOutcome& outcome);

  Api& api_;
  const Request& request_;
  const security::Principal& who_;
  Found& found_;
  const Decider decider_;
  std::vector<fhir::RequestedEntry> entries_;
  std::vector<Step> steps_;
  std::vector<std::size_t> others_;   // entries that write nothing
  std::vector<std::size_t> written_;  // of `steps_`, in the order of the writes
  std::vector<fhir::Body> bodies_;    // of those, where they are wanted again
  std::vector<fhir::EntryAnswer> answers_;
};

base::Result<void> Api::Transaction::aim() {
  std::set<fhir::ResourceKey> seen;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    auto asked = asked_write(entries_[i], i, api_.settings_.base_url);
    if (!asked) return asked.error();
    if (!*asked) {
      if (is_nested(request_of(request_, entries_[i], api_.settings_.base_url))) return nested(i);
      others_.push_back(i);
      continue;
    }
    auto aim = decider_.aim(**asked);
    if (!aim) return aim.error();
    if (aim->writes && !seen.insert(aim->key).second)
      return base::Error{
          base::ErrorKind::malformed, "invalid-resource the Bundle writes one resource twice",
          fhir::place_of_entry(i) + ".request.url", "send what it is in the end, once"};
    steps_.push_back({**std::move(asked), *std::move(aim), entries_[i].full_url});
  }
  return {};
}

/// Each condition costs a search, so each is asked once.
base::Result<std::string> Api::Transaction::referred(std::string_view text) {
  if (const auto at = found_.find(text); at != found_.end()) return at->second;
  if (found_.size() == most_conditions)
    return base::Error{base::ErrorKind::unsupported,
                       "search-too-costly the Bundle refers by more than " +
                           std::to_string(most_conditions) + " conditions",
                       "", "refer to Type/id, or send it in parts"};
  auto found = decider_.referred(text);
  if (found) found_.emplace(text, *found);
  return found;
}

base::Result<void> Api::Transaction::resolve() {
  const auto names = names_of(steps_, api_.settings_.base_url);
  const fhir::FindReferred find = [this](std::string_view text) { return referred(text); };
  for (const Step& step : steps_) {
    if (step.asked.resource == nullptr || !step.aim.writes) continue;
    auto done = fhir::resolve_references(*step.asked.resource, names, step.full_url, find,
                                         root_of(step.asked));
    if (!done) return done;
  }
  return {};
}

base::Result<std::vector<fhir::RequestedWrite>> Api::Transaction::decide() {
  for (std::size_t n = 0; n < steps_.size(); ++n)
    if (steps_[n].aim.writes) written_.push_back(n);
  std::ranges::stable_sort(written_, {}, [this](std::size_t n) { return steps_[n].asked.kind; });
  std::vector<fhir::RequestedWrite> writes;
  const bool wanted = preference(request_, "return") == "representation";
  for (const auto n : written_) {
    auto write = decider_.write_of(steps_[n].asked, steps_[n].aim);
    if (!write) return write.error();
    bodies_.push_back(wanted ? write->body : fhir::Body());
    writes.push_back(*std::move(write));
  }
  return writes;
}

/// What is only asked is asked after the writes; what cannot be answered then must be known before.
base::Result<void> Api::Transaction::look_ahead() {
  std::size_t bytes = 0;
  for (const auto i : others_) {
    const Request asked = request_of(request_, entries_[i], api_.settings_.base_url);
    const Path path = parse_path(asked.path);
    const bool is_written = std::ranges::any_of(written_, [&](std::size_t n) {
      return steps_[n].aim.key == fhir::ResourceKey{path.type, path.id} &&
             steps_[n].asked.kind != AskedWrite::Kind::remove;
    });
    const Response response = api_.dispatch(asked, path, who_);
    bytes += response.body.size();
    if (bytes > most_answer_bytes) return too_much(i);
    if (response.status < 400 || (is_written && response.status == 404)) continue;
    return unanswerable(response, i);
  }
  return {};
}

void Api::Transaction::answer(intake::BundleOutcome& outcome) {
  for (std::size_t w = 0; w < written_.size(); ++w) {
    Written written;
    written.result = std::move(outcome.results[w]);
    written.body = std::move(bodies_[w]);
    answers_[steps_[written_[w]].asked.entry] =
        entry_answer(written, request_, api_.settings_.base_url);
  }
  for (const Step& step : steps_)
    if (!step.aim.writes)
      answers_[step.asked.entry] =
          entry_answer(nothing_to_write(step.asked, step.aim, api_.reader_, who_), request_,
                       api_.settings_.base_url);
  for (const auto i : others_) {
    const Request asked = request_of(request_, entries_[i], api_.settings_.base_url);
    answers_[i] = entry_answer(api_.dispatch(asked, parse_path(asked.path), who_), asked.method);
  }
}

Response Api::transaction(const Request& request, const security::Principal& who) {
  Found found;
  for (int attempt = 0;; ++attempt) {
    auto json = fhir::parse_json(request.body);
    if (!json) return refused(json.error());
    const bool is_batch = (*json)["type"].text() == "batch";
    auto entries = fhir::read_entries(*json);
    if (!entries) {
      Response response = refused(entries.error());
      if (is_batch) response.route = "fhir/batch";
      return response;
    }
    if (is_batch) return batch(request, who, *std::move(entries));
    auto done = Transaction(*this, request, who, attempt, found).carry_out(*std::move(entries));
    if (done) return bundle(*std::move(done), "fhir/transaction");
    if (!is_taken_over(done.error(), attempt)) return refused_whole(done.error());
  }
}

/// Each entry is an arrival of its own: one that is refused takes none of the others with it. (What
/// is no batch at all was refused before.)
Response Api::batch(const Request& request, const security::Principal& who,
                    std::vector<fhir::RequestedEntry> entries) {
  std::vector<fhir::EntryAnswer> answers;
  std::size_t answered_bytes = 0;
  const auto answer = [&](std::size_t i) -> fhir::EntryAnswer {
    auto asked = asked_write(entries[i], i, settings_.base_url);
    if (!asked) return entry_answer(refused(asked.error()));
    if (*asked) {
      const std::string bytes = entries[i].resource != nullptr ? entries[i].resource->write()
                                                               : "DELETE " + entries[i].url;
      auto written = write(request, who, **asked, bytes);
      return written ? entry_answer(*written, request, settings_.base_url)
                     : entry_answer(refused(written.error()));
    }
    const Request one = request_of(request, entries[i], settings_.base_url);
    if (is_nested(one)) return entry_answer(refused(nested(i)));
    if (answered_bytes > most_answer_bytes) return entry_answer(refused(too_much(i)));
    Response response = dispatch(one, parse_path(one.path), who);
    answered_bytes += response.body.size();
    return entry_answer(std::move(response), one.method);
  };
  for (std::size_t i = 0; i < entries.size(); ++i) answers.push_back(answer(i));
  return bundle(fhir::response_bundle("batch-response", answers), "fhir/batch");
}

}  // namespace gateway::http::rest
