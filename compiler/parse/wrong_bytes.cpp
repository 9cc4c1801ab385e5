#include "compiler/parse/wrong_bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

#include "compiler/source/utf8.hpp"

namespace mlp::compiler::parse {
namespace {

constexpr std::size_t kMostRuns = 20;

}  // namespace

WrongBytes FindWrongBytes(std::string_view text, FileId file, Diagnostics& diagnostics) {
  WrongBytes wrong;
  bool in_run = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte != 0 && byte < 0x80) {
      ++at;
      in_run = false;
      continue;
    }
    const CodePoint point = DecodeUtf8(text.substr(at));
    if (byte != 0 && point.valid) {
      at += point.length;
      in_run = false;
      continue;
    }
    if (!in_run) {
      if (wrong.places.size() == kMostRuns) {
        wrong.binary = true;
        return wrong;
      }
      if (wrong.mended.empty()) wrong.mended = text;
      const auto begin = static_cast<std::uint32_t>(at);
      wrong.places.push_back(begin);
      std::array<char, 40> message;
      std::snprintf(message.data(), message.size(), "byte 0x%02X is not UTF-8", byte);
      Diagnostic& diagnostic =
          diagnostics.Add(Code::k0101, {file, begin, begin + 1},
                          byte == 0 ? "a NUL byte is not text" : message.data());
      diagnostic.help.emplace_back(byte == 0 ? "delete it" : "save the file in UTF-8");
    }
    wrong.mended[at] = ' ';
    in_run = true;
    ++at;
  }
  return wrong;
}

}  // namespace mlp::compiler::parse
