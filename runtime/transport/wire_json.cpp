#include "runtime/transport/wire_json.hpp"

#include <cmath>

namespace mlp::transport {
namespace {

// Writing recurses once a level, so that a hostile answer could otherwise exhaust the stack.
constexpr int kDeepest = 200;
constexpr std::int64_t kMostTokens = 1'000'000'000'000;

bool IsTooDeep(std::string_view text) noexcept {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

const Json& Null() {
  static const Json null;
  return null;
}

}  // namespace

Json ParseJson(std::string_view text) {
  if (IsTooDeep(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

std::string Dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
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
