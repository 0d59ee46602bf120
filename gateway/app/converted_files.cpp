#include "gateway/app/converted_files.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "gateway/app/mapping_files.hpp"
#include "gateway/hl7v2/batch.hpp"
#include "gateway/mapping/convert_bytes.hpp"
#include "gateway/mapping/revise.hpp"

namespace gateway::app {
namespace {

base::Result<ConvertedMessage> convert_one(std::string_view bytes,
                                           const mapping::Catalogue& catalogue) {
  auto made = mapping::convert_bytes(bytes, catalogue);
  if (!made) return made.error();
  return ConvertedMessage{std::move(made->message),
                          mapping::told_first(std::move(made->conversion)),
                          made->sender.profile,
                          {}};
}

std::string all_of(std::istream& in) {
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

}  // namespace

base::Result<std::string> read_input(const std::string& name) {
  if (name == "-") return all_of(std::cin);
  std::ifstream in(name, std::ios::binary);
  if (!in.is_open() || std::filesystem::is_directory(name)) {
    return base::Error{base::ErrorKind::not_found, "cannot be read", name,
                       "give the path of a file with messages, or -"};
  }
  return all_of(in);
}

void for_each_message_in(std::string_view bytes, const mapping::Catalogue& catalogue,
                         const Each& each) {
  const auto envelope = hl7v2::split_messages(bytes);
  for (const hl7v2::Miscount& miscount : envelope.miscounts)
    std::cerr << "immunogate: " << to_text(miscount) << "; "
              << mapping::remedy_of("batch-count-mismatch") << "\n";
  std::vector<std::string> lines(envelope.lines.begin(), envelope.lines.end());
  for (const std::string_view message : envelope.messages) {
    auto converted = convert_one(message, catalogue);
    if (converted) converted->envelope = std::exchange(lines, {});
    each(converted);
  }
}

base::Result<void> for_each_message(const std::vector<std::string>& names,
                                    const mapping::Catalogue& catalogue, const Each& each) {
  for (const std::string& name : names) {
    const auto bytes = read_input(name);
    if (!bytes) return bytes.error();
    for_each_message_in(*bytes, catalogue, each);
  }
  return {};
}

int over_messages(std::string_view command, const Arguments& arguments, const Each& each,
                  const std::function<void()>& at_end) {
  if (arguments.words.empty())
    return could_not_run(command, {base::ErrorKind::malformed, std::string(command) + "s what?", "",
                                   "name files with messages, or - for standard input"});
  const auto catalogue = load_catalogue(mappings_folder(arguments));
  if (!catalogue) return could_not_run(command, catalogue.error());
  bool all_read = true;
  const auto done = for_each_message(arguments.words, **catalogue,
                                     [&](const base::Result<ConvertedMessage>& converted) {
                                       all_read = all_read && static_cast<bool>(converted);
                                       each(converted);
                                     });
  if (done && at_end) at_end();
  std::cout.flush();
  if (!std::cout)
    return could_not_run(command, {base::ErrorKind::unavailable, "the output cannot be written", "",
                                   "is the disk full, or the reader gone?"});
  if (!done) return could_not_run(command, done.error());
  return all_read ? 0 : 1;
}

}  // namespace gateway::app
