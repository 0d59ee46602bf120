#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/store/tables/columns.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// A token of a set: `parameter` is the number of its name "Type.parameter".
struct Term {
  std::int64_t parameter = 0;
  std::string_view system, code;
  friend auto operator<=>(const Term&, const Term&) = default;
};

/// By which a set of them, which is sorted, is known again: 16 bytes.
std::string digest_of(const std::vector<Term>& set);

/// Numbers that stand for what recurs: made inside the writer's transaction where they are new,
/// remembered until `forget()`, which follows every rollback. Memory is bounded.
class Interned {
 public:
  explicit Interned(Connection& connection) : connection_(connection) {}

  std::int64_t name(std::string_view text);
  /// "Type.parameter", and where its values lie.
  struct Parameter {
    std::int64_t number = 0;
    Place place = Place::rows;
  };
  /// The parameters of a type, asked once for all its values. Stays until `forget()`.
  class Parameters {
   public:
    Parameters(Interned& owner, std::string_view type) : owner_(owner), type_(type) {}
    Parameter operator[](std::string_view name) {
      // Names are constants, nearly always: the same one lies where it lay.
      for (const auto& known : known_)
        if (known.said_at == name.data() && known.name == name) return known.parameter;
      for (const auto& known : known_)
        if (known.name == name) return known.parameter;
      return learn(name);
    }
    /// Of each of the values, which are sorted by parameter.
    template <class Values>
    std::vector<Parameter> all(const Values& values) {
      std::vector<Parameter> out;
      out.reserve(values.size());
      for (std::size_t i = 0; i < values.size(); ++i) {
        const bool again = i > 0 && values[i].parameter == values[i - 1].parameter;
        out.push_back(again ? out.back() : (*this)[values[i].parameter]);
      }
      return out;
    }

   private:
    Parameter learn(std::string_view name);
    Interned& owner_;
    const std::string type_;
    struct Known {
      std::string name;
      const char* said_at;
      Parameter parameter;
    };
    std::vector<Known> known_;  // few
  };
  Parameters& of(std::string_view type);
  /// Hashed once: a message writes some twenty rows of one patient. 0 is the number of "".
  struct Patient {
    std::int64_t number = 0;
    int partition = 0;
  };
  Patient patient(std::string_view id);
  std::int64_t terms(std::vector<Term> set);  // sorts it; duplicates are one
  /// The number an order's results share, by what they share; `row`, the first one's, if it is new:
  /// then its tokens must be written. One that was forgotten gets a second number, which no search
  /// minds.
  struct Origin {
    std::int64_t number = 0;
    bool fresh = false;
  };
  Origin origin(std::string shared, std::int64_t row);
  std::int64_t unit(std::string_view system, std::string_view code, std::string_view text);
  void forget();

 private:
  // Senders nobody configured and foreign tags are named from outside, so memory needs an end.
  static constexpr std::size_t most_remembered = 50'000;

  /// The number that an INSERT … RETURNING gives; 0 where it failed.
  template <class... Values>
  std::int64_t inserted(std::string_view sql, const Values&... values) {
    return integer_of(connection_, sql, values...).value_or(0);
  }

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class Value>
  using ByName = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;
  using Cache = ByName<std::int64_t>;
  template <class Value>
  static Value keep(ByName<Value>& cache, std::string key, Value value) {
    if (cache.size() >= most_remembered) cache.clear();
    cache.emplace(std::move(key), value);
    return value;
  }

  /// A set that has its number; compared part by part, so that nothing is put together to ask.
  struct Terms {
    struct Kept {
      std::int64_t parameter = 0;
      std::string system, code;
    };
    std::int64_t number = 0;
    std::vector<Kept> terms;
    bool is(const std::vector<Term>& set) const;
  };
  std::int64_t store_terms(const std::vector<Term>& set);

  Connection& connection_;
  Cache names_, origins_, units_;
  std::unordered_multimap<std::size_t, Terms> terms_;  // by hash
  ByName<Patient> patients_;
  ByName<Parameters> parameters_;  // by type
};

}  // namespace gateway::store::tables
