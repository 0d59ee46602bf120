#include "gateway/mapping/pen.hpp"

#include "gateway/base/result.hpp"

namespace gateway::mapping {

Pen::Pen(FieldReader& fields, std::uint32_t resource, const char* array)
    : fields_(fields), resource_(resource) {
  Frame& root = frames_.front();
  root = {nullptr, 0, 0, array != nullptr, true};
  if (root.array) root.path = fields_.account().member(0, array);
  root.array ? json_.begin_array() : json_.begin_object();
}

Pen::Scope Pen::begin(const char* name, bool array) {
  base::invariant(depth_ < deepest, "no resource nests deeper than a pen");
  frames_[depth_++] = {name, 0, 0, array, false};
  return Scope(*this);
}

void Pen::close() {
  if (top().opened) top().array ? json_.end_array() : json_.end_object();
  --depth_;
}

void Pen::open() {
  empty_ = false;
  if (top().opened) return;
  for (std::size_t k = 1; k < depth_; ++k) {
    Frame& frame = frames_[k];
    if (frame.opened) continue;
    Frame& parent = frames_[k - 1];
    if (parent.array) {
      frame.path = fields_.account().element(parent.path, parent.next++);
    } else {
      frame.path = fields_.account().member(parent.path, frame.name);
      json_.plain_key(frame.name);
    }
    frame.array ? json_.begin_array() : json_.begin_object();
    frame.opened = true;
  }
}

PathId Pen::member(const char* name) {
  open();
  json_.plain_key(name);
  return fields_.account().member(top().path, name);
}

PathId Pen::element() {
  open();
  return fields_.account().element(top().path, top().next++);
}

bool Pen::text(const char* name, const Text& said) {
  if (said.empty()) return false;
  from(name, said.text, said);
  return true;
}

void Pen::from(const char* name, std::string_view value, const Text& origin) {
  const PathId path = member(name);
  json_.string(value);
  fields_.land(origin, resource_, path);
}

void Pen::say(const char* name, std::string_view value) {
  if (value.empty()) return;
  open();
  json_.plain_key(name).string(value);
}

void Pen::digits(const char* name, const base::DecimalText& value, const Text& origin) {
  const PathId path = member(name);
  json_.number(value);
  fields_.land(origin, resource_, path);
}

void Pen::integer(const char* name, long long value, const Text& origin) {
  const PathId path = member(name);
  json_.integer(value);
  fields_.land(origin, resource_, path);
}

void Pen::boolean(const char* name, bool value, const Text& origin) {
  const PathId path = member(name);
  json_.boolean(value);
  fields_.land(origin, resource_, path);
}

void Pen::raw(const char* name, std::string_view json) {
  open();
  json_.plain_key(name).raw(json);
}

bool Pen::text_item(const Text& said) {
  if (said.empty()) return false;
  from_item(said.text, said);
  return true;
}

void Pen::from_item(std::string_view value, const Text& origin) {
  const PathId path = element();
  json_.string(value);
  fields_.land(origin, resource_, path);
}

void Pen::raw_item(std::string_view json) {
  element();
  json_.raw(json);
}

void Pen::land(const char* name, const Text& origin) {
  if (!top().opened) return;
  fields_.land(origin, resource_, fields_.account().member(top().path, name));
}

void Pen::land(const Text& origin) {
  if (top().opened) fields_.land(origin, resource_, top().path);
}

void Pen::land_element(std::uint32_t index, const Text& origin) {
  fields_.land(origin, resource_, fields_.account().element(frames_.front().path, index));
}

std::string Pen::written_object(std::string_view name) const {
  const std::string_view all = json_.view();
  const std::string key = '"' + std::string(name) + "\":{";
  std::size_t begin = all.npos;
  int depth = 0;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const char c = all[k];
    if (c == '"') {
      if (depth == 1 && all.substr(k).starts_with(key)) begin = k + key.size() - 1;
      for (++k; k < all.size() && all[k] != '"'; ++k)
        if (all[k] == '\\') ++k;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 1 && begin != all.npos) return std::string(all.substr(begin, k + 1 - begin));
    }
  }
  return {};
}

void Pen::say_members(std::string_view members) {
  empty_ = false;
  json_.raw(members);
}

std::string Pen::take() {
  top().array ? json_.end_array() : json_.end_object();
  return json_.take();
}

}  // namespace gateway::mapping
