#include "runtime/report/since.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <system_error>

namespace mlp {
namespace {

using std::chrono::sys_days;

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kMostSeconds = std::int64_t{1'000} * 366 * 86'400;  // a thousand years

struct Unit {
  char letter;
  std::int64_t seconds;
};
constexpr std::array<Unit, 5> kUnits = {
    {{'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}, {'w', 604'800}}};

// Exactly `digits` digits at the start of `text`, taken off; -1 where they are not there.
int TakeNumber(std::string_view& text, std::size_t digits) {
  int value = 0;
  if (text.size() < digits) return -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc{} || end != text.data() + digits || value < 0) return -1;
  text.remove_prefix(digits);
  return value;
}

bool TakeMark(std::string_view& text, char mark) {
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(1);
  return true;
}

// Takes `T14:00` or `T14:00:05`; nothing where that is not what is there.
std::optional<std::int64_t> TakeTimeOfDay(std::string_view& text) {
  if (!TakeMark(text, 'T')) return std::nullopt;
  const int hour = TakeNumber(text, 2);
  if (hour < 0 || hour > 23 || !TakeMark(text, ':')) return std::nullopt;
  const int minute = TakeNumber(text, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  int second = 0;
  if (TakeMark(text, ':')) second = TakeNumber(text, 2);
  if (second < 0 || second > 59) return std::nullopt;
  return hour * 3'600 + minute * 60 + second;
}

std::optional<std::int64_t> ParseInstant(std::string_view text) {
  const int year = TakeNumber(text, 4);
  if (year < 1970 || !TakeMark(text, '-')) return std::nullopt;
  const int month = TakeNumber(text, 2);
  if (month < 0 || !TakeMark(text, '-')) return std::nullopt;
  const int day = TakeNumber(text, 2);
  if (day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds = sys_days(date).time_since_epoch().count() * std::int64_t{86'400};
  if (!text.empty()) {
    const auto time = TakeTimeOfDay(text);
    if (!time) return std::nullopt;
    seconds += *time;
    if (!text.empty() && text != "Z") return std::nullopt;
  }
  return seconds * kUsPerSecond;
}

}  // namespace

std::optional<std::int64_t> ParseDuration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                 [&](const Unit& one) { return one.letter == text.back(); });
  std::int64_t count = 0;
  const char* last = text.data() + text.size() - 1;
  const auto [end, error] = std::from_chars(text.data(), last, count);
  if (unit == kUnits.end() || error != std::errc{} || end != last || count < 0 ||
      count > kMostSeconds / unit->seconds) {
    return std::nullopt;
  }
  return count * unit->seconds * kUsPerSecond;
}

std::optional<std::int64_t> ParseSince(std::string_view text, std::int64_t now_us) {
  if (const auto duration = ParseDuration(text)) return now_us - *duration;
  return ParseInstant(text);
}

std::string FormatInstant(std::int64_t instant_us) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> instant{
      std::chrono::microseconds(instant_us)};
  const auto days = floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(days);
  const auto seconds = floor<std::chrono::seconds>(instant - days).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     seconds / 3'600, seconds / 60 % 60, seconds % 60);
}

}  // namespace mlp
