#include "gateway/http/rest/lines.hpp"

#include <utility>

#include "gateway/fhir/lines.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/http/rest/links.hpp"

namespace gateway::http::rest {
namespace {

constexpr std::size_t rows_at_once = 200;

class LinesFeed final : public Feed {
 public:
  LinesFeed(query::Reader& reader, security::Principal who, fhir::search::Query query,
            query::Page first, std::shared_ptr<void> place, NoteShown note)
      : Feed(""),  // nothing new concerns it: it shows one state
        reader_(reader),
        who_(std::move(who)),
        query_(std::move(query)),
        page_(std::move(first)),
        place_(std::move(place)),
        note_(std::move(note)) {}

  std::optional<Said> next(const base::Clock&) override {
    if (is_over_) return std::nullopt;
    Said said{lines(), true};
    is_over_ = page_.next.empty();
    if (is_over_) return said;
    query_.cursor = std::exchange(page_.next, "");
    who_.shown = std::make_shared<security::Shown>();
    auto further = reader_.search(who_, query_);
    if (further && !note_(who_))
      further = base::Error{base::ErrorKind::unavailable,
                            "audit-unavailable what is shown cannot be noted down", "",
                            "send the search again"};
    if (further) {
      page_ = *std::move(further);
    } else {  // a line says so: who counts on all of them must see that these are not
      said.text += fhir::one_line(fhir::operation_outcome(further.error())) + '\n';
      is_over_ = true;
    }
    return said;
  }

 private:
  std::string lines() const {
    std::string out;
    for (const auto* rows : {&page_.rows, &page_.included})
      for (const auto& version : *rows) {
        const bool is_whole = rows == &page_.included && !query_.excerpt.names.empty();
        const auto wanted = is_whole ? fhir::Excerpt{} : query_.excerpt;
        out += fhir::one_line(fhir::excerpt(fhir::served(version), wanted)) + '\n';
      }
    if (!page_.notes.empty()) out += fhir::one_line(outcome_of(page_.notes)) + '\n';
    return out;
  }

  query::Reader& reader_;
  security::Principal who_;
  fhir::search::Query query_;
  query::Page page_;  // what is said next
  const std::shared_ptr<void> place_;
  const NoteShown note_;
  bool is_over_ = false;
};

}  // namespace

Response lines_of(query::Reader& reader, const security::Principal& who, fhir::search::Query query,
                  Listeners& listeners, NoteShown note) {
  if (query.count_only)
    return refused({base::ErrorKind::malformed, "search-bad-value a count alone has no lines",
                    "http._count", "ask for application/fhir+json"});
  query.count = rows_at_once;
  auto first = reader.search(who, query);
  if (!first) return refused(first.error());
  auto place = listeners.enter(who.name);
  if (!place) return too_many_streams();
  Response response{
      200, "application/fhir+ndjson", {{"Cache-Control", "no-store"}}, "", "fhir/search"};
  response.feed = std::make_shared<LinesFeed>(reader, who, std::move(query), *std::move(first),
                                              std::move(place), std::move(note));
  return response;
}

}  // namespace gateway::http::rest
