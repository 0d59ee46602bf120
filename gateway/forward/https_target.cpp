#include "gateway/forward/https_target.hpp"

#include <utility>

namespace gateway::forward {
namespace {

using outbox::TargetAnswer;

class HttpsTarget final : public outbox::Target {
 public:
  HttpsTarget(std::unique_ptr<HttpsClient> client, std::unique_ptr<SmartClient> smart)
      : client_(std::move(client)), smart_(std::move(smart)) {}

  base::Result<TargetAnswer> post(const outbox::Post& post) override {
    HttpsRequest request{"POST",
                         client_->address().path,
                         {{"Accept", "application/fhir+json"}, {"Prefer", "return=minimal"}},
                         "application/fhir+json",
                         post.body};
    if (!post.path.empty()) request.headers.emplace_back("X-ImmunoGate-Path", post.path);
    return ask(std::move(request));
  }

  base::Result<TargetAnswer> get(const std::string& path) override {
    const auto& base = client_->address().path;
    return ask({"GET",
                base + (base.ends_with('/') ? "" : "/") + path,
                {{"Accept", "application/fhir+json"}},
                "",
                ""});
  }

 private:
  base::Result<TargetAnswer> ask(HttpsRequest request) {
    if (!smart_) return answered(client_->ask(request));
    const auto headers = request.headers;
    for (int attempt = 0;; ++attempt) {
      const auto token = smart_->token(*client_);
      if (!token) return token.error();
      request.headers = headers;
      request.headers.emplace_back("Authorization", "Bearer " + *token);
      auto answer = client_->ask(request);
      if (!answer || answer->status != 401) return answered(std::move(answer));
      smart_->refused(*token);
      if (attempt == 1) return answered(std::move(answer));
    }
  }

  static base::Result<TargetAnswer> answered(base::Result<HttpsAnswer> answer) {
    if (!answer) return answer.error();
    return TargetAnswer{answer->status, std::move(answer->body), answer->retry_after};
  }

  const std::unique_ptr<HttpsClient> client_;
  const std::unique_ptr<SmartClient> smart_;  // null: the certificate says who we are
};

}  // namespace

base::Result<std::unique_ptr<outbox::Target>> https_target(
    const HttpsSettings& settings, const std::optional<SmartSettings>& smart,
    const base::Clock* clock) {
  auto client = HttpsClient::to(settings);
  if (!client) return client.error();
  std::unique_ptr<SmartClient> tokens;
  if (smart) {
    base::invariant(clock != nullptr, "tokens end by a clock");
    auto made = SmartClient::with(*smart, *clock);
    if (!made) return made.error();
    tokens = *std::move(made);
  }
  return std::unique_ptr<outbox::Target>(
      std::make_unique<HttpsTarget>(*std::move(client), std::move(tokens)));
}

}  // namespace gateway::forward
