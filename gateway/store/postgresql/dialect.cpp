#include "gateway/store/postgresql/dialect.hpp"

#include <algorithm>
#include <cctype>

namespace gateway::store::postgresql {
namespace {

bool take(std::string_view& rest, std::string_view words) {
  if (!rest.starts_with(words)) return false;
  rest.remove_prefix(words.size());
  return true;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string translated(std::string_view sql) {
  std::string out;
  out.reserve(sql.size() + 16);
  int number = 0;
  bool is_quoted = false;
  for (std::string_view rest = sql; !rest.empty();) {
    const char c = rest.front();
    if (c == '\'') is_quoted = !is_quoted;
    if (!is_quoted && take(rest, " NOT INDEXED")) continue;
    if (!is_quoted && take(rest, " INDEXED BY ")) {
      while (!rest.empty() &&
             (std::isalnum(static_cast<unsigned char>(rest.front())) != 0 || rest.front() == '_'))
        rest.remove_prefix(1);
      continue;
    }
    rest.remove_prefix(1);
    out += is_quoted || c != '?' ? c : '$';
    if (is_quoted || c != '?') continue;
    if (!rest.empty() && is_digit(rest.front())) continue;  // ?1
    out += std::to_string(++number);
  }
  return out;
}

std::string steps_of(const std::vector<std::string>& plan) {
  std::string out;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    std::string_view line = plan[i];
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
    const bool is_step = i == 0 || take(line, "->  ");
    if (!is_step) continue;
    const auto after = [&](std::size_t at) {
      return at < plan.size() && plan[at].find("Index Cond:") != std::string::npos;
    };
    const bool is_scan = line.find("Scan ") != std::string_view::npos;
    const bool is_by_index = line.find("Index") != std::string_view::npos && after(i + 1);
    const bool is_of_rows = line.find(" on ") != std::string_view::npos &&
                            !line.starts_with("Subquery") && !line.starts_with("CTE") &&
                            !line.starts_with("Bitmap Heap");
    if (is_scan && is_of_rows && !is_by_index)
      out.append("SCAN ").append(line.substr(line.rfind(' ') + 1)).append("\n");
    else
      out.append(line).append("\n");
  }
  return out;
}

}  // namespace gateway::store::postgresql
