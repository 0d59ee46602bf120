#include "gateway/mapping/rows.hpp"

#include <string_view>
#include <unordered_map>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/blood_pressure.hpp"
#include "gateway/mapping/result_decision.hpp"
#include "gateway/mapping/row_code.hpp"
#include "gateway/mapping/status.hpp"

namespace gateway::mapping {
namespace {

bool is_loinc_code(const Row& row, std::string_view code) {
  return row.code.target != nullptr && row.code.target->system == fhir::canonical::loinc &&
         row.code.target->code == code;
}

bool is_text_type(std::string_view type) {
  return type == "TX" || type == "FT" || type == "ST" || type == "TXT" || type == "FX";
}

/// OBX-29 and OBX-30 (tables 0936, 0937) of a row that stands behind an SPM.
bool says_of_specimen(FieldReader& fields, SegmentIndex obx) {
  const std::string_view type = fields.code_at({obx, 29}).text;
  const std::string_view category = fields.code_at({obx, 30}).text;
  return type == "QST" || type == "SCI" || type == "AOE" || category == "AOE" || category == "ASC";
}

bool is_line(Desk& desk, const Row& row) {
  FieldReader& fields = desk.fields();
  return row.kind == RowKind::result && is_text_type(row.type.text) &&
         !fields.populated(row.obx(), 6) && !fields.populated(row.obx(), 7) &&
         !fields.populated(row.obx(), 8);
}

/// A line that is taken back, pending or not sent (U) is not a line of what stands.
bool stands(const Row& line) {
  return line.status != "cancelled" && line.status != "entered-in-error" &&
         line.status != "registered" && line.sent_status.text != "U";
}

/// A text is as settled as the least settled of its lines; one line corrected, it is corrected.
std::string_view status_of_text(std::string_view one, std::string_view other) {
  for (const std::string_view status : {"preliminary", "unknown", "corrected", "amended"})
    if (one == status || other == status) return status;
  return one;
}

bool continues(Desk& desk, const Row& first, const Row& next) {
  if (!is_line(desk, next) || first.sub_id.text != next.sub_id.text) return false;
  const bool says_other = next.status != first.status && !next.sent_status.empty();
  if (says_other && !(stands(first) && stands(next))) return false;
  if (!desk.fields().populated(next.obx(), 3)) return true;
  return first.code.key_code == next.code.key_code && first.code.key_system == next.code.key_system;
}

/// Text sent line by line is one text (V2FHIR.md §3.9).
void join_lines(Desk& desk, std::vector<Row>& rows) {
  if (desk.profile().separate_text_lines) return;
  Row* first = nullptr;
  for (Row& row : rows) {
    if (first != nullptr && continues(desk, *first, row)) {
      row.kind = RowKind::joined;
      first->lines.push_back(&row);
      if (!row.sent_status.empty()) first->status = status_of_text(first->status, row.status);
      if (!row.sent_status.empty() && row.sent_status.text != first->sent_status.text)
        desk.fields().set_aside(row.sent_status, Reason::type);  // it decides with the others
    } else {
      first = is_line(desk, row) ? &row : nullptr;
    }
  }
}

/// A text is no count, nor is what is measured on the patient: neither has a compartment.
bool may_have_components(Desk& desk, const Row& row) {
  const TargetCode* target = row.code.target;
  return target != nullptr ? target->takes_components() : !is_line(desk, row);
}

/// S14: component rows join the main results of their group; without group the only main result.
/// A group of more main results is none (and what it would come to grows with their product).
void join_components(Desk& desk, std::vector<Row>& rows) {
  constexpr std::size_t most_mains = 16;
  std::unordered_map<std::string_view, std::vector<Row*>> groups;
  std::vector<Row*> all;
  const auto add = [&](Row& row) {
    groups[row.sub_id.text].push_back(&row);
    all.push_back(&row);
  };
  for (Row& row : rows)
    if (row.kind == RowKind::result && may_have_components(desk, row)) add(row);
  for (Row& component : rows) {
    if (component.kind != RowKind::component) continue;
    const std::vector<Row*>& mains = component.sub_id.empty() ? all : groups[component.sub_id.text];
    if (mains.empty() || mains.size() > (component.sub_id.empty() ? 1 : most_mains)) {
      component.kind = RowKind::result;
      continue;
    }
    for (Row* main : mains) main->components.push_back(&component);
  }
}

/// A panel stands as its systolic half does; as the other, where that one has nothing to say.
void settle_panel_status(Row& row, Row& other, bool upper) {
  if (row.status == other.status) return;
  const auto says_nothing = [](const Row& half) {
    return half.status == "cancelled" || half.status == "entered-in-error" ||
           half.sent_status.empty();
  };
  row.half_status = row.status;
  const Row& main = upper ? row : other;
  const Row& second = upper ? other : row;
  row.status = says_nothing(main) ? second.status : status_of_pressure(main.status, second.status);
}

/// S13: a half whose unit is no pressure is no half.
bool is_half(Desk& desk, const Row& row) {
  return (is_loinc_code(row, blood_pressure::systolic) ||
          is_loinc_code(row, blood_pressure::diastolic)) &&
         !unit_contradicts(row.code, read_unit(desk, row));
}

/// S16: the panel's own row adds nothing to a pressure of its OBX-4, else of its order; alone it is
/// a pressure of which both halves are missing.
void join_panel_rows(std::vector<Row>& rows) {
  std::unordered_map<std::string_view, Row*> pressures;
  Row* first = nullptr;
  for (Row& row : rows) {
    if (row.kind != RowKind::result || !row.is_blood_pressure) continue;
    pressures.try_emplace(row.sub_id.text, &row);
    if (first == nullptr) first = &row;
  }
  for (Row& row : rows) {
    if (row.kind != RowKind::result || !is_loinc_code(row, blood_pressure::panel)) continue;
    const auto same = pressures.find(row.sub_id.text);
    Row* main = same != pressures.end() ? same->second : first;
    if (main == nullptr) {
      row.is_blood_pressure = row.is_panel_alone = true;
    } else {
      row.kind = RowKind::joined;
      main->panels.push_back(&row);
    }
  }
}

/// S16: systolic and diastolic of one OBX-4 are one Observation.
void join_blood_pressure(Desk& desk, std::vector<Row>& rows) {
  struct Half {
    std::vector<Row*> rows;
    std::size_t next = 0;  // those before it have found their other half, or had none
    Row* free() {
      const auto taken = [](const Row* row) {
        return row->kind != RowKind::result || row->is_blood_pressure;
      };
      while (next < rows.size() && taken(rows[next])) ++next;
      return next < rows.size() ? rows[next] : nullptr;
    }
  };
  struct Pair {
    Half upper, lower;
  };
  std::unordered_map<std::string_view, Pair> groups;  // by OBX-4
  for (Row& row : rows) {
    if (row.kind != RowKind::result || !is_half(desk, row)) continue;
    if (is_loinc_code(row, blood_pressure::systolic))
      groups[row.sub_id.text].upper.rows.push_back(&row);
    if (is_loinc_code(row, blood_pressure::diastolic))
      groups[row.sub_id.text].lower.rows.push_back(&row);
  }
  for (Row& row : rows) {
    if (row.kind != RowKind::result || row.is_blood_pressure || !is_half(desk, row)) continue;
    const bool upper = is_loinc_code(row, blood_pressure::systolic);
    row.is_blood_pressure = true;
    Pair& pair = groups[row.sub_id.text];
    Row* other = (upper ? pair.lower : pair.upper).free();
    if (other == nullptr) continue;
    other->kind = RowKind::joined;
    row.diastolic = other;
    settle_panel_status(row, *other, upper);
  }
}

/// What names the Observation of a row; of a half of a blood pressure, that of the `pressure`.
ResultName name_of(const Row& row, const OrderWork& order, bool pressure) {
  if (pressure)
    return {order.patient->key, order.number_key, blood_pressure::panel, "LN", row.sub_id.text};
  return {order.patient->key, order.number_key, row.code.key_code, row.code.key_system,
          row.sub_id.text};
}

}  // namespace

Row read_row(Desk& desk, const ResultSegments& segments, std::string_view order_status,
             bool always_context) {
  FieldReader& fields = desk.fields();
  Row row;
  row.segments = &segments;
  const SegmentIndex obx = segments.obx;
  row.specimen = segments.specimen;
  row.type = fields.code_at(Place{obx, 2}.part(1));
  fields.set_aside_type(obx, 2);
  row.sub_id = fields.code_at({obx, 4});
  row.sent_status = fields.code_at(Place{obx, 11}.part(1));
  row.status = result_status(row.sent_status.text, order_status).status;
  row.code = resolve_code(desk, {obx, 3});
  // Table 0206: D takes the row back, whatever OBX-11 repeats.
  if (fields.code_at({obx, 31}).text == "D" && !row.code.key_code.empty())
    row.status = "entered-in-error";
  const TargetCode* target = row.code.target;
  const bool context_code = target != nullptr && target->context;
  const bool asked_at_order = fields.code_at({obx, 29}).text == "AOE";
  const bool of_specimen =
      row.specimen.has_value() && (context_code || says_of_specimen(fields, obx));
  if (row.sent_status.text == "N") {
    row.kind = RowKind::dropped;
    fields.set_aside_segment(obx, Reason::status_not_a_result);
    for (const SegmentIndex note : segments.notes)
      fields.set_aside_segment(note, Reason::status_not_a_result);
  } else if (row.type.text == "ED" || row.type.text == "RP") {
    row.kind = RowKind::attachment;
  } else if (row.sent_status.text == "O" && !fields.populated(obx, 5) && !always_context) {
    row.kind = RowKind::report_note;
  } else if (always_context || context_code || asked_at_order || of_specimen ||
             row.sent_status.text == "O") {
    row.kind = RowKind::context;
    row.of_specimen = of_specimen;
  } else if (target != nullptr && target->component) {
    row.kind = RowKind::component;
  }
  return row;
}

std::vector<std::string_view> result_key(Desk& desk, const ResultName& name) {
  return {desk.sender(), name.patient, name.order, name.code, name.system, name.sub_id};
}

std::string own_id(Desk& desk, const Row& row, const OrderWork& order) {
  auto key = result_key(desk, name_of(row, order, false));
  const Text instance = desk.fields().code_at(Place{row.obx(), 21}.part(1));
  if (instance) key.push_back(instance.text);
  return order_id('o', order.head, "Observation", key);
}

std::string pressure_id(Desk& desk, const Row& half, const OrderWork& order) {
  return order_id('o', order.head, "Observation", result_key(desk, name_of(half, order, true)));
}

void open_observation(Desk& desk, Row& row, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  const std::string kind = row.is_loose ? "Observation of the patient" : "Observation";
  // Of a pressure the same id whichever half comes first, or alone.
  auto key = result_key(desk, name_of(row, order, row.is_blood_pressure));
  const Text instance = fields.code_at(Place{row.obx(), 21}.part(1));
  std::string joined;
  for (const std::string_view part : key) (joined += part) += '\x1F';
  joined += instance.text;
  const int count = desk.ordinal(kind + '\x1F' + joined);
  const std::string ordinal = std::to_string(count);
  if (instance) key.push_back(instance.text);
  if (count > 1) key.push_back(ordinal);
  std::string id = order_id('o', order.head, kind, key);
  if (desk.find("Observation", id) != nullptr) {  // an OBX-21 of "2" is another row's ordinal
    key.push_back("repeat");
    id = order_id('o', order.head, kind, key);
  }
  row.draft = &desk.open("Observation", std::move(id));
  desk.owns(row.obx(), *row.draft);
  row.draft->body.reserve(2048);
  row.draft->extensions.reserve(1024);
}

void read_rows(Desk& desk, OrderWork& order) {
  for (const ResultSegments& segments : order.segments->rows)
    order.rows.push_back(read_row(desk, segments, order.sent_status, false));
  join_lines(desk, order.rows);
  join_components(desk, order.rows);
  join_blood_pressure(desk, order.rows);
  join_panel_rows(order.rows);
  for (Row& row : order.rows) {
    if (row.kind == RowKind::result || row.kind == RowKind::context)
      open_observation(desk, row, order);
    if (row.kind == RowKind::attachment) desk.owns(row.obx(), *order.report);
  }
}

}  // namespace gateway::mapping
