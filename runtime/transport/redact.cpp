#include "runtime/transport/redact.hpp"

#include <algorithm>
#include <array>

namespace mlp::transport {
namespace {

constexpr std::array<std::string_view, 11> kKeyPrefixes = {
    "sk-", "sk_", "xai-", "gsk_", "AIza", "ya29.", "hf_", "AKIA", "ASIA", "eyJ", "r8_"};

// Longer than any part of a model's name between two dashes.
constexpr std::size_t kOpaqueRun = 24;

// A shorter one is a placeholder such as `none`, and blanking it would only spoil the message.
constexpr std::size_t kShortestKnownKey = 8;

bool IsWordByte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '*' || c == '+';
}

bool HasOpaqueRun(std::string_view word) noexcept {
  std::size_t run = 0;
  bool digit = false;
  bool letter = false;
  for (const char c : word) {
    const bool is_digit = c >= '0' && c <= '9';
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_digit && !is_letter) {
      run = 0;
      digit = letter = false;
      continue;
    }
    ++run;
    digit = digit || is_digit;
    letter = letter || is_letter;
    if (run >= kOpaqueRun && digit && letter) return true;
  }
  return false;
}

bool LooksLikeKey(std::string_view word) noexcept {
  for (const std::string_view prefix : kKeyPrefixes) {
    if (word.starts_with(prefix) && word.size() >= prefix.size() + 4) return true;
  }
  return word.find("**") != std::string_view::npos || HasOpaqueRun(word);
}

bool IsBearer(std::string_view word) noexcept { return word == "Bearer" || word == "bearer"; }

}  // namespace

std::string Redact(std::string_view text, std::string_view known_key, std::size_t most_bytes) {
  std::string out;
  out.reserve(std::min(text.size(), most_bytes + 64));
  bool after_bearer = false;
  bool in_url = false;  // the text so far held a `://`
  // While more than this is left, no `?` begins a query: it was looked for up to there in vain.
  std::size_t no_query_above = std::string_view::npos;
  while (!text.empty() && out.size() <= most_bytes) {
    if (known_key.size() >= kShortestKnownKey && text.starts_with(known_key)) {
      out += "[key]";
      text.remove_prefix(known_key.size());
      continue;
    }
    std::size_t end = 0;
    while (end < text.size() && IsWordByte(text[end])) ++end;
    if (end == 0) {
      const char c = text.front();
      text.remove_prefix(1);
      // The query of a URL may carry a key under any name.
      if (c == '?' && in_url && text.size() < no_query_above) {
        const std::size_t stop = std::min(text.find_first_of(" \t\r\n\"'<>)"), text.size());
        if (text.substr(0, stop).find('=') != std::string_view::npos) {
          out += "?[query]";
          text.remove_prefix(stop);
          continue;
        }
        no_query_above = text.size() - stop;
      }
      // Control characters do not belong in a record's line.
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
      in_url = in_url || out.ends_with("://");
      continue;
    }
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    if (after_bearer || LooksLikeKey(word)) {
      out += "[key]";
    } else {
      out += word;
    }
    after_bearer = IsBearer(word);
  }
  if (out.size() > most_bytes) {
    std::size_t cut = most_bytes;
    while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xC0) == 0x80) --cut;
    out.resize(cut);
  }
  return out;
}

}  // namespace mlp::transport
