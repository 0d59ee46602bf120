#include "gateway/query/explainer.hpp"

#include "gateway/mapping/convert_bytes.hpp"
#include "gateway/mapping/explanation.hpp"
#include "gateway/query/visible.hpp"

namespace gateway::query {
namespace {

base::Error not_read() {
  return {base::ErrorKind::malformed,
          "invalid-resource the message that wrote this is not read by the mappings of today", "",
          "ask again with the mappings it was read with, or remap it"};
}

base::Result<std::string> explain_message(const mapping::ExplainedVersion& version,
                                          const std::string& bytes, std::string_view body,
                                          const mapping::Catalogue& catalogue) {
  const auto made = mapping::convert_bytes(bytes, catalogue);
  if (!made) return not_read();
  return mapping::explanation_parameters(
      version, made->message, made->conversion, made->sender, catalogue,
      mapping::explain(made->message, made->conversion, version.key, body));
}

}  // namespace

Explainer::Explainer(store::Store& store, std::shared_ptr<const mapping::Catalogue> catalogue)
    : store_(store), catalogue_(std::move(catalogue)) {}

void Explainer::publish(std::shared_ptr<const mapping::Catalogue> catalogue) {
  const std::lock_guard lock(mutex_);
  catalogue_ = std::move(catalogue);
}

std::shared_ptr<const mapping::Catalogue> Explainer::catalogue() const {
  const std::lock_guard lock(mutex_);
  return catalogue_;
}

base::Result<std::string> Explainer::explain(const security::Principal& who,
                                             const fhir::ResourceKey& key,
                                             std::optional<std::int64_t> version) const {
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  const auto found = read_as(**snapshot, who, key, version);
  if (!found) return found.error();
  if (found->deleted)
    return base::Error{base::ErrorKind::not_found, "resource-deleted it was deleted", "", ""};
  const auto origin = (*snapshot)->origin(key, found->version);
  if (!origin) return origin.error();
  base::invariant(origin->has_value(), "a version that is read was written by somebody");
  mapping::ExplainedVersion explained{.key = key,
                                      .version = found->version,
                                      .kind = "message",
                                      .received = (*origin)->received,
                                      .message_type = (*origin)->message_type,
                                      .account = (*origin)->account,
                                      .shows_values = security::may_read_raw_messages(who)};
  if ((*origin)->kind != store::ArrivalKind::hl7v2) {
    explained.kind = (*origin)->kind == store::ArrivalKind::bundle ? "bundle" : "consequence";
    return mapping::explanation_parameters(explained);
  }
  return explain_message(explained, (*origin)->bytes, found->body, *catalogue());
}

}  // namespace gateway::query
