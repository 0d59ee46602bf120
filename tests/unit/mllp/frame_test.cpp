#include "gateway/mllp/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.hpp"

using gateway::mllp::append_framed;
using gateway::mllp::Frame;
using gateway::mllp::FrameReader;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

using Texts = std::vector<std::string>;

void take_all(FrameReader& reader, std::string_view bytes, Texts& into) {
  while (!bytes.empty()) {
    if (auto frame = reader.take(bytes)) into.emplace_back(frame->bytes.text());
  }
}

Texts frames_of(std::string_view bytes, std::size_t limit = 1000) {
  FrameReader reader(limit);
  Texts texts;
  take_all(reader, bytes, texts);
  return texts;
}

std::string framed(std::string_view text) {
  std::string out;
  append_framed(out, text);
  return out;
}

TEST(FrameReader, TakesWhatTheFieldSends) {
  const struct {
    const char* what;
    std::string bytes;
    Texts frames;
  } rows[] = {
      {"as the standard says", "\x0bMSH|a\r\x1c\r", {"MSH|a\r"}},
      {"no CR after FS", "\x0bMSH|a\x1c\x0bMSH|b\x1c", {"MSH|a", "MSH|b"}},
      {"LF after FS", "\x0bMSH|a\x1c\n\x0bMSH|b\x1c\n", {"MSH|a", "MSH|b"}},
      {"CRLF after FS", "\x0bMSH|a\x1c\r\n\x0bMSH|b\x1c\r\n", {"MSH|a", "MSH|b"}},
      {"bytes before VT", "hello\x0bMSH|a\x1c\r", {"MSH|a"}},
      {"several messages in one block stay one", "\x0bMSH|a\rMSH|b\r\x1c\r", {"MSH|a\rMSH|b\r"}},
      {"empty block", "\x0b\x1c\r\x0b\r\x1c\r\x0bMSH|a\x1c\r", {"MSH|a"}},
      {"commit acknowledgements of release 2",
       "\x0b\x06\x1c\r\x0b\x15\x1c\r\x0bMSH|a\x1c\r",
       {"MSH|a"}},
      {"begun anew", "\x0bMSH|a|cut\x0bMSH|a|whole\x1c\r", {"MSH|a|whole"}},
      {"begun anew twice", "\x0bMSH|a\x0bMSH|b\x0bMSH|c\x1c\r", {"MSH|c"}},
      {"a vertical tab in a text",
       "\x0bMSH|a\rNTE|1||one\x0btwo\x1c\r",
       {"MSH|a\rNTE|1||one\x0btwo"}},
      {"no HL7 at all", "\x0bGET / HTTP/1.1\x1c\r", {"GET / HTTP/1.1"}},
      {"not ended", "\x0bMSH|a\r", {}},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(frames_of(row.bytes), row.frames) << row.what;
    Texts bytewise;
    FrameReader reader(1000);
    for (const char c : row.bytes) take_all(reader, std::string_view(&c, 1), bytewise);
    EXPECT_EQ(bytewise, row.frames) << row.what << ", byte by byte";
  }
}

TEST(FrameReader, EverySampleSplitAtEveryByteComesOutTheSame) {
  int seen = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(tests::source_dir() / "tests/samples")) {
    if (file.path().extension() != ".hl7") continue;
    ++seen;
    const auto text = tests::read_file(file.path());
    const auto wire = framed(text) + framed("MSH|next");
    for (std::size_t at = 0; at <= wire.size(); ++at) {
      FrameReader reader(1 << 20);
      Texts texts;
      take_all(reader, std::string_view(wire).substr(0, at), texts);
      take_all(reader, std::string_view(wire).substr(at), texts);
      ASSERT_THAT(texts, ElementsAre(text, "MSH|next")) << file.path() << " at " << at;
    }
  }
  EXPECT_EQ(seen, 12);
}

TEST(FrameReader, TheLimitIsReachedByTheByteAfterIt) {
  EXPECT_THAT(frames_of("\x0b" + std::string(1000, 'x') + "\x1c\r"),
              ElementsAre(std::string(1000, 'x')));
  for (const std::size_t pieces : {1U, 7U, 5000U}) {
    const std::string wire = "\x0b" + std::string(6001, 'x') + "\x1c\r" + framed("MSH|next");
    FrameReader reader(6000);
    std::vector<Frame> frames;
    for (std::size_t at = 0; at < wire.size(); at += pieces) {
      auto bytes = std::string_view(wire).substr(at, pieces);
      while (!bytes.empty())
        if (auto frame = reader.take(bytes)) frames.push_back(*std::move(frame));
      EXPECT_LE(reader.held_bytes(), 6000U);
    }
    ASSERT_EQ(frames.size(), 2U) << pieces;
    EXPECT_TRUE(frames[0].over_limit);
    EXPECT_EQ(frames[0].size, 6001U);
    EXPECT_EQ(frames[0].bytes.size(), 4096U);
    EXPECT_FALSE(frames[1].over_limit);
    EXPECT_EQ(frames[1].bytes.text(), "MSH|next");
  }
}

TEST(FrameReader, AFrameOverTheLimitHasOneHashHoweverItsBytesCome) {
  const std::string wire = "\x0b" + std::string(9000, 'x') + "\x1c\r";
  for (const std::size_t piece : {1U, 700U, 5000U, 9003U}) {
    FrameReader reader(6000);
    std::vector<Frame> frames;
    for (std::size_t at = 0; at < wire.size(); at += piece) {
      auto bytes = std::string_view(wire).substr(at, piece);
      while (!bytes.empty())
        if (auto frame = reader.take(bytes)) frames.push_back(*std::move(frame));
    }
    ASSERT_EQ(frames.size(), 1U) << piece;
    EXPECT_EQ(frames[0].size, 6001U) << piece;
    EXPECT_EQ(frames[0].hash, gateway::base::sha256(std::string(6001, 'x'))) << piece;
  }
}

TEST(FrameReader, AnEndlessFrameHoldsNothingAfterItWasGivenUp) {
  FrameReader reader(1000);
  int frames = 0;
  const std::string chunk(700, 'x');
  std::string_view start = "\x0b";
  reader.take(start);
  for (int i = 0; i < 100; ++i) {
    std::string_view bytes = chunk;
    while (!bytes.empty()) frames += reader.take(bytes) ? 1 : 0;
    EXPECT_LE(reader.held_bytes(), 1000U);
  }
  EXPECT_EQ(frames, 1);
}

TEST(FrameReader, DroppedBytesAreCountedLineEndsAreNot) {
  FrameReader reader(1000);
  Texts texts;
  take_all(reader, "abc\x0bMSH|1\x1c\r\n\x0bMSH|2\x1c\rxy\x0bMSH|cut\x0bMSH|3\x1c", texts);
  EXPECT_THAT(texts, ElementsAre("MSH|1", "MSH|2", "MSH|3"));
  EXPECT_EQ(reader.dropped_bytes(), 3U + 2U + 8U);
}

TEST(FrameReader, WhoNeverBeginsAFrameIsLost) {
  FrameReader reader(1000);
  Texts texts;
  take_all(reader, std::string(1000, 'x'), texts);
  EXPECT_FALSE(reader.lost());
  take_all(reader, "x", texts);
  EXPECT_TRUE(reader.lost());
  EXPECT_THAT(texts, IsEmpty());
}

}  // namespace
