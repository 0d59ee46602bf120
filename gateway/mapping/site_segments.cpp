#include "gateway/mapping/site_segments.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

#include "gateway/mapping/write_message.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_segments = 256;  // each is weighed with every time of collection
constexpr std::uint16_t most_answers = 16;  // of one field

/// A field of the profile with its own code map; each repetition is an answer (C14).
void read_field(Desk& desk, SegmentIndex segment, const std::string& place, std::string_view kind,
                std::vector<SiteStatement>& said, std::vector<Retraction>& retracted) {
  FieldReader& fields = desk.fields();
  const std::size_t dash = fields.name(segment).size();
  const auto field = static_cast<std::uint16_t>(std::atoi(place.c_str() + dash + 1));
  if (fields.at(Place{segment, field, 0}).null) retracted.push_back({std::string(kind), place});
  const std::uint16_t count = std::min(fields.repetitions(segment, field), most_answers);
  for (std::uint16_t k = 1; k <= count; ++k) {
    const Text answer = fields.code_at(Place{segment, field, k});
    if (answer.empty()) continue;
    if (kind == "set-id") {
      fields.set_aside(answer, Reason::set_id);
      continue;
    }
    SiteStatement site;
    site.leaf = answer;
    site.statement.kind = kind;
    site.statement.source = Source::z_segment;
    site.statement.text = answer.text;
    const auto map = desk.profile().z_codes.find(place);
    if (map != desk.profile().z_codes.end()) {
      const auto meant = map->second.find(std::string(answer.text));
      if (meant != map->second.end()) site.statement.code = meant->second;
    }
    site.statement.evidence = place;
    site.statement.where = fields.address(segment, field);
    said.push_back(std::move(site));
  }
}

}  // namespace

std::vector<SiteStatement> said_in(Desk& desk, const std::vector<SegmentIndex>& segments,
                                   std::vector<Retraction>& retracted) {
  std::vector<SiteStatement> said;
  std::size_t read = 0;
  for (const SegmentIndex segment : segments) {
    if (++read > most_segments) break;
    const std::string prefix = std::string(desk.fields().name(segment)) + "-";
    for (const auto& [place, kind] : desk.profile().z_fields) {
      if (!place.starts_with(prefix)) continue;
      read_field(desk, segment, place, kind, said, retracted);
    }
  }
  return said;
}

std::vector<SiteStatement> said_by_site(Desk& desk, const OrderWork& order,
                                        std::vector<Retraction>& retracted) {
  auto said = said_in(desk, order.segments->site_segments, retracted);
  for (SiteStatement& one : said_in(desk, order.patient->segments->site_segments, retracted))
    said.push_back(std::move(one));
  return said;
}

std::vector<Issue> unread_segments(Desk& desk, const OrderWork& order) {
  std::set<std::string> names;
  for (const auto* segments :
       {&order.segments->site_segments, &order.patient->segments->site_segments})
    for (const SegmentIndex segment : *segments)
      if (!desk.profile().knows_segment(desk.fields().name(segment)))
        names.insert(std::string(desk.fields().name(segment)));
  std::vector<Issue> unread;
  for (const std::string& name : names)
    unread.push_back({"z-segment-unmapped", severity_of("z-segment-unmapped"), name, "",
                      "the sender's profile does not know this segment"});
  return unread;
}

bool rests_on(const CycleContext& context, const SiteStatement& site) {
  const auto& all = context.evidence;
  return std::find(all.begin(), all.end(), site.statement.evidence) != all.end();
}

void carry_unused(Desk& desk, const OrderWork& order, const std::vector<SiteStatement>& said) {
  const auto& leaves = desk.fields().account().leaves;
  for (const SiteStatement& site : said)
    if (leaves[site.leaf.first_leaf].fate == Fate::unmapped)
      carry(desk, *order.report, site.statement.where, site.leaf);
}

}  // namespace gateway::mapping
