#pragma once
#include <cstddef>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gateway::net {

/// The connections of one event loop, on its thread.
template <class Connection>
class Peers {
 public:
  void add(std::shared_ptr<Connection> connection) {
    const Connection* key = connection.get();
    all_.emplace(key, std::move(connection));
  }
  /// False: it was not here.
  bool forget(const Connection* connection) { return all_.erase(connection) == 1; }
  std::size_t size() const { return all_.size(); }
  std::vector<std::shared_ptr<Connection>> all() const {
    std::vector<std::shared_ptr<Connection>> copy;
    copy.reserve(all_.size());
    for (const auto& [key, connection] : all_) copy.push_back(connection);
    return copy;
  }
  /// The action may end connections.
  void on_each(void (Connection::*action)()) const {
    for (const auto& connection : all()) ((*connection).*action)();
  }

 private:
  std::unordered_map<const Connection*, std::shared_ptr<Connection>> all_;
};

}  // namespace gateway::net
