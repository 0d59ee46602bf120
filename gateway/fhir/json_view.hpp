#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/json.hpp"

namespace gateway::fhir {

/// A JSON document to look at: its values lie in one list, their texts in one buffer. Several times
/// cheaper than a Json, which owns each of its parts; what is indexed is read by it. Takes only
/// what was checked or written here before: it neither limits, nor validates UTF-8, nor finds a
/// name that stands twice (the first counts).
class JsonView {
 public:
  class Node;
  class Items;

  /// What the texts of its values lie in. Whoever keeps one of them keeps this as well.
  using Text = std::shared_ptr<const std::vector<char>>;
  Text text() const { return buffer_; }

  /// nullopt: this is no JSON.
  static std::optional<JsonView> read(std::string_view body);

  Node root() const;

 private:
  friend class JsonViewReader;
  struct Cell {
    Json::Kind kind = Json::Kind::null;
    std::uint32_t end = 0;  // the cell behind the last one of this value
    std::string_view name;  // of a member
    std::string_view text;
    /// Most names differ in length or first letter, which is told without a call.
    bool is_named(std::string_view other) const {
      return name.size() == other.size() && !name.empty() && name.front() == other.front() &&
             name == other;
    }
  };

  std::shared_ptr<std::vector<char>> buffer_;  // escapes are resolved in place
  std::vector<Cell> cells_;                    // each value before its parts
};

/// One value of a JsonView, which must outlive it. A null of its own stands for what is not there,
/// so that lookups chain.
class JsonView::Node {
 public:
  Node() = default;
  Node(const JsonView& view, std::uint32_t at) : view_(&view), at_(at) {}

  Json::Kind kind() const { return view_ == nullptr ? Json::Kind::null : cell().kind; }
  bool exists() const { return view_ != nullptr; }
  bool is_object() const { return kind() == Json::Kind::object; }
  bool is_array() const { return kind() == Json::Kind::array; }
  bool is_string() const { return kind() == Json::Kind::string; }
  std::string_view text() const { return view_ == nullptr ? std::string_view() : cell().text; }

  /// The member of that name; one that does not exist where there is none, or this is no object.
  Node operator[](std::string_view name) const;
  /// The items of an array; none of anything else.
  Items items() const;
  /// The values of an object's members, each with its name; none of anything else.
  Items members() const;
  std::string_view name() const { return view_ == nullptr ? std::string_view() : cell().name; }

 private:
  friend class Items;
  // By pointer: `at_` is of the list, and this is the innermost step of every look.
  const Cell& cell() const { return view_->cells_.data()[at_]; }
  const JsonView* view_ = nullptr;
  std::uint32_t at_ = 0;
};

class JsonView::Items {
 public:
  class Iterator {
   public:
    Iterator(const JsonView* view, std::uint32_t at) : view_(view), at_(at) {}
    Node operator*() const { return {*view_, at_}; }
    Iterator& operator++() {
      at_ = view_->cells_.data()[at_].end;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const JsonView* view_;
    std::uint32_t at_;
  };

  Items(const JsonView* view, std::uint32_t begin, std::uint32_t end)
      : view_(view), begin_(begin), end_(end) {}
  Iterator begin() const { return {view_, begin_}; }
  Iterator end() const { return {view_, end_}; }
  bool empty() const { return begin_ == end_; }

 private:
  const JsonView* view_;
  std::uint32_t begin_, end_;
};

}  // namespace gateway::fhir
