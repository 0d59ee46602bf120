#include "tests/support/postgres_cluster.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tests {
namespace {

/// Runs it as whom PostgreSQL lets run; what it printed. Throws where it failed.
std::string run(const std::string& command) {
  const std::string as = ::geteuid() == 0
                             ? "setpriv --reuid=postgres --regid=postgres --clear-groups "
                               "env HOME=/tmp "
                             : "";
  const std::string line = "cd /tmp && " + as + command + " 2>&1 </dev/null";
  std::FILE* const pipe = ::popen(line.c_str(), "r");
  std::string out;
  std::array<char, 4096> piece{};
  while (const auto size = std::fread(piece.data(), 1, piece.size(), pipe))
    out.append(piece.data(), size);
  if (::pclose(pipe) != 0) throw std::runtime_error(command + ": " + out);
  return out;
}

std::string quoted(const std::filesystem::path& path) {
  return "'" + path.string() + "'";
}

constexpr const char* settings_of_tests = R"(
listen_addresses = ''
unix_socket_permissions = 0777
shared_buffers = 32MB
max_connections = 60
max_wal_senders = 4
wal_level = replica
autovacuum = off
)";

}  // namespace

std::string PostgresCluster::tool(const std::string& name) const {
  static const std::string bin = [] {
    std::string found;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql"))
      found = std::max(found, version.path().string());
    return found + "/bin/";
  }();
  return bin + name;
}

PostgresCluster::PostgresCluster() {
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  run(tool("initdb") + " -D " + quoted(folder("data")) +
      " -U postgres --auth=trust --no-sync --encoding=UTF8 --locale=C");
  std::ofstream(folder("data") / "postgresql.conf", std::ios::app) << settings_of_tests;
  start();
}

PostgresCluster::~PostgresCluster() {
  try {
    if (std::filesystem::exists(folder("standby"))) stop_standby();
    stop();
    // What it made belongs to another user, who may remove it.
    run("rm -rf " + quoted(folder("data")) + " " + quoted(folder("standby")));
  } catch (const std::exception&) {
    // It was ended by the test.
  }
}

PostgresCluster& PostgresCluster::shared() {
  static PostgresCluster cluster;
  return cluster;
}

std::string PostgresCluster::url() const {
  return "postgresql:///postgres?user=postgres&host=" + folder_.path().string();
}

void PostgresCluster::start(const std::string& settings) {
  run(tool("pg_ctl") + " -D " + quoted(folder("data")) + " -l " + quoted(folder("data") / "log") +
      " -w -s -o \"-k " + folder_.path().string() + " " + settings + "\" start");
}

void PostgresCluster::stop(const std::string& mode) {
  run(tool("pg_ctl") + " -D " + quoted(folder("data")) + " -w -s -m " + mode + " stop");
}

void PostgresCluster::reload(const std::string& line) {
  ask("ALTER SYSTEM SET " + line);
  ask("SELECT pg_reload_conf()");
}

std::string PostgresCluster::ask(const std::string& sql) const {
  auto out = run(tool("psql") + " -X -A -t -q -h " + folder_.path().string() +
                 " -U postgres postgres -c \"" + sql + "\"");
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

void PostgresCluster::start_standby(const std::string& name) {
  const auto socket = folder_.path().string();
  if (!std::filesystem::exists(folder("standby"))) {
    run(tool("pg_basebackup") + " -D " + quoted(folder("standby")) +
        " -R -c fast -U postgres -d \"" + "host=" + socket + " application_name=" + name + "\"");
  }
  run(tool("pg_ctl") + " -D " + quoted(folder("standby")) + " -l " +
      quoted(folder("standby") / "log") + " -w -s -o \"-k " + socket + " -p 5433\" start");
}

void PostgresCluster::stop_standby() {
  run(tool("pg_ctl") + " -D " + quoted(folder("standby")) + " -w -s -m immediate stop");
}

}  // namespace tests
