#include "gateway/security/identity.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <openssl/objects.h>

namespace gateway::security {

namespace {

using Attribute = std::pair<std::string, std::string>;

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

/// Names of attribute types are written in any case (RFC 4512 §1.4); values are compared as bytes.
bool names_all(const std::vector<Attribute>& wanted, const std::vector<Attribute>& present) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const Attribute& want) {
    return std::any_of(present.begin(), present.end(), [&](const Attribute& have) {
      return same_ignoring_case(have.first, want.first) && have.second == want.second;
    });
  });
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// One pass over the text; `failed` after the first character that the grammar has no place for.
class NameReader {
 public:
  explicit NameReader(std::string_view text) : text_(text) {}

  std::vector<Attribute> read() {
    std::vector<Attribute> attributes;
    do {
      auto type = attribute_type();
      auto value = attribute_value();
      if (failed_) return {};
      attributes.emplace_back(std::move(type), std::move(value));
    } while (next_attribute());
    if (failed_) return {};
    return attributes;
  }

 private:
  bool at_end() const { return at_ == text_.size(); }

  void skip_blanks() {
    while (!at_end() && text_[at_] == ' ') ++at_;
  }

  std::string attribute_type() {
    skip_blanks();
    std::string type;
    while (!at_end() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                         text_[at_] == '-' || text_[at_] == '.')) {
      type += text_[at_++];
    }
    skip_blanks();
    if (type.empty() || at_end() || text_[at_] != '=') failed_ = true;
    if (failed_) return {};
    ++at_;
    return short_name(type);
  }

  /// "2.5.4.3" is "CN": certificates name their attributes by what OpenSSL knows.
  static std::string short_name(const std::string& type) {
    if (std::isdigit(static_cast<unsigned char>(type.front())) == 0) return type;
    const int nid = OBJ_txt2nid(type.c_str());
    return nid == NID_undef ? type : std::string(OBJ_nid2sn(nid));
  }

  std::string attribute_value() {
    skip_blanks();
    if (!at_end() && text_[at_] == '#') failed_ = true;  // BER in hex: nobody configures that
    std::string value;
    std::size_t kept = 0;  // unescaped blanks at the end do not belong to the value
    while (!failed_ && !at_end() && text_[at_] != ',' && text_[at_] != '+') {
      const char c = text_[at_++];
      if (c == '\\') {
        value += escaped();
        kept = value.size();
      } else if (c == '"' || c == ';' || c == '<' || c == '>' ||
                 static_cast<unsigned char>(c) < 0x20) {
        failed_ = true;
      } else {
        value += c;
        if (c != ' ') kept = value.size();
      }
    }
    value.resize(kept);
    if (value.empty()) failed_ = true;
    return value;
  }

  char escaped() {
    if (at_end()) {
      failed_ = true;
      return 0;
    }
    const char c = text_[at_++];
    if (std::string_view(" \"#+,;<=>\\").find(c) != std::string_view::npos) return c;
    const int high = hex_value(c);
    const int low = at_end() ? -1 : hex_value(text_[at_]);
    if (high < 0 || low < 0) {
      failed_ = true;
      return 0;
    }
    ++at_;
    return static_cast<char>(high * 16 + low);
  }

  bool next_attribute() {
    if (failed_ || at_end()) return false;
    ++at_;  // the comma, or the plus of a relative name with several parts
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

void append_escaped(std::string& out, std::string_view value) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    if (c < 0x20 || c == 0x7f) {
      out += '\\';
      out += digits[c >> 4];
      out += digits[c & 15];
      continue;
    }
    const bool at_edge = i == 0 || i + 1 == value.size();
    const bool special = std::string_view("\"+,;<=>\\").find(value[i]) != std::string_view::npos;
    if (special || (c == ' ' && at_edge) || (c == '#' && i == 0)) out += '\\';
    out += value[i];
  }
}

}  // namespace

std::string PeerIdentity::subject_text() const {
  std::string text;  // RFC 4514 §2.1: the last attribute first
  for (auto attribute = subject.rbegin(); attribute != subject.rend(); ++attribute) {
    if (!text.empty()) text += ',';
    text += attribute->first;
    text += '=';
    append_escaped(text, attribute->second);
  }
  return text;
}

bool matches(const PeerIdentity& peer, const CertificateRule& rule) {
  if (!peer.present()) return false;
  const bool says_something = !rule.subject.empty() || !rule.issuer.empty() ||
                              !rule.alternative_name.empty() || !rule.spki_sha256.empty();
  if (!says_something) return false;  // an empty rule would let everybody in
  if (!names_all(rule.subject, peer.subject) || !names_all(rule.issuer, peer.issuer)) return false;
  if (!rule.spki_sha256.empty() && !same_ignoring_case(rule.spki_sha256, peer.spki_sha256)) {
    return false;
  }
  const auto& names = peer.alternative_names;
  return rule.alternative_name.empty() ||
         std::find(names.begin(), names.end(), rule.alternative_name) != names.end();
}

std::vector<std::pair<std::string, std::string>> parse_distinguished_name(const std::string& text) {
  return NameReader(text).read();
}

}  // namespace gateway::security
