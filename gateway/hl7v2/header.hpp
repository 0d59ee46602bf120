#pragma once
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/hl7v2/message.hpp"

namespace gateway::hl7v2 {

/// What MSH says, read from bytes before anything else so that every arrival can be answered.
/// Fields are as sent, undecoded, with their inner delimiters; first components where named so. So
/// are the delimiters: the sender's bytes. Where MSH-2 cannot be used (V2FHIR.md §1.3, E3) they are
/// the usual ones.
struct Header {
  Delimiters delimiters;
  std::string sending_application, sending_facility;      // MSH-3, MSH-4 whole
  std::string receiving_application, receiving_facility;  // MSH-5, MSH-6 whole
  std::string time;                                       // MSH-7
  std::string type, trigger, structure;                   // MSH-9.1 .2 .3
  std::string control_id;                                 // MSH-10 verbatim
  std::string processing_id;                              // MSH-11 whole
  std::string version, version_id;                        // MSH-12 whole, MSH-12.1
  std::string sequence;                                   // MSH-13
  std::string accept_ack, application_ack;                // MSH-15, MSH-16
  std::string charset;                                    // MSH-18 whole
  std::string
      wide;  // "UTF-16LE" and its kin where the bytes came so (fields are UTF-8 then), else ""

  bool enhanced_mode() const { return !accept_ack.empty() || !application_ack.empty(); }
};

/// Reads the MSH segment alone. Tolerant: what is missing stays empty. Error `malformed` only if
/// there is no MSH or no field separator; the error's `where` is "MSH".
base::Result<Header> read_header(std::string_view message);

/// The first component of a header field.
std::string first_component(const Header& header, std::string_view field);

/// `version_id` as number: "2.5.1" → 20501, "2.3" → 20300; 0 if it is none.
int version_number(std::string_view version_id);

}  // namespace gateway::hl7v2
