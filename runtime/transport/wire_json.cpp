#include "runtime/transport/wire_json.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "runtime/core/usage_sums.hpp"

namespace mlp::transport {
namespace {

// Writing recurses once a level, so that a hostile answer could otherwise exhaust the stack.
constexpr std::size_t kDeepest = 200;
// An object is searched for each name that is added to it.
constexpr std::uint64_t kMostComparisons = std::uint64_t{1} << 24;

/// The place of the quote that ends a string whose content begins at `at`, or the text's end.
std::size_t EndOfString(std::string_view text, std::size_t at) noexcept {
  for (std::size_t quote = text.find('"', at); quote != std::string_view::npos;
       quote = text.find('"', quote + 1)) {
    std::size_t slashes = 0;
    while (quote - slashes > at && text[quote - slashes - 1] == '\\') ++slashes;
    if (slashes % 2 == 0) return quote;
  }
  return text.size();
}

/// Whether to read it would take too much stack or time. True also where brackets close that were
/// never opened, which is no JSON anyway.
bool IsTooMuch(std::string_view text) noexcept {
  std::array<std::uint32_t, kDeepest + 1> members{};  // of what is open, outermost first
  std::size_t depth = 0;
  std::uint64_t comparisons = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      i = EndOfString(text, i + 1);
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
      members[depth] = 0;
    } else if (c == '}' || c == ']') {
      if (depth-- == 0) return true;
    } else if (c == ':') {
      comparisons += members[depth]++;
      if (comparisons > kMostComparisons) return true;
    }
  }
  return false;
}

/// Whether a string holds the byte as it is.
bool IsPlain(char c) noexcept { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

/// How many of the next eight bytes come before the first that is not plain. Known to be right for
/// the lowest byte that is flagged: borrows and carries only reach those above it.
std::size_t PlainOfEight(const char* bytes) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = kOnes << 7;
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, sizeof(eight));
  const auto has_zero = [](std::uint64_t x) { return (x - kOnes) & ~x & kHigh; };
  const std::uint64_t control = (eight - kOnes * 0x20) & ~eight & kHigh;
  const std::uint64_t not_ascii = (eight | (eight + kOnes)) & kHigh;  // 0x7F too
  const std::uint64_t flagged =
      control | not_ascii | has_zero(eight ^ (kOnes * '"')) | has_zero(eight ^ (kOnes * '\\'));
  return static_cast<std::size_t>(std::countr_zero(flagged)) / 8;
}

std::size_t EndOfPlain(std::string_view text, std::size_t at) noexcept {
  while (std::endian::native == std::endian::little && at + 8 <= text.size()) {
    const std::size_t plain = PlainOfEight(text.data() + at);
    at += plain;
    if (plain < 8) return at;
  }
  while (at < text.size() && IsPlain(text[at])) ++at;
  return at;
}

/// Prompts are long and mostly plain ASCII, which is copied in runs; what lies between is left to
/// the library, as it alone knows what is UTF-8.
void AppendString(const std::string& text, std::string& out) {
  out.reserve(out.size() + text.size() + text.size() / 8 + 2);
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t plain = EndOfPlain(text, at);
    out.append(text, at, plain - at);
    at = plain;
    if (at == text.size()) break;
    if (text[at] == '\n' || text[at] == '"' || text[at] == '\\') {
      out += '\\';
      out += text[at] == '\n' ? 'n' : text[at];
      ++at;
      continue;
    }
    const auto other =
        std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), IsPlain);
    const auto end = static_cast<std::size_t>(other - text.begin());
    const std::string quoted =
        Json(text.substr(at, end - at)).dump(-1, ' ', false, Json::error_handler_t::replace);
    out.append(quoted, 1, quoted.size() - 2);
    at = end;
  }
  out += '"';
}

void Append(const Json& value, std::string& out) {
  char separator = 0;
  const auto separate = [&] {
    if (separator != 0) out += separator;
    separator = ',';
  };
  if (value.is_object()) {
    out += '{';
    for (auto member = value.begin(); member != value.end(); ++member) {
      separate();
      AppendString(member.key(), out);
      out += ':';
      Append(*member, out);
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (const Json& element : value) {
      separate();
      Append(element, out);
    }
    out += ']';
  } else if (value.is_string()) {
    AppendString(value.get_ref<const std::string&>(), out);
  } else {
    out += value.dump();
  }
}

const Json& Null() {
  static const Json null;
  return null;
}

}  // namespace

Json ParseJson(std::string_view text) {
  if (IsTooMuch(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

std::string Dump(const Json& value) {
  std::string text;
  Append(value, text);
  return text;
}

const Json& At(const Json& value, const char* name) {
  if (!value.is_object()) return Null();
  const auto found = value.find(name);
  return found == value.end() ? Null() : *found;
}

const Json& At(const Json& value, std::size_t index) {
  return value.is_array() && index < value.size() ? value[index] : Null();
}

std::string Text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return Dump(value);
  return {};
}

std::optional<std::int64_t> Count(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto count = value.get<std::uint64_t>();
    if (count > static_cast<std::uint64_t>(kMostTokens)) return std::nullopt;
    return static_cast<std::int64_t>(count);
  }
  if (value.is_number_integer()) {
    const auto count = value.get<std::int64_t>();
    if (count < 0 || count > kMostTokens) return std::nullopt;
    return count;
  }
  if (value.is_number_float()) {
    const auto count = value.get<double>();
    if (!(count >= 0) || count > static_cast<double>(kMostTokens) || count != std::floor(count)) {
      return std::nullopt;
    }
    return static_cast<std::int64_t>(count);
  }
  return std::nullopt;
}

std::int64_t CountOr0(const Json& value) { return Count(value).value_or(0); }

Json ObjectOrEmpty(std::string_view text) {
  Json value = ParseJson(text);
  return value.is_object() ? value : Json::object();
}

bool IsObjectText(std::string_view text) { return ParseJson(text).is_object(); }

}  // namespace mlp::transport
