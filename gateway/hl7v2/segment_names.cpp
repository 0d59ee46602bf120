#include "gateway/hl7v2/segment_names.hpp"

#include <algorithm>
#include <array>

namespace gateway::hl7v2 {
namespace {

// Segments of result messages and what may stand round them, sorted.
constexpr auto standard = std::to_array<std::string_view>(
    {"ACC", "ADD", "AL1", "ARV", "BHS", "BPX", "BTS", "BTX", "CON", "CSP", "CSR", "CTD", "CTI",
     "DB1", "DEV", "DG1", "DRG", "DSC", "ERR", "EVN", "FHS", "FT1", "FTS", "GSC", "GSP", "GSR",
     "GT1", "IAM", "IN1", "IN2", "IN3", "INV", "MRG", "MSA", "MSH", "NK1", "NTE", "OBR", "OBX",
     "OH1", "OH2", "OH3", "OH4", "ORC", "PD1", "PDA", "PID", "PR1", "PRT", "PV1", "PV2", "ROL",
     "SAC", "SFT", "SID", "SPM", "TCD", "TQ1", "TQ2", "TXA", "UAC", "UB1", "UB2"});

constexpr auto value_types = std::to_array<std::string_view>(
    {"AD", "CD",  "CE", "CF", "CK", "CN", "CNE", "CP",  "CWE", "CX",  "DR",  "DT",  "DTM", "ED",
     "EI", "FT",  "HD", "ID", "IS", "MA", "MO",  "NA",  "NM",  "NR",  "PN",  "PPN", "RP",  "SI",
     "SN", "SNM", "ST", "TM", "TN", "TS", "TX",  "XAD", "XCN", "XON", "XPN", "XTN"});

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool may_name_segment(std::string_view name) {
  return name.size() == 3 && is_capital(name[0]) && (is_capital(name[1]) || is_digit(name[1])) &&
         (is_capital(name[2]) || is_digit(name[2]));
}

bool is_standard_segment(std::string_view name) {
  return std::binary_search(standard.begin(), standard.end(), name);
}

bool carries_delimiters(std::string_view name) {
  return name == "MSH" || name == "FHS" || name == "BHS";
}

std::string_view segment_within_line(std::string_view text, std::size_t at,
                                     std::string_view separator, std::string_view line,
                                     std::uint16_t field) {
  const char tail = text[at - 1];
  if (tail != 'D' && tail != 'R' && tail != 'X') return {};
  const std::string_view name = text.substr(at - 3, 3);
  if (name != "PID" && name != "OBR" && name != "OBX") return {};
  std::string_view rest = text.substr(at + separator.size(), 16);
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  rest.remove_prefix(digits);
  if (!rest.starts_with(separator)) return {};
  rest.remove_prefix(separator.size());
  if (name == "OBX") {
    const std::size_t end = rest.find(separator);
    const bool typed = end != std::string_view::npos && is_value_type(rest.substr(0, end));
    return digits > 0 && typed ? name : std::string_view();
  }
  if (name == "OBR") return digits > 0 ? name : std::string_view();
  constexpr std::uint16_t version = 12;  // MSH-3 to MSH-6 may well be called PID
  const bool early = line == "SFT" || line == "EVN" || (line == "MSH" && field >= version);
  return early ? name : std::string_view();
}

bool is_value_type(std::string_view name) {
  return std::binary_search(value_types.begin(), value_types.end(), name);
}

}  // namespace gateway::hl7v2
