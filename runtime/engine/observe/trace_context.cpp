#include "runtime/engine/observe/trace_context.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mlp::engine {
namespace {

constexpr std::string_view kTraceParent = "traceparent";
constexpr std::string_view kTraceState = "tracestate";
constexpr std::size_t kLength = 55;  // 00-<32>-<16>-<2>
constexpr std::uint8_t kKnownFlags = 0x03;

int HexDigit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool IsHex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return HexDigit(c) >= 0; });
}

bool IsZero(std::string_view text) noexcept {
  return text.find_first_not_of('0') == std::string_view::npos;
}

bool IsNamed(std::string_view name, std::string_view lower_case) noexcept {
  return std::equal(name.begin(), name.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) {
                      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
                    });
}

std::string_view Trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<TraceParent> ParseTraceParent(std::string_view text) {
  text = Trim(text);
  if (text.size() < kLength) return std::nullopt;
  const std::string_view version = text.substr(0, 2);
  if (!IsHex(version) || version == "ff") return std::nullopt;
  if (version == "00" ? text.size() != kLength : text.size() > kLength && text[kLength] != '-') {
    return std::nullopt;
  }
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const std::string_view trace_id = text.substr(3, 32);
  const std::string_view parent_id = text.substr(36, 16);
  const std::string_view flags = text.substr(53, 2);
  if (!IsHex(trace_id) || !IsHex(parent_id) || !IsHex(flags)) return std::nullopt;
  if (IsZero(trace_id) || IsZero(parent_id)) return std::nullopt;
  return TraceParent{std::string(trace_id), std::string(parent_id),
                     static_cast<std::uint8_t>(HexDigit(flags[0]) * 16 + HexDigit(flags[1]))};
}

std::string Format(const TraceParent& trace) {
  return fmt::format("00-{}-{}-{:02x}", trace.trace_id, trace.parent_id,
                     static_cast<unsigned>(trace.flags & kKnownFlags));
}

std::optional<TraceParent> FindTraceParent(const Headers& headers) {
  const auto named = [](const auto& header) { return IsNamed(header.first, kTraceParent); };
  const auto found = std::find_if(headers.begin(), headers.end(), named);
  if (found == headers.end()) return std::nullopt;
  if (std::find_if(found + 1, headers.end(), named) != headers.end()) return std::nullopt;
  return ParseTraceParent(found->second);
}

void PassTrace(Headers& headers, std::uint64_t span) {
  std::optional<TraceParent> trace = FindTraceParent(headers);
  if (!trace) {
    headers.erase(std::remove_if(headers.begin(), headers.end(),
                                 [](const auto& header) {
                                   return IsNamed(header.first, kTraceParent) ||
                                          IsNamed(header.first, kTraceState);
                                 }),
                  headers.end());
    return;
  }
  trace->parent_id = fmt::format("{:016x}", span == 0 ? 1 : span);
  for (auto& [name, value] : headers) {
    if (IsNamed(name, kTraceParent)) value = Format(*trace);
  }
}

}  // namespace mlp::engine
