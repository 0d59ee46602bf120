#pragma once
#include "gateway/app/command.hpp"
#include "gateway/app/store_config.hpp"
#include "gateway/base/time.hpp"

// `immunogate store …`, in files of their own; what they have alike is in command_store.cpp.
namespace gateway::app {

int migrate_store(const Arguments& arguments, const base::Clock& clock);
int back_up_store(const Arguments& arguments, const base::Clock& clock);
int restore_store(const Arguments& arguments, const base::Clock& clock);

/// The store that `--store` or `--config` names.
base::Result<StoreConfig> store_of(const Arguments& arguments);
/// With progress on standard error.
base::Result<store::Verification> verified(const StoreConfig& config, bool audit_alone,
                                           const base::Clock& clock);
/// Prints what was found; the exit status.
int tell(const Arguments& arguments, base::Result<store::Verification> found);

}  // namespace gateway::app
