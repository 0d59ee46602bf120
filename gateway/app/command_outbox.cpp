#include <iostream>

#include <unistd.h>

#include "gateway/app/asked_gateway.hpp"
#include "gateway/app/command.hpp"
#include "gateway/app/paper.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::app {
namespace {

using fhir::Json;

constexpr std::size_t most_of_an_answer = 160;

void print(const Json& letter, const Paper& paper) {
  std::string answer = printable(letter["answer"].text(), paper);
  if (answer.size() > most_of_an_answer) {
    std::size_t end = most_of_an_answer;
    while (end > 0 && (static_cast<unsigned char>(answer[end]) & 0xC0) == 0x80) --end;
    answer = answer.substr(0, end) + " …";
  }
  std::cout << letter["delivery"].text() << "  " << letter["target"].text() << "  "
            << letter["state"].text() << "  arrival " << letter["arrival"].text() << "  "
            << printable(letter["sender"].text(), paper) << "  "
            << printable(letter["message_type"].text(), paper) << "  " << letter["received"].text()
            << "  tried " << letter["attempts"].text() << "\n    " << answer << "\n";
}

int list(GatewayClient& gateway, const Arguments& arguments) {
  using fhir::search::form_encoded;
  std::string query = "?count=1000";
  for (const char* name : {"target", "since"})
    if (const auto value = arguments.get("--" + std::string(name)); !value.empty())
      query += "&" + std::string(name) + "=" + form_encoded(value);
  if (arguments.has("--pending")) query += "&pending=true";
  const Paper paper = standard_paper();
  std::size_t count = 0;
  for (std::string after;;) {
    int status = 0;
    const auto page = answer_of("outbox", gateway.get("/admin/outbox" + query + after), status);
    if (!page) return status;
    for (const Json& letter : (*page)["deliveries"].items()) {
      ++count;
      if (arguments.has("--json"))
        std::cout << letter.write() << "\n";
      else
        print(letter, paper);
    }
    if (!page->has("after")) break;
    after = "&after=" + (*page)["after"].text();
  }
  if (!arguments.has("--json"))
    std::cout << (count == 0 ? std::string("none") : std::to_string(count))
              << (arguments.has("--pending") ? " on their way\n" : " dead letters\n");
  std::cout << std::flush;
  return 0;
}

int decide(GatewayClient& gateway, const Arguments& arguments, const std::string& what) {
  if (arguments.get("--reason").empty())
    return wrong_usage("outbox", "needs a reason, which is recorded", "--reason",
                       "write --reason 'WHY'");
  fhir::JsonWriter body;
  body.begin_object().member("reason", arguments.get("--reason"));
  body.member_if("target", arguments.get("--target"));
  body.member_if("since", arguments.get("--since"));
  if (arguments.words.size() > 1) {
    body.key("deliveries").begin_array();
    for (std::size_t i = 1; i < arguments.words.size(); ++i) {
      const auto& word = arguments.words[i];
      if (word.empty() || word.size() > 18 || word.find_first_not_of("0123456789") != word.npos)
        return wrong_usage("outbox", "is no number of a delivery", word,
                           "`immunogate outbox list` shows them");
      body.raw(std::to_string(std::stoll(word)));
    }
    body.end_array();
  } else if (!arguments.has("--target") && !arguments.has("--since")) {
    return wrong_usage("outbox", "which dead letters?", "",
                       "name --target, --since or their numbers");
  }
  int status = 0;
  const auto done =
      answer_of("outbox", gateway.post("/admin/outbox/" + what, body.end_object().take()), status);
  if (!done) return status;
  const auto& awaits = (*done)["awaits"].text();
  if (awaits.empty())
    std::cout << (*done)["deliveries"].text()
              << (what == "retry" ? " sent once more\n" : " discarded\n") << std::flush;
  else
    std::cout << (*done)["deliveries"].text()
              << " await a second person, within an hour: immunogate outbox agree " << awaits
              << "\n"
              << std::flush;
  return 0;
}

int agree(GatewayClient& gateway, const Arguments& arguments) {
  if (arguments.words.size() != 2)
    return wrong_usage("outbox", "to what?", "",
                       "write `immunogate outbox agree WORD`, as the first person was told");
  fhir::JsonWriter body;
  body.begin_object().member("word", arguments.words[1]);
  int status = 0;
  const auto done =
      answer_of("outbox", gateway.post("/admin/outbox/agree", body.end_object().take()), status);
  if (!done) return status;
  std::cout << (*done)["deliveries"].text() << " discarded\n" << std::flush;
  return 0;
}

int outbox(const Arguments& arguments) {
  const std::string what = arguments.words.empty() ? "" : arguments.words.front();
  if (what != "list" && what != "retry" && what != "discard" && what != "agree")
    return wrong_usage("outbox", "what is to be done?", what,
                       "write list, retry, discard or agree");
  auto gateway = gateway_of(arguments);
  if (!gateway) return could_not_run("outbox", gateway.error());
  if (what == "list") return list(*gateway, arguments);
  if (what == "agree") return agree(*gateway, arguments);
  return decide(*gateway, arguments, what);
}

}  // namespace

const Command& command_outbox() {
  static const Command command{
      "outbox",
      "list|retry|discard|agree [NUMBER…] [--target NAME] [--since TIME] [--reason WHY] …",
      "deliveries and dead letters",
      "`list` shows the dead letters with what the target said of them, or with --pending what is\n"
      "on its way. `retry` sends dead letters once more, before what waits of the same patient "
      "and\n"
      "without what a newer version has replaced; `discard` gives them up. Both are recorded with\n"
      "who and why. More than 100 are discarded only when a second person says `agree WORD`.\n"
      "Exit status 1 if there is no such dead letter.",
      {{"--target", "NAME", "only those for this target"},
       {"--since", "TIME", "only of messages that came then or later: 2026-11-30T08:00:00Z"},
       {"--reason", "WHY", "why; recorded"},
       {"--pending", "", "list what is on its way instead"},
       {"--json", "", "list a line of JSON for each, answers whole"},
       {"--config", "FILE", "of a gateway on this host; asked over its operations.socket"},
       {"--url", "URL", "another gateway: https://HOST:PORT"},
       tls_options[0],
       tls_options[1],
       tls_options[2]},
      outbox};
  return command;
}

}  // namespace gateway::app
