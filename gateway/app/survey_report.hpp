#pragma once
#include <iosfwd>

#include "gateway/app/survey.hpp"

namespace gateway::app {

/// `explain --summary`: sender by sender, every field, what is most often unmapped first.
void print_fields(const Survey& survey, std::ostream& out);

/// `check --messages`: what of each sender's messages maps and what does not, with what to do.
void print_report(const Survey& survey, std::ostream& out);
/// The same for machines: one line a sender.
void print_report_json(const Survey& survey, std::ostream& out);

}  // namespace gateway::app
