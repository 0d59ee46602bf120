#include "gateway/mapping/mismatch.hpp"

#include <algorithm>
#include <utility>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/revise_elements.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

constexpr std::string_view code = "patient-mismatch";
constexpr std::size_t head_bytes = 10;

/// A resource of the order after the message, and what the mark has to do with it.
struct Filed {
  explicit Filed(const Json& body)
      : is_report(body["resourceType"].text() == "DiagnosticReport"),
        in_error(body["status"].text() == "entered-in-error"),
        is_result(!is_report && !is_survey(body)),
        holds_something(is_report && (!body["result"].items().empty() ||
                                      !body["presentedForm"].items().empty())) {}
  bool is_report, in_error, is_result, holds_something;
};

/// Does an order still say anything of its patient? A report without results does, unless results
/// were taken back.
bool is_alive(const std::vector<Filed>& filed) {
  const auto any = [&](auto is) { return std::any_of(filed.begin(), filed.end(), is); };
  if (any([](const Filed& f) { return f.holds_something || (f.is_result && !f.in_error); }))
    return true;
  const bool taken_back = any([](const Filed& f) { return f.is_result && f.in_error; });
  return !taken_back && any([](const Filed& f) { return f.is_report && !f.in_error; });
}

bool is_wanted(const Filed& filed, bool marked) {
  return marked && !filed.in_error && (filed.is_report || filed.is_result);
}

/// The bodies of this message's side of the order, as they will stand.
class OwnOrder {
 public:
  OwnOrder(const Conversion& conversion, const StandingLookup& standing, std::string_view head,
           Revision& revision)
      : standing_(standing), revision_(revision) {
    for (const auto& resource : conversion.resources) {
      const auto& type = resource.key.type;
      if (type != "Observation" && type != "DiagnosticReport") continue;
      if (order_head(resource.key.id) != head) continue;
      if (auto body = fhir::parse_json(body_after(resource))) {
        filed_.emplace_back(*body);
        keys_.push_back(resource.key);
      }
    }
  }

  bool is_alive() const { return mapping::is_alive(filed_); }

  /// Marks what is written; what thereby equals what stands is not written. True if a mark is new.
  bool mark() {
    bool is_new = false;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (!is_wanted(filed_[i], true)) continue;
      const auto write = find(keys_[i]);
      if (write == revision_.writes.end()) continue;
      auto body = fhir::parse_json(write->body);
      if (!body) continue;
      tag_issue(*body, code);
      const Standing* before = standing_(keys_[i]);
      const auto stood = before ? fhir::parse_json(before->body) : base::Result<Json>(Json());
      is_new = is_new || !stood || !has_issue(*stood, code);
      if (stood && same_content(*body, *stood)) {
        revision_.unchanged.push_back(keys_[i]);
        revision_.writes.erase(write);
      } else {
        write->body = body->write();
      }
    }
    return is_new;
  }

 private:
  std::vector<RevisedWrite>::iterator find(const fhir::ResourceKey& key) {
    return std::find_if(revision_.writes.begin(), revision_.writes.end(),
                        [&](const auto& write) { return write.key == key; });
  }
  const fhir::Body& body_after(const ConvertedResource& resource) {
    const auto write = find(resource.key);
    if (write != revision_.writes.end()) return write->body;
    const Standing* stands = standing_(resource.key);
    return stands && !stands->body.empty() ? stands->body : resource.body;
  }

  const StandingLookup& standing_;
  Revision& revision_;
  std::vector<fhir::ResourceKey> keys_;
  std::vector<Filed> filed_;
};

struct Other {
  const ForeignOrder* order;
  std::vector<Json> bodies;
  std::vector<Filed> filed;
  bool alive = false;
};

Other read(const ForeignOrder& order) {
  Other other{&order, {}, {}, false};
  for (const auto& resource : order.resources) {
    auto body = fhir::parse_json(resource.standing.body);
    other.bodies.push_back(body ? std::move(*body) : Json());
    other.filed.emplace_back(other.bodies.back());
  }
  other.alive = is_alive(other.filed);
  return other;
}

/// Both patients in one message: `convert` has seen to it.
bool is_written_by(const Conversion& conversion, const ForeignOrder& order) {
  return std::any_of(conversion.resources.begin(), conversion.resources.end(),
                     [&](const auto& own) {
                       return std::any_of(order.resources.begin(), order.resources.end(),
                                          [&](const auto& other) { return other.key == own.key; });
                     });
}

ForeignMarks marks_of(Other& other, bool mismatch, const Issue& issue) {
  ForeignMarks marks{other.order->patient, {}, {}};
  for (std::size_t i = 0; i < other.bodies.size(); ++i) {
    auto& body = other.bodies[i];
    const auto& [key, standing] = other.order->resources[i];
    const bool wanted = is_wanted(other.filed[i], mismatch && other.alive);
    if (body.members().empty() || wanted == has_issue(body, code)) continue;
    if (wanted)
      tag_issue(body, code);
    else
      untag_issue(body, code);
    // It still counts as from when its own laboratory last spoke of it (T7).
    marks.writes.push_back({key, body.write(), standing.version, standing.source_time});
    if (!wanted) continue;
    if (marks.issues.empty()) marks.issues.push_back(issue);
    auto& concerned = marks.issues.front().resource;
    if (concerned.empty() || other.filed[i].is_report) concerned = key.reference();
  }
  return marks;
}

}  // namespace

std::vector<ForeignMarks> mark_mismatch(const Conversion& conversion,
                                        const StandingLookup& standing,
                                        const fhir::ResourceKey& report,
                                        std::span<const ForeignOrder> orders, Revision& revision) {
  OwnOrder own(conversion, standing, order_head(report.id), revision);
  std::vector<Other> others;
  for (const auto& order : orders)
    if (!is_written_by(conversion, order)) others.push_back(read(order));
  const bool alive = own.is_alive();
  const auto living =
      std::count_if(others.begin(), others.end(), [](const Other& o) { return o.alive; }) +
      (alive ? 1 : 0);
  const bool mismatch = living > 1;

  Issue issue{std::string(code), severity_of(code), "", "",
              "another patient of this sender has results under the same order number"};
  for (const auto& resource : conversion.resources)
    if (resource.key == report && resource.report) issue.where = resource.report->at + "-3";
  if (mismatch && alive && own.mark()) {
    revision.issues.push_back(issue);
    revision.issues.back().resource = report.reference();
  }
  std::vector<ForeignMarks> all;
  for (auto& other : others) {
    auto marks = marks_of(other, mismatch, issue);
    if (!marks.writes.empty()) all.push_back(std::move(marks));
  }
  return all;
}

std::string_view order_head(std::string_view id) {
  return id.size() > head_bytes + 1 ? id.substr(1, head_bytes) : std::string_view();
}

}  // namespace gateway::mapping
