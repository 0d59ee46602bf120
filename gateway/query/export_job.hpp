#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/search/export.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::query {

/// One file of an export: resources of one type, a line each; or what was deleted, a Bundle a line.
struct ExportFile {
  std::string name;  // "Observation-1.ndjson"
  std::string type;
  bool is_of_deletions = false;
  std::int64_t lines = 0, bytes = 0;
  std::string sha256 = {};  // hex; "" while it is written
};

/// An export, as it is kept beside its files: what was asked, as whom, and how far it has come. All
/// that a later process needs to go on.
struct ExportJob {
  enum class State { running, complete, failed };

  std::string id;                    // nobody can guess it
  std::string request;               // URL of the kick-off
  std::string client, role, scopes;  // whose it is, and with what rights it was begun
  fhir::search::ExportOf of = fhir::search::ExportOf::everything;
  std::vector<std::string> members;  // of a Group, when it was begun: ids of patients
  std::string query;  // of the kick-off; read again by asked(), leniently if `is_lenient`
  bool is_lenient = false;
  std::int64_t as_of = 0;  // commit that all of it shows
  base::Instant begun, ended;
  State state = State::running;
  std::string failure;  // why, for people

  /// How far it has come: which part of the plan, and behind what of it (store::SearchPage::after).
  std::size_t stage = 0;
  std::string after;
  std::vector<ExportFile> files;  // the last one may still be written

  /// The kick-off, of a Group with the patients that are meant. Errors: those of parse_export;
  /// `not_found` "unknown-id …": a patient who is no member.
  base::Result<fhir::search::ExportQuery> asked() const;
  security::Principal principal() const;
  bool belongs_to(const security::Principal& who) const;
  std::int64_t lines() const;
  std::int64_t bytes() const;
};

/// An instant as exactly as commits are told apart: 2025-03-24T15:15:00.000125Z. What an export
/// shows up to is where the next one begins, and milliseconds would lose or repeat what lies
/// between.
std::string precise_text(base::Instant instant);

/// As JSON, to be kept; and the way back. nullopt: it is none of ours.
std::string write_job(const ExportJob& job);
std::optional<ExportJob> read_job(std::string_view text);

}  // namespace gateway::query
