#pragma once
#include <future>
#include <stdexcept>
#include <string>

#include "gateway/base/bell.hpp"
#include "gateway/intake/intake.hpp"

#include "tests/unit/http/admin/house.hpp"

namespace gateway::http::admin::tests {

/// Messages that arrived by an intake, and people who look at them.
class JournalDesk : public Desk {
 protected:
  ~JournalDesk() override { intake_.reset(); }

  static std::string sample(std::string_view number) {
    for (const auto& file :
         std::filesystem::directory_iterator(::tests::source_dir() / "tests" / "samples"))
      if (file.path().filename().string().starts_with(number))
        return ::tests::read_file(file.path());
    throw std::runtime_error("no such sample");
  }
  /// A result of a patient; `more` are further segments.
  static std::string result(const std::string& control_id, const std::string& patient = "P0001",
                            const std::string& more = "") {
    return "MSH|^~\\&|LAB|CITY|GW|CLINIC|20250322120000+0000||ORU^R01|" + control_id +
           "|P|2.5.1\rPID|1||" + patient + "^^^CLINIC^MR||SECRETNAME^Anna||19890412|F\rOBR|1|O" +
           control_id + "|F" + control_id +
           "|8112-5^NK^LN|||20250322093000+0000\rOBX|1|NM|8112-5^NK^LN||14.2|%|5-15||||F\r" + more;
  }
  /// The acknowledgement.
  std::string say(const std::string& bytes) {
    std::promise<intake::Answered> promise;
    auto answer = promise.get_future();
    intake_->receive({base::Buffer(std::string_view(bytes)), &listener_, {}, clock_.now()},
                     [&](intake::Answered a) { promise.set_value(std::move(a)); });
    if (answer.wait_for(std::chrono::seconds(60)) != std::future_status::ready)
      throw std::runtime_error("no answer");
    return answer.get().bytes;
  }
  /// Asks as a certificate of that role.
  Response look(const std::string& path, const std::string& role = "operator") {
    Request asked = request("GET", "/admin/v1/" + path.substr(0, path.find('?')));
    if (const auto at = path.find('?'); at != path.npos) asked.query = path.substr(at + 1);
    return ask(asked, certificate(role));
  }
  fhir::Json shown(const std::string& path, const std::string& role = "operator") {
    const auto answer = look(path, role);
    EXPECT_EQ(answer.status, 200) << path << ' ' << answer.body;
    return json(answer);
  }
  /// The control ids of a list, joined by blanks.
  std::string found(const std::string& query, const std::string& role = "operator") {
    const auto list = shown("messages?" + query, role);
    std::string out;
    for (const auto& item : list["items"].items())
      out += (out.empty() ? "" : " ") + item["control_id"].text();
    return out;
  }

  base::Bell bell_;
  const intake::ListenerPolicy listener_{"mllp:2575", {"*"}, false, {"P"}};
  std::unique_ptr<intake::Intake> intake_ = std::make_unique<intake::Intake>(
      *store_, mappings(),
      intake::Options{.instance = "clinic-a", .lanes = 1, .routes = {{"hospital", "", ""}}}, clock_,
      metrics_, bell_);
};

}  // namespace gateway::http::admin::tests
