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
  /// `look(connection)` must end none.
  template <class Look>
  void look_at_each(const Look& look) const {
    for (const auto& [key, connection] : all_) look(connection);
  }
  /// The action may end connections.
  void on_each(void (Connection::*action)()) const {
    std::vector<std::shared_ptr<Connection>> all;
    all.reserve(all_.size());
    look_at_each([&all](const auto& connection) { all.push_back(connection); });
    for (const auto& connection : all) ((*connection).*action)();
  }

 private:
  std::unordered_map<const Connection*, std::shared_ptr<Connection>> all_;
};

}  // namespace gateway::net
