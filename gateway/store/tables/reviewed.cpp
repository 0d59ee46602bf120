#include "gateway/store/tables/reviewed.hpp"

namespace gateway::store::tables {

std::vector<Reviewed> read_reviewed(Connection& connection, std::string_view code) {
  std::vector<Reviewed> out;
  Query query(connection,
              "SELECT DISTINCT s.text, r.place FROM review r"
              " JOIN arrival a ON a.number = r.arrival JOIN name s ON s.number = a.sender"
              " WHERE r.code = (SELECT number FROM name WHERE text = ?)",
              code);
  while (query.row()) out.push_back({query.text(0), query.text(1)});
  return out;
}

}  // namespace gateway::store::tables
