#include <algorithm>
#include <iostream>

#include "gateway/app/command.hpp"
#include "gateway/app/converted_files.hpp"
#include "gateway/app/mllp_client.hpp"
#include "gateway/hl7v2/batch.hpp"

namespace gateway::app {
namespace {

base::Result<Address> address_of(const std::string& text) {
  const auto colon = text.rfind(':');
  int port = 0;
  for (const char c : colon == std::string::npos ? std::string("x") : text.substr(colon + 1))
    port = c >= '0' && c <= '9' && port < 65536 ? port * 10 + (c - '0') : 65536;
  if (port < 1 || port > 65535 || colon == 0)
    return base::Error{base::ErrorKind::malformed, "is no address", "--to",
                       "write --to HOST:PORT, such as --to localhost:2575"};
  return Address{text.substr(0, colon), static_cast<std::uint16_t>(port)};
}

constexpr int longest_wait = 3600;

base::Result<std::chrono::seconds> wait_of(const std::string& text) {
  if (text.empty()) return MllpClient::usual_wait;
  int seconds = 0;
  for (const char c : text)
    seconds = c >= '0' && c <= '9' && seconds <= longest_wait ? seconds * 10 + (c - '0')
                                                              : longest_wait + 1;
  if (seconds < 1 || seconds > longest_wait)
    return base::Error{base::ErrorKind::malformed, "is no number of seconds", "--timeout",
                       "write 1 to " + std::to_string(longest_wait)};
  return std::chrono::seconds(seconds);
}

bool is_positive(const std::string& acknowledgement) {
  const auto at = acknowledgement.find("\rMSA");
  return at != std::string::npos && acknowledgement.size() > at + 7 &&
         acknowledgement[at + 6] == 'A';
}

int send(const Arguments& arguments) {
  const auto to = address_of(arguments.get("--to"));
  if (!to) return could_not_run("send", to.error());
  if (arguments.words.empty())
    return could_not_run("send", {base::ErrorKind::malformed, "sends what?", "",
                                  "name files with messages, or - for standard input"});
  const auto wait = wait_of(arguments.get("--timeout"));
  if (!wait) return could_not_run("send", wait.error());
  std::optional<security::TlsFiles> tls;
  if (!arguments.has("--plain")) tls = tls_files(arguments);
  auto client = MllpClient::connect(*to, tls, *wait);
  if (!client) return could_not_run("send", client.error());
  bool all_positive = true;
  for (const std::string& name : arguments.words) {
    const auto text = read_input(name);
    if (!text) return could_not_run("send", text.error());
    for (const std::string_view message : hl7v2::split_messages(*text).messages) {
      auto answer = client->exchange(message);
      if (!answer) return could_not_run("send", answer.error());
      all_positive = all_positive && is_positive(*answer);
      std::replace(answer->begin(), answer->end(), '\r', '\n');
      std::cout << *answer << std::flush;
    }
  }
  return all_positive ? 0 : 1;
}

}  // namespace

const Command& command_send() {
  static const Command command{
      "send",
      "--to HOST:PORT [--cert FILE --key FILE --ca FILE | --plain] FILE…|-",
      "MLLP client; prints each acknowledgement",
      "Sends the messages of the files one after the other, each after the answer to the one "
      "before.\n"
      "Exit status 1 if an answer was not AA or CA, 2 if none came.",
      {{"--to", "HOST:PORT", "where the gateway listens"},
       tls_options[0],
       tls_options[1],
       tls_options[2],
       {"--plain", "", "no TLS"},
       {"--timeout", "SECONDS", "how long an answer is waited for; 60"}},
      send};
  return command;
}

}  // namespace gateway::app
