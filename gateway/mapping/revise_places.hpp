#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/mapping/converted_index.hpp"
#include "gateway/mapping/revise_answers.hpp"
#include "gateway/mapping/revise_others.hpp"
#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {

/// Where the rows of merged results stand (S14, S16): in the result that takes them, or in an
/// Observation of their own where none does – a compartment before its count, a half of a blood
/// pressure whose unit is none (S13). A row that changes its place leaves the other: its own
/// Observation is entered in error, or its component is emptied, so that no identity is active
/// twice (T2). Of two places the newer counts (T7), in whichever order their messages arrive.
class Places {
 public:
  using SaidAt = std::function<const std::optional<SourceTime>&(std::size_t)>;

  Places(const Conversion& conversion, ConvertedIndex& index,
         std::vector<ResourceOutcome>& outcomes, const OrderContext& orders, OrderAnswers& answers,
         OtherResults& others, SaidAt said_at);

  /// Rows of an older message that no newer one says: what stands takes them.
  void take_late(std::size_t i);
  /// What became of a result of the message: its rows leave where they stood before.
  void settle(std::size_t i);
  /// Was the result that this component row belongs to taken back after the row was written (T5)?
  /// Then the row went with it.
  bool went_with_main(std::size_t i);
  /// Then: each main result of an OBX-4 has its components (S14).
  void share();

  /// Observations that a row has left: "Observation/…".
  const std::set<std::string>& left() const { return left_; }
  /// Those that had lost all their rows, and have one again of an older message.
  const std::set<std::string>& revived() const { return revived_; }
  /// Rows whose newer place is another result: "Observation/…" of the row, of the result.
  const std::vector<std::pair<std::string, std::string>>& joined() const { return joined_; }

 private:
  using Edit = std::function<void(fhir::Json&)>;

  /// Of an order, read once: component rows that stand alone, by their OBX-4, and the results that
  /// could take them, with theirs.
  struct Order {
    std::map<std::string, std::vector<std::string>, std::less<>> lone;  // ids
    std::map<std::string, std::string> mains;                           // OBX-4 by id
  };

  bool is_known(std::size_t i);
  bool is_in_message(const std::string& id);
  bool is_older(std::size_t i, std::optional<std::int64_t> than) const;
  /// The result as it will stand: of the message where that writes it, else what stands.
  void edit(std::size_t i, const fhir::ResourceKey& key, const Edit& change);
  void leave(std::size_t i, OtherResult& result, const std::string& id);
  void settle_rows(std::size_t i);
  void settle_half(std::size_t i);
  void stay_away(std::size_t i, const std::string& code, std::optional<std::int64_t> gone_at);
  void absorb(std::size_t i);
  void take_away(std::size_t i);
  void share_group(std::string_view head, const std::string& sub_id,
                   const std::vector<std::size_t>& told);
  void take_lone(std::size_t i, OtherResult& lone, const std::string& id);
  Order& order_of(std::string_view head);
  void note_main(Order& order, const std::string& id, const fhir::Json& body);
  void note_change(const std::string& id, const fhir::Json& body);

  const Conversion& conversion_;
  ConvertedIndex& index_;
  std::vector<ResourceOutcome>& outcomes_;
  const OrderContext& orders_;
  OrderAnswers& answers_;
  OtherResults& others_;
  SaidAt said_at_;
  std::map<std::string, Order, std::less<>> orders_read_;  // by what ids share
  std::set<std::string> left_, revived_;
  std::vector<std::pair<std::string, std::string>> joined_;
};

}  // namespace gateway::mapping
