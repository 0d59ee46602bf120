#pragma once
#include <filesystem>
#include <string>

#include "tests/support/files.hpp"

namespace tests {

/// A PostgreSQL of its own in a temporary folder, on a socket there, ended with the object. Its
/// server runs as the user `postgres` where the test is root, since PostgreSQL refuses root.
class PostgresCluster {
 public:
  /// Throws std::runtime_error with what the tool said.
  PostgresCluster();
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  /// One for all tests of a program.
  static PostgresCluster& shared();

  std::string url() const;
  void start(const std::string& settings = {});
  void stop(const std::string& mode = "immediate");
  void reload(const std::string& line);  // one more line of its configuration
  /// What psql prints of a statement; rows by line, columns by bar.
  std::string ask(const std::string& sql) const;
  /// A standby of this one under that name, started; its folder is `standby`.
  void start_standby(const std::string& name);
  void stop_standby();

 private:
  std::string tool(const std::string& name) const;
  std::filesystem::path folder(const char* name) const { return folder_.path() / name; }

  TemporaryFolder folder_;
};

}  // namespace tests
