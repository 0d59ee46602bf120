#include "gateway/base/log.hpp"

#include <mutex>

#include <unistd.h>

namespace gateway::base {
namespace {

std::mutex& instance_mutex() {
  static std::mutex mutex;
  return mutex;
}
std::string& instance_text() {
  static std::string text = "\"immunogate\"";
  return text;
}

const char* word(Level level) {
  switch (level) {
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "info";
}

struct Printed {
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(const char* literal) const { return json_quoted(literal); }
  std::string operator()(Instant instant) const { return json_quoted(to_text(instant)); }
  std::string operator()(const ConfiguredName& name) const { return json_quoted(name.text()); }
  std::string operator()(const NumericText& text) const { return json_quoted(text.text()); }
};

}  // namespace

NumericText::NumericText(std::string_view text) {
  for (const char c : text)
    if (std::string_view("0123456789abcdefABCDEF.:[]").find(c) != std::string_view::npos)
      text_ += c;
}

std::string json_quoted(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[at];
    } else if (c < 0x20 || c == 0x7F) {
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15U];
    } else if (text.substr(at, 3) == "\xE2\x80\xA8" || text.substr(at, 3) == "\xE2\x80\xA9") {
      out += text[at + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out + '"';
}

void log(Level level, const char* event, std::initializer_list<LogField> fields) {
  std::string line = "{\"ts\":" + json_quoted(to_text(SystemClock().now())) + ",\"level\":\"" +
                     word(level) + "\",\"event\":" + json_quoted(event) + ",\"instance\":";
  {
    const std::lock_guard lock(instance_mutex());
    line += instance_text();
  }
  for (const LogField& field : fields)
    line += "," + json_quoted(field.name()) + ":" + std::visit(Printed{}, field.value());
  line += "}\n";
  // One write a line: lines of several threads do not mix, and a full pipe loses only log.
  const auto written = ::write(STDOUT_FILENO, line.data(), line.size());
  (void)written;
}

void set_log_instance(const ConfiguredName& instance) {
  const std::lock_guard lock(instance_mutex());
  instance_text() = json_quoted(instance.text());
}

}  // namespace gateway::base
