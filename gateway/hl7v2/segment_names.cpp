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

bool is_value_type(std::string_view name) {
  return std::binary_search(value_types.begin(), value_types.end(), name);
}

}  // namespace gateway::hl7v2
