#pragma once
#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/findings.hpp"

namespace gateway::store::tables {

/// Holds each set of terms against its digest, by which the writer knows it again.
void verify_terms(Connection& connection, Findings& findings);

}  // namespace gateway::store::tables
