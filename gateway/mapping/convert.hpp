#pragma once
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/hl7v2/header.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/conversion.hpp"

namespace gateway::mapping {

/// Who sends: the profile that rules, and the name that ids and duplicate keys use – the profile's,
/// or `MSH-3|MSH-4` as sent where none names the pair (INTERFACE.md §7).
struct Sender {
  std::string name;
  const SenderProfile* profile = nullptr;  // never null; lives as long as the catalogue
};
Sender identify_sender(const hl7v2::Header& header, const Catalogue& catalogue);

/// Message and mappings in, FHIR out: same input, same bytes. Pure; any thread.
/// Error `malformed` only when nothing can be filed: no PID (but see `patient_less`), or neither
/// OBR nor OBX nor TXA; `where` names segment and field ("PID", "MSH-10") for the acknowledgement.
base::Result<Conversion> convert(const hl7v2::Message& message, const Sender& sender,
                                 const Catalogue& catalogue);

/// The patients of a message, each once, without converting it: what the lanes are cut by. The
/// first is the one it is filed under, Conversion::patient; all of Conversion::patients that are
/// stated by an identifier are among them. Never empty.
std::vector<base::PatientKey> patient_keys(const hl7v2::Message& message, const Sender& sender,
                                           const Catalogue& catalogue);

}  // namespace gateway::mapping
