#include "gateway/fhir/search/value_sets.hpp"

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/search/embedded.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {

base::Result<std::vector<Match>> value_set(const Parameter& parameter, std::string_view url) {
  static const std::string before = std::string(canonical::base) + "/ValueSet/";
  std::vector<Match> members;
  const auto name = url.starts_with(before)
                        ? url.substr(before.size(), url.find('|') - before.size())
                        : std::string_view();
  for (std::string_view text = embedded::value_sets(); !name.empty() && !text.empty();) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find(','), second = line.rfind(',');
    if (first == line.npos || line.substr(0, first) != name) continue;
    TokenMatch member;
    member.system = line.substr(first + 1, second - first - 1);
    if (second + 1 < line.size()) member.code = line.substr(second + 1);
    members.emplace_back(std::move(member));
  }
  if (members.empty())
    return bad_value(parameter.name, "names no ValueSet kept here",
                     "give the URL of one of ours, such as " + before + "blood-nk");
  return members;
}

}  // namespace gateway::fhir::search
