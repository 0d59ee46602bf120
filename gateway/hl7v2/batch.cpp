#include "gateway/hl7v2/batch.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/hl7v2/charset.hpp"
#include "gateway/hl7v2/echo.hpp"
#include "gateway/hl7v2/header_fields.hpp"
#include "gateway/hl7v2/lines.hpp"

namespace gateway::hl7v2 {
namespace {

bool is_punctuation(char c) {
  const bool alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return (c > ' ' && c < 0x7F && !alphanumeric) || static_cast<unsigned char>(c) >= 0x80;
}

/// `MSH|…`; with another separator only if MSH-2 looks like one, so that text is not taken for it.
bool begins_header(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || line.size() < 4) return false;
  return line[3] == '|' || (is_punctuation(line[3]) && line.size() > 4 && is_punctuation(line[4]));
}

/// Field separators in force: of the file, the batch and the message that were begun last.
struct Separators {
  char file = '|', batch = '|', message = '|';
  bool hold(char c) const { return c == file || c == batch || c == message; }
};

bool begins_trailer(std::string_view line, std::string_view name, const Separators& separators) {
  return line.starts_with(name) && (line.size() == 3 || separators.hold(line[3]));
}

/// Cuts line by line. A frame byte ends a line as CR and LF do, and 1C a message as well.
class Splitter {
 public:
  explicit Splitter(std::string_view bytes) : bytes_(bytes) {}

  Envelope run() {
    std::size_t at = 0;
    while (at < bytes_.size()) {
      const std::size_t end = end_of_line_or_block(bytes_, at);
      line(at, end);
      if (end < bytes_.size() && bytes_[end] == '\x1C') close(end);
      at = end + 1;
    }
    close(bytes_.size());
    return std::move(out_);
  }

 private:
  void line(std::size_t begin, std::size_t end) {
    std::size_t first = begin;
    while (bytes_.substr(first, end - first).starts_with("\xEF\xBB\xBF")) first += 3;
    while (first < end && (bytes_[first] == ' ' || bytes_[first] == '\t')) ++first;
    const std::string_view text = bytes_.substr(first, end - first);
    if (text.size() < 3) return;
    if (begins_header(text, "MSH")) {
      close(begin);
      // A byte order mark says the character set of what follows, so it stays with its message.
      open_ = first > begin && static_cast<unsigned char>(bytes_[begin]) == 0xEF ? begin : first;
      is_open_ = true;
      separators_.message = text[3];
      return;
    }
    if (begins_header(text, "FHS") || begins_header(text, "BHS")) {
      close(begin);
      (text[0] == 'F' ? separators_.file : separators_.batch) = text[3];
      auto& kept = text[0] == 'F' ? out_.file_header : out_.batch_header;
      if (kept.empty()) kept = text;
      out_.lines.push_back(text);
      if (text[0] == 'B') out_.batches.push_back({text, out_.messages.size()});
      text[0] == 'B' ? open_batch() : open_file();
    } else if (begins_trailer(text, "BTS", separators_)) {
      close(begin);
      out_.lines.push_back(text);
      compare("BTS", text, out_.messages.size() - batch_begin_);
      batch_begin_ = out_.messages.size();
    } else if (begins_trailer(text, "FTS", separators_)) {
      close(begin);
      out_.lines.push_back(text);
      // Messages without any BHS are one batch to some, a batch each to others.
      if (batches_ > 0 || count_of(text) != out_.messages.size() - file_begin_)
        compare("FTS", text, std::max<std::size_t>(batches_, 1));
    }
  }

  void open_file() {
    batches_ = 0;
    file_begin_ = batch_begin_ = out_.messages.size();
  }

  void open_batch() {
    ++batches_;
    batch_begin_ = out_.messages.size();
  }

  /// What BTS-1, FTS-1 says, if it says a number.
  static std::optional<std::uint64_t> count_of(std::string_view trailer) {
    if (trailer.size() < 5) return std::nullopt;
    const std::string_view rest = trailer.substr(4);
    const std::string_view text = rest.substr(0, rest.find(trailer[3]));
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
  }

  /// The first of each kind tells enough.
  void compare(std::string_view name, std::string_view trailer, std::size_t found) {
    const auto announced = count_of(trailer);
    if (!announced || *announced == found) return;
    auto& all = out_.miscounts;
    const auto same = [name](const Miscount& one) { return one.trailer == name; };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back({name, *announced, found});
  }

  void close(std::size_t end) {
    if (is_open_) out_.messages.push_back(bytes_.substr(open_, end - open_));
    is_open_ = false;
  }

