#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/decimal.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/mapping/field_reader.hpp"

namespace gateway::mapping {

/// Writes the members of one resource and keeps the loss account while doing so: what was read
/// lands where it is written, so the account cannot drift from the output. Objects and arrays
/// begin with their first content: what stays empty is not there (FHIR has no empty objects).
/// Names are literals.
class Pen {
 public:
  /// `array`: what is written are elements of the resource's member of that name.
  Pen(FieldReader& fields, std::uint32_t resource, const char* array = nullptr);

  /// Closes what it opened.
  class Scope {
   public:
    explicit Scope(Pen& pen) : pen_(&pen) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { pen_->close(); }

   private:
    Pen* pen_;
  };
  [[nodiscard]] Scope object(const char* name) { return begin(name, false); }
  [[nodiscard]] Scope array(const char* name) { return begin(name, true); }
  [[nodiscard]] Scope item() { return begin(nullptr, false); }

  /// A member as read; nothing if the text is empty. True if written.
  bool text(const char* name, const Text& said);
  /// A member made of what was read.
  void from(const char* name, std::string_view value, const Text& origin);
  /// A member of our own; nothing if empty.
  void say(const char* name, std::string_view value);
  void digits(const char* name, const base::DecimalText& value, const Text& origin = {});
  void integer(const char* name, long long value, const Text& origin = {});
  void boolean(const char* name, bool value, const Text& origin = {});
  void raw(const char* name, std::string_view json);
  /// Elements of an array of strings.
  bool text_item(const Text& said);
  void from_item(std::string_view value, const Text& origin);
  void raw_item(std::string_view json);
  /// A further origin: of a member of the object that is open and has content, or of it itself.
  void land(const char* name, const Text& origin);
  void land(const Text& origin);
  /// A further origin of an element of the outermost array.
  void land_element(std::uint32_t index, const Text& origin);

  /// An object that is a member of the outermost one, as JSON; "" where there is none. To say the
  /// same again elsewhere.
  std::string written_object(std::string_view name) const;

  /// What is written so far of a resource's members, and the same said again by a new pen; paths
  /// are noted down by whoever says it again.
  std::string_view members() const { return json_.view().substr(1); }
  void say_members(std::string_view members);

  bool empty() const { return empty_; }
  bool opened() const { return frames_[depth_ - 1].opened; }
  std::string take();  // the whole, closed
  void reserve(std::size_t bytes) { json_.reserve(bytes); }

 private:
  struct Frame {
    const char* name;
    PathId path;
    std::uint32_t next;  // index of the next element
    bool array, opened;
  };
  Frame& top() { return frames_[depth_ - 1]; }
  Scope begin(const char* name, bool array);
  void close();
  void open();                      // whatever is begun and has not been written
  PathId member(const char* name);  // opens, writes the key
  PathId element();

  FieldReader& fields_;
  std::uint32_t resource_;
  fhir::JsonWriter json_;
  // Deeper than any resource we write; a fixed array, because every resource has two pens. Each
  // frame is set where it begins.
  static constexpr std::size_t deepest = 24;
  std::array<Frame, deepest> frames_;
  std::size_t depth_ = 1;
  bool empty_ = true;
};

}  // namespace gateway::mapping
