#include "gateway/intake/batch_answer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace gateway::intake {
namespace {

/// Fields of FHS or BHS by their HL7 numbers; number 1 is the separator itself.
class HeaderLine {
 public:
  explicit HeaderLine(std::string_view line) {
    if (line.size() > 3) separator_ = line[3];
    fields_ = {"", std::string(1, separator_)};
    line.remove_prefix(std::min<std::size_t>(line.size(), 4));
    while (!line.empty() && fields_.size() < 16) {
      const auto end = line.find(separator_);
      fields_.emplace_back(line.substr(0, end));
      line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    fields_.resize(16);
    if (fields_[2].empty()) fields_[2] = "^~\\&";
  }
  const std::string& operator[](std::size_t field) const { return fields_[field]; }
  char separator() const { return separator_; }

 private:
  char separator_ = '|';
  std::vector<std::string> fields_;
};

/// The answer's FHS or BHS: 3–4 and 5–6 change places, 11 is echoed and so is what it refers to.
std::string answering(std::string_view name, const HeaderLine& asked, std::string_view now) {
  const std::array<std::string_view, 11> fields = {asked[2], asked[5],  asked[6], asked[3],
                                                   asked[4], now,       "",       asked[9],
                                                   "",       asked[11], asked[11]};
  std::string line(name);
  for (const auto field : fields) {
    line += asked.separator();
    line += field;
  }
  while (line.back() == asked.separator()) line.pop_back();
  return line + '\r';
}

bool only_errors(const HeaderLine& batch) {
  std::string comment = batch[10];
  std::transform(comment.begin(), comment.end(), comment.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return comment == "error only";
}

bool is_positive(std::string_view acknowledgement) {
  const auto msa = acknowledgement.find("\rMSA");
  return msa != std::string_view::npos && acknowledgement.size() > msa + 6 &&
         acknowledgement[msa + 6] == 'A';
}

std::string trailer(const BatchEnvelope& envelope, char separator, std::size_t count) {
  std::string line = std::string("BTS") + separator + std::to_string(count);
  if (envelope.batch_trailer.size() > 4) {
    std::size_t said = 0;
    const auto digits = std::string_view(envelope.batch_trailer).substr(4);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), said);
    if (read.ec == std::errc() && said != envelope.messages) {
      line += separator + std::string("batch-count-mismatch: ") + std::to_string(said) +
              " announced, " + std::to_string(envelope.messages) + " found";
    }
  }
  return line + '\r';
}

/// Microseconds since 1970 as `YYYYMMDDHHMMSS+0000`, by way of the FHIR form.
std::string hl7_time(base::Instant now) {
  std::string out;
  for (const char c : base::to_text(now).substr(0, 19)) {
    if (c >= '0' && c <= '9') out += c;
  }
  return out + "+0000";
}

}  // namespace

std::string_view last_line_named(std::string_view bytes, std::string_view name) {
  for (auto at = bytes.rfind(name); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : bytes.rfind(name, at - 1)) {
    if (at != 0 && bytes[at - 1] != '\r' && bytes[at - 1] != '\n') continue;
    const auto line = bytes.substr(at);
    return line.substr(0, line.find_first_of("\r\n"));
  }
  return {};
}

std::string enclose(const BatchEnvelope& envelope, const std::vector<std::string>& acknowledgements,
                    std::string_view now) {
  const HeaderLine file(envelope.file_header), batch(envelope.batch_header);
  std::string out;
  if (!envelope.file_header.empty()) out += answering("FHS", file, now);
  if (!envelope.batch_header.empty()) out += answering("BHS", batch, now);
  std::size_t said = 0;
  for (const auto& acknowledgement : acknowledgements) {
    if (only_errors(batch) && is_positive(acknowledgement)) continue;
    out += acknowledgement;
    ++said;
  }
  if (!envelope.batch_header.empty()) out += trailer(envelope, batch.separator(), said);
  if (!envelope.file_header.empty()) out += std::string("FTS") + file.separator() + "1\r";
  return out;
}

BatchAnswer::BatchAnswer(BatchEnvelope envelope, const base::Clock& clock, Answer answer)
    : envelope_(std::move(envelope)),
      clock_(clock),
      answer_(std::move(answer)),
      parts_(envelope_.messages),
      missing_(envelope_.messages) {}

void BatchAnswer::give(std::size_t message, Answered answered) {
  {
    const std::lock_guard lock(mutex_);
    parts_[message] = std::move(answered);
    if (--missing_ != 0) return;
  }
  answer_(together());  // nobody gives any more
}

Answered BatchAnswer::together() {
  Answered all;
  std::vector<std::string> blocks;
  for (auto& part : parts_) {
    if (part.close && part.bytes.empty()) return {"", {}, true};
    all.close = all.close || part.close;
    if (part.bytes.empty()) continue;
    blocks.push_back(std::move(part.bytes));
    for (auto& further : part.further) blocks.push_back(std::move(further));
  }
  if (envelope_.is_batch()) {
    all.bytes = enclose(envelope_, blocks, hl7_time(clock_.now()));
  } else if (!blocks.empty()) {
    all.bytes = std::move(blocks.front());
    all.further.assign(std::make_move_iterator(blocks.begin() + 1),
                       std::make_move_iterator(blocks.end()));
  }
  return all;
}

}  // namespace gateway::intake