  std::string_view bytes_;
  Envelope out_;
  std::size_t open_ = 0;
  std::size_t batches_ = 0;                       // of the file that is open
  std::size_t file_begin_ = 0, batch_begin_ = 0;  // messages before them
  bool is_open_ = false;
  Separators separators_;
};

std::string_view field_of(std::string_view header, std::size_t number) {
  const auto fields = header_fields(header);
  if (!fields) return {};
  // The views point into `header`, which outlives the answer.
  return fields->field(number);
}

/// FHS or BHS of the answer.
std::string header_line(std::string_view name, std::string_view header, base::Instant now) {
  const auto fields = header_fields(header);
  if (!fields) return {};
  const Delimiters& d = fields->reading.delimiters;
  const auto echo = [&](std::size_t number) { return echoable(fields->field(number), d.field); };
  std::string out(name);
  out += d.field + std::string(fields->field(2));
  for (const std::size_t number : {5, 6, 3, 4}) out += d.field + echo(number);
  out += d.field + hl7_time(now) + d.field + d.field + d.field + d.field;  // 8 to 10 stay empty
  const std::string id = echo(11);
  out += id + d.field + id;
  while (out.ends_with(d.field)) out.resize(out.size() - d.field.size());
  return out + "\r";
}

std::string trailer_line(std::string_view name, std::string_view header, std::size_t count,
                         std::string_view comment) {
  const auto fields = header_fields(header);
  const std::string separator = fields ? fields->reading.delimiters.field : "|";
  std::string out = std::string(name) + separator + std::to_string(count);
  if (!comment.empty()) out += separator + std::string(comment);
  return out + "\r";
}

/// What a trailer of the answer says of that of the batch; `all`: of both, where there is no other.
std::string comment_of(const BatchFrame& frame, std::string_view trailer, bool all,
                       std::string_view remedy) {
  std::string comment;
  for (const Miscount& miscount : frame.miscounts) {
    if (!all && miscount.trailer != trailer) continue;
    comment += (comment.empty() ? "" : "; ") + to_text(miscount);
  }
  if (!comment.empty() && !remedy.empty()) comment += "; " + std::string(remedy);
  return comment;
}

}  // namespace

std::string to_text(const Miscount& miscount) {
  return "batch-count-mismatch: " + std::string(miscount.trailer) + "-1 announces " +
         std::to_string(miscount.announced) + ", " + std::to_string(miscount.found) + " found";
}

bool is_positive(std::string_view acknowledgement) {
  const auto msa = acknowledgement.find("\rMSA");
  return msa != std::string_view::npos && acknowledgement.size() > msa + 6 &&
         acknowledgement[msa + 6] == 'A';
}

bool Envelope::errors_only() const {
  std::string text(field_of(batch_header, 10));
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text.find("error only") != std::string::npos ||
         text.find("errors only") != std::string::npos;
}

Envelope split_messages(std::string_view bytes) {
  std::size_t mark = 0;
  const std::size_t framed = bytes.find_first_not_of("\x0B\r\n");
  if (framed == std::string_view::npos) return {};
  if (!wide_charset(bytes.substr(framed), mark).empty()) {
    Envelope whole;
    whole.messages.push_back(bytes.substr(framed));
    return whole;
  }
  if (skip_to_text(bytes) == bytes.size()) return {};
  Envelope out = Splitter(bytes).run();
  // An envelope round nothing is a batch of nothing; anything else is for `parse` to refuse.
  if (out.messages.empty() && !out.is_batch()) out.messages.push_back(bytes);
  return out;
}

BatchFrame frame_of(const Envelope& envelope) {
  std::vector<BatchFrame::Batch> batches;
  for (const Envelope::Batch& batch : envelope.batches)
    batches.push_back({std::string(batch.header), batch.first});
  return {std::string(envelope.file_header), std::move(batches), envelope.miscounts,
          envelope.messages.size(), envelope.errors_only()};
}

std::string write_batch(const BatchFrame& frame,
                        const std::vector<BatchAcknowledgement>& acknowledgements,
                        base::Instant now, std::string_view remedy) {
  std::string out;
  const bool has_batch = !frame.batches.empty(), has_file = !frame.file_header.empty();
  if (has_file) out += header_line("FHS", frame.file_header, now);
  auto next = acknowledgements.begin();
  const auto say_until = [&](std::size_t message) {
    std::size_t count = 0;
    for (; next != acknowledgements.end() && next->message < message; ++next, ++count)
      out += next->bytes;
    return count;
  };
  if (has_batch) say_until(frame.batches.front().first);  // messages of no batch
  for (std::size_t k = 0; k < frame.batches.size(); ++k) {
    const BatchFrame::Batch& batch = frame.batches[k];
    const bool last = k + 1 == frame.batches.size();
    out += header_line("BHS", batch.header, now);
    const std::size_t count = say_until(last ? frame.messages : frame.batches[k + 1].first);
    out += trailer_line("BTS", batch.header, count,
                        last ? comment_of(frame, "BTS", !has_file, remedy) : std::string());
  }
  say_until(frame.messages);
  if (has_file)
    out += trailer_line("FTS", frame.file_header, std::max<std::size_t>(frame.batches.size(), 1),
                        comment_of(frame, "FTS", !has_batch, remedy));
  return out;
}

}  // namespace gateway::hl7v2
