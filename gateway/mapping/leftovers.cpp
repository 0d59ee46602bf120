#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "gateway/mapping/write_message.hpp"

namespace gateway::mapping {
namespace {

/// The name of a segment as a number, so that looking for it compares no texts.
constexpr std::uint32_t tag(std::string_view name) {
  std::uint32_t all = 0;
  for (const char c : name) all = all << 8 | static_cast<unsigned char>(c);
  return all;
}

/// Fields that go nowhere, and why (V2FHIR.md §3.3–§3.7, §5.2). Only leaves without a fate are
/// marked, so a field that was mapped where it could be is not undone.
struct Aside {
  constexpr Aside(std::string_view name, std::uint16_t from, std::uint16_t to, Reason why)
      : segment(tag(name)), first(from), last(to), reason(why) {}
  std::uint32_t segment;
  std::uint16_t first, last;
  Reason reason;
};

constexpr std::uint16_t all = 0xFFFF;

constexpr Aside asides[] = {
    {"MSH", 1, 2, Reason::framing},          {"MSH", 9, 9, Reason::type},
    {"MSH", 13, 16, Reason::transport},      {"MSH", 20, 20, Reason::framing},
    {"PID", 1, 1, Reason::set_id},           {"PD1", 7, 8, Reason::out_of_purpose},
    {"PD1", 15, 15, Reason::out_of_purpose}, {"NK1", 1, 1, Reason::set_id},
    {"PV1", 1, 1, Reason::set_id},           {"PV1", 20, 35, Reason::billing},
    {"PV1", 41, 41, Reason::billing},        {"PV1", 46, 49, Reason::billing},
    {"PV2", 20, 20, Reason::billing},        {"PV2", 30, 30, Reason::billing},
    {"PV2", 32, 32, Reason::billing},        {"ORC", 6, 6, Reason::transport},
    {"ORC", 20, 20, Reason::billing},        {"ORC", 26, 26, Reason::billing},
    {"ORC", 32, 32, Reason::billing},        {"OBR", 1, 1, Reason::set_id},
    {"OBR", 23, 23, Reason::billing},        {"OBR", 48, 48, Reason::billing},
    {"OBR", 30, 30, Reason::logistics},      {"OBR", 37, 38, Reason::logistics},
    {"OBR", 40, 43, Reason::logistics},      {"OBX", 1, 1, Reason::set_id},
    {"NTE", 1, 1, Reason::set_id},           {"TQ1", 1, 1, Reason::set_id},
    {"SPM", 1, 1, Reason::set_id},           {"DG1", 1, 1, Reason::set_id},
    {"PRT", 1, 1, Reason::set_id},           {"ROL", 1, 1, Reason::set_id},
    {"TXA", 1, 1, Reason::set_id},           {"IN1", 1, all, Reason::billing},
    {"IN2", 1, all, Reason::billing},        {"GT1", 1, all, Reason::billing},
    {"FT1", 1, all, Reason::billing},        {"DSC", 1, all, Reason::transport},
    {"FHS", 1, all, Reason::transport},      {"BHS", 1, all, Reason::transport},
    {"BTS", 1, all, Reason::transport},      {"FTS", 1, all, Reason::transport},
    {"UAC", 1, all, Reason::credential}};

// Segments of v2.1–2.9 that a message of results may hold; any other is `segment-unknown`.
constexpr std::string_view known_segments =
    "MSH SFT UAC EVN PID PD1 NK1 ARV PV1 PV2 ORC OBR OBX NTE TQ1 TQ2 CTD CTI FT1 SPM SAC INV TCD "
    "SID PRT ROL TXA CON DSC ADD FHS BHS BTS FTS AL1 DG1 IN1 IN2 IN3 GT1 BLG DEV OH1 OH2 OH3 OH4 "
    "GSP GSR GSC MSA ERR QRD QRF ";

constexpr auto known_tags = [] {
  std::array<std::uint32_t, known_segments.size() / 4> tags{};
  for (std::size_t k = 0; k < tags.size(); ++k) tags[k] = tag(known_segments.substr(4 * k, 3));
  std::sort(tags.begin(), tags.end());
  return tags;
}();

bool is_known(std::string_view name) {
  return name.size() == 3 && std::binary_search(known_tags.begin(), known_tags.end(), tag(name));
}

bool is_named(const SenderProfile& profile, const std::string& field) {
  const auto& carried = profile.carry;
  return profile.z_fields.count(field) != 0 ||
         std::find(carried.begin(), carried.end(), field) != carried.end();
}

/// A field of a site's own segment that its profile does not name stays unmapped (V2FHIR.md §2.3),
/// and is said once, wherever else it stands.
void report_site_fields(Desk& desk, SegmentIndex index, std::set<std::string>& said) {
  const hl7v2::Segment& segment = desk.message().segments()[index];
  const auto& fates = desk.fields().account().leaves;
  for (std::uint32_t k = segment.first_leaf; k < segment.first_leaf + segment.leaf_count; ++k) {
    if (fates[k].fate != Fate::unmapped) continue;
    const hl7v2::Leaf& leaf = desk.message().leaves()[k];
    std::string field = std::string(segment.name) + "-" + std::to_string(leaf.field);
    if (is_named(desk.profile(), field) || !said.insert(field).second) continue;
    desk.issue_at("z-segment-unmapped", desk.header(), desk.message().address(leaf),
                  "the sender's profile does not name this field");
  }
}

}  // namespace

void set_aside_rest(Desk& desk, const Structure& structure) {
  FieldReader& fields = desk.fields();
  const auto segments = desk.message().segments();
  Draft* header = desk.header();
  std::set<std::string> said_fields;
  std::set<std::string_view> said_segments;
  fields.settle_silent();
  for (SegmentIndex index = 0; index < segments.size(); ++index) {
    const std::string_view name = segments[index].name;
    for (const Aside& aside : asides) {
      if (aside.segment != tag(name)) continue;
      if (aside.last == all) {
        fields.set_aside_segment(index, aside.reason);
        continue;
      }
      for (std::uint16_t field = aside.first; field <= aside.last; ++field)
        aside.reason == Reason::type ? fields.set_aside_type(index, field)
                                     : fields.set_aside_field(index, field, aside.reason);
    }
    if (name == "EVN")
      fields.set_aside_duplicate(fields.code_at({index, 1}), fields.code_at(Place{0, 9}.part(2)));
    if (name.starts_with('Z')) {
      if (desk.profile().knows_segment(name)) {
        report_site_fields(desk, index, said_fields);
      } else if (said_segments.insert(name).second) {
        desk.issue_at("z-segment-unmapped", header, std::string(name),
                      "the sender's profile does not know this segment");
      }
    } else if (!name.empty() && !is_known(name) && said_segments.insert(name).second) {
      desk.issue_at("segment-unknown", header, std::string(name),
                    "no segment of HL7 v2 has this name");
    }
  }
  for (const StructureRemark& remark : structure.remarks)
    desk.issue_at(remark.code, header, fields.address(remark.segment, 0), remark.text);
}

}  // namespace gateway::mapping
