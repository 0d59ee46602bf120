/// Room topics (floor 3): topic-based subscriptions (R5 Subscriptions Backport 1.1 on R4): what a
/// Subscription asks for, and what it is told. Pure; knows no store, no clock and not who asks.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace gateway::topics {

/// Something that happens to what is kept, and that a client can be told of (FHIR.md §3).
struct Topic {
  std::string_view name;                      // "result-corrected": the end of its canonical URL
  std::string_view focus;                     // type of what is told of
  bool of_new = false;                        // it stands for the first time
  bool of_changed = false;                    // it stood, and stands otherwise now, or no more
  std::span<const std::string_view> filters;  // search parameters of the focus that narrow it
  std::string_view title, description;
  std::span<const std::string_view> issues = {};  // tags that the focus has one of; none: any
  std::string url() const;
};

std::span<const Topic> all();
/// nullptr: it is none of ours.
const Topic* find(std::string_view url);

}  // namespace gateway::topics
