// The limit `convert` is held against: the same JSON written by RapidJSON's Writer into one buffer
// that is used again, by somebody who knows already what to write.
//   write_limit ROUNDS < bundles, one a line      prints: bytes and CPU µs a line
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace {

enum class Kind { null, boolean, number, string, key, object, end_object, array, end_array };
struct Event {
  Kind kind;
  std::string text;
};

struct Recorder : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Recorder> {
  using Size = rapidjson::SizeType;
  std::vector<Event> events;
  bool add(Kind kind, std::string text = {}) {
    events.push_back({kind, std::move(text)});
    return true;
  }
  bool Null() { return add(Kind::null); }
  bool Bool(bool value) { return add(Kind::boolean, value ? "t" : ""); }
  bool RawNumber(const char* text, Size size, bool) { return add(Kind::number, {text, size}); }
  bool String(const char* text, Size size, bool) { return add(Kind::string, {text, size}); }
  bool Key(const char* text, Size size, bool) { return add(Kind::key, {text, size}); }
  bool StartObject() { return add(Kind::object); }
  bool EndObject(Size) { return add(Kind::end_object); }
  bool StartArray() { return add(Kind::array); }
  bool EndArray(Size) { return add(Kind::end_array); }
};

void write(const std::vector<Event>& events, rapidjson::StringBuffer& out) {
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  const auto size = [](const Event& event) { return static_cast<unsigned>(event.text.size()); };
  for (const Event& event : events) {
    switch (event.kind) {
      case Kind::null:
        writer.Null();
        break;
      case Kind::boolean:
        writer.Bool(!event.text.empty());
        break;
      case Kind::number:
        writer.RawValue(event.text.data(), size(event), rapidjson::kNumberType);
        break;
      case Kind::string:
        writer.String(event.text.data(), size(event));
        break;
      case Kind::key:
        writer.Key(event.text.data(), size(event));
        break;
      case Kind::object:
        writer.StartObject();
        break;
      case Kind::end_object:
        writer.EndObject();
        break;
      case Kind::array:
        writer.StartArray();
        break;
      case Kind::end_array:
        writer.EndArray();
        break;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 10;
  std::vector<std::vector<Event>> messages;
  for (std::string line; std::getline(std::cin, line);) {
    Recorder recorder;
    rapidjson::Reader reader;
    rapidjson::StringStream stream(line.c_str());
    constexpr unsigned flags = rapidjson::kParseNumbersAsStringsFlag;
    if (reader.Parse<flags>(stream, recorder).IsError()) return 1;
    messages.push_back(std::move(recorder.events));
  }
  if (messages.empty() || rounds < 1) return 1;
  rapidjson::StringBuffer out;
  std::size_t bytes = 0;
  const std::clock_t begin = std::clock();
  for (int round = 0; round < rounds; ++round) {
    for (const auto& events : messages) {
      out.Clear();
      write(events, out);
      bytes += out.GetSize();
    }
  }
  const double us = 1e6 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  const double count = static_cast<double>(messages.size()) * rounds;
  std::printf("bytes=%.0f cpu_us=%.2f\n", static_cast<double>(bytes) / count, us / count);
}
