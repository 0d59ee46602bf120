#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/ids.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/conversion.hpp"
#include "gateway/mapping/convert.hpp"

namespace gateway::mapping {

/// Why an element of a resource says what it says.
struct ExplainedElement {
  std::string path;                    // "valueQuantity.value", "extension('…/cycle-context')"
  std::vector<std::uint32_t> sources;  // leaves of the message, in order
  std::vector<std::string> evidence;   // words of the cycle context that are no leaf by themselves
  std::string_view rule, says;         // "R8" of DOMAIN.md, or a section of V2FHIR.md; in words
  const CodeRow* row = nullptr;        // of the code map that decided it
};

/// What one message gave to one resource.
struct Explanation {
  std::vector<ExplainedElement> elements;  // in the order of the message, context and sample last
  std::vector<std::uint32_t> others;       // leaves that went into none of them, in order
  std::vector<Issue> issues;               // of this resource
};

/// Explains `body`, a version of the resource `key` that the message wrote. Only what this message
/// says is explained: an element that stands from an earlier version is not among them. Pure. The
/// rows it names last as long as the catalogue that the message was converted with.
Explanation explain(const hl7v2::Message& message, const Conversion& conversion,
                    const fhir::ResourceKey& key, std::string_view body);

/// The version that is explained, and what is known of what wrote it.
struct ExplainedVersion {
  fhir::ResourceKey key;
  std::int64_t version = 0;
  std::string_view
      kind;  // "message"; "bundle": came over FHIR; "consequence": of another's message
  base::Instant received;
  std::string message_type;
  std::string account;        // as kept (kept_account.hpp)
  bool shows_values = false;  // may the client see what the fields hold?
};

/// The same as a Parameters resource (OperationDefinition explain). `catalogue` may be newer than
/// the one that the message was read with: both are named, and whether they tell the same fates.
std::string explanation_parameters(const ExplainedVersion& version, const hl7v2::Message& message,
                                   const Conversion& conversion, const Sender& sender,
                                   const Catalogue& catalogue, const Explanation& explanation);
/// Where no message wrote it: who did, and nothing more.
std::string explanation_parameters(const ExplainedVersion& version);

}  // namespace gateway::mapping
