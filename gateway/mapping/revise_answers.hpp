#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/converted_index.hpp"
#include "gateway/mapping/mismatch.hpp"
#include "gateway/mapping/revise.hpp"
#include "gateway/mapping/standing_answers.hpp"

namespace gateway::mapping {

/// Answers to questions of context, and texts, that stand in the orders of a conversion; read once
/// an order.
class OrderAnswers {
 public:
  OrderAnswers(const Conversion& conversion, ConvertedIndex& index, const StandingLookup& lookup,
               const OrderContext& orders)
      : conversion_(conversion), index_(index), lookup_(lookup), orders_(orders) {
    for (const ConvertedResource& resource : conversion.resources)
      if (resource.key.type == "ServiceRequest")
        requests_.emplace(order_head(resource.key.id), &resource);
  }

  /// Of the order that this resource belongs to. The later an answer was given, the smaller its
  /// age; negative, if it was given after what the message says.
  const StandingSaid& of(const ConvertedResource& resource);
  /// The row of that answer changes nothing (StandingSaid::unheard).
  void pass_over(const ConvertedResource& answer);

 private:
  StandingSaid* find(const ConvertedResource& resource);
  std::vector<StandingAnswer> read(std::string_view head, const std::optional<SourceTime>& said_at,
                                   StandingSaid& said) const;
  std::vector<StandingText> read_texts(std::string_view head) const;
  void add_used_texts(std::string_view head, std::vector<StandingText>& texts) const;

  const Conversion& conversion_;
  ConvertedIndex& index_;
  std::multimap<std::string_view, const ConvertedResource*> requests_;  // by what ids share
  const StandingLookup& lookup_;
  const OrderContext& orders_;
  std::map<std::string, StandingSaid, std::less<>> by_head_;
};

}  // namespace gateway::mapping
