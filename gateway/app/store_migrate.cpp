#include <iostream>

#include "gateway/app/progress.hpp"
#include "gateway/app/store_commands.hpp"

namespace gateway::app {
namespace {

bool are_as_many(const store::Verification& one, const store::Verification& other) {
  return one.arrivals == other.arrivals && one.resources == other.resources &&
         one.versions == other.versions && one.deliveries == other.deliveries &&
         one.audit_rows == other.audit_rows;
}

}  // namespace

/// From a file into PostgreSQL; what arrived is held against what was there.
int migrate_store(const Arguments& arguments, const base::Clock& clock) {
  const auto from = store_named(arguments.get("--from"));
  const auto to = store_named(arguments.get("--to"));
  if (!from || from->file.empty() || !to || to->postgresql.empty())
    return could_not_run("store migrate",
                         {base::ErrorKind::malformed, "from where to where?", "",
                          "write --from sqlite:PATH --to postgresql://USER@HOST/DATABASE"});
  std::int64_t rows = 0;
  {
    Progress progress("store migrate", clock);
    auto copied = copy_store(
        *from, *to, [&progress](auto... what) { progress.say(what...); }, rows);
    if (!copied) return could_not_run("store migrate", copied.error());
  }
  auto there = verified(*from, false, clock);
  auto here = verified(*to, false, clock);
  if (there && here && (there->audit_head != here->audit_head || !are_as_many(*there, *here)))
    here->problems.emplace_back("the copy is not what was copied: begin again");
  std::cout << rows << " rows copied\n";
  return tell(arguments, std::move(here));
}

}  // namespace gateway::app
