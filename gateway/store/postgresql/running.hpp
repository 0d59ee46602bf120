#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/postgresql/database.hpp"

namespace gateway::store::postgresql {

/// One statement: bound, sent, and the rows that came back, all of them at once.
class Connection::Running final : public tables::Statement {
 public:
  Running(Connection& connection, std::string_view sql) : connection_(connection), sql_(sql) {}
  ~Running() override { PQclear(result_); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  const std::string& sql() const { return sql_; }
  void keep(PGresult* result) {
    PQclear(result_);
    result_ = result;
  }

  void bind_null() override { parameters_.push_back({}); }
  void bind_integer(std::int64_t number) override;
  void bind_text(std::string_view text, bool lent) override;
  void bind_blob(std::string_view bytes, bool lent) override;
  bool row() override;
  void run() override;
  bool is_null(int column) const override;
  std::int64_t integer(int column) const override;
  std::string_view bytes(int column) const override;
  Value value(int column) const override;

 private:
  bool is_there(int column) const {
    return result_ != nullptr && at_ >= 0 && at_ < PQntuples(result_) &&
           column < PQnfields(result_);
  }
  std::string_view raw(int column) const;

  Connection& connection_;
  const std::string sql_;
  std::vector<Parameter> parameters_;
  PGresult* result_ = nullptr;
  bool is_sent_ = false;
  int at_ = -1;
  mutable std::deque<std::string> decoded_;  // texts of this row that were kept encoded
};

}  // namespace gateway::store::postgresql
