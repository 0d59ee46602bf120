#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/fhir/json.hpp"
#include "gateway/mapping/conversion.hpp"
#include "gateway/mapping/status.hpp"

/// The halves of a blood pressure that stands (S16): each has its own value, time and status, since
/// each may come, be corrected or be taken back in a message of its own.
namespace gateway::mapping {

/// Has it a half as component?
bool is_pressure(const fhir::Json& observation);
/// Does any half say something?
bool speaks(const fhir::Json& pressure);
/// Has the part a value, or a reason other than that nobody said it or that it was taken back?
bool says_something(const fhir::Json& part);

/// The status that the part was said with: extension `said-as`, else its result's.
std::string_view status_of_part(const fhir::Json& part, std::string_view whole);
void mark_part(fhir::Json& part, std::string_view status);
/// Writes its status on each half, so that halves of several messages may be put together.
void mark_halves(fhir::Json& pressure);
/// The panel's status from those of its halves; the mark stays where it says another.
void settle_halves(fhir::Json& pressure);
/// T8: does an early word come for a half that was final, or was taken back?
bool regresses(const fhir::Json& half, std::string_view status, const fhir::Json& standing);
/// The same of all halves that the message speaks of.
bool regresses(const fhir::Json& newest, const ResultFacts& facts, const fhir::Json& standing);

/// Nothing of the half stands, nor may a row fill it that was said before `at`.
void empty_half(fhir::Json& half, std::optional<std::int64_t> at);
/// The half that stands, emptied so; where none does, one of that code.
fhir::Json taken_back(const fhir::Json& pressure, std::string_view code,
                      std::optional<std::int64_t> at);
/// T5: one half is taken back alone: the other stands.
bool takes_back_one(const ResultFacts& facts);
/// Empties the halves that the message takes back. A panel that has no value is entered in error;
/// which half was taken back stays in it, since the other may still come late.
void take_back_halves(fhir::Json& pressure, const ResultFacts& facts,
                      std::optional<std::int64_t> at);
void withdraw_if_empty(fhir::Json& pressure);

}  // namespace gateway::mapping
