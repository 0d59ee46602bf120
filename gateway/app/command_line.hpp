/// Room app (floor 7): command line, configuration, mapping files from disk, wiring, signals. It
/// holds no rule.
#pragma once

namespace gateway::app {

/// The program: `immunogate COMMAND …`. Returns the exit status (INTERFACE.md §2): 0 done, 1 the
/// input or the check failed, 2 could not run.
int run(int argc, char** argv);

}  // namespace gateway::app
