#pragma once
#include <string_view>

/// Files of this folder that the build puts into the program (CMakeLists.txt, `gateway_embed`).
namespace gateway::store::sqlite::embedded {

std::string_view schema_0001();     // schema/0001.sql
std::string_view schema_events();   // schema/events.sql
std::string_view schema_audit();    // schema/audit.sql
std::string_view schema_spent();    // schema/spent.sql
std::string_view schema_outbox();   // schema/outbox.sql
std::string_view schema_kept();     // schema/kept.sql
std::string_view schema_journal();  // schema/journal.sql

}  // namespace gateway::store::sqlite::embedded
