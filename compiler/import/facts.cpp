#include "compiler/import/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace mlp::compiler {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// The number in text[at, at + count), or -1 where those are not all digits.
int DigitsAt(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!IsDigit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool IsDay(int year, int month, int day) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int days = kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
  return day <= days;
}

std::optional<RoundedRate> Round(double pico_per_token) {
  constexpr double kMost = 1e12;
  if (!(pico_per_token >= 0) || pico_per_token > kMost) return std::nullopt;
  const double rounded = std::round(pico_per_token);
  const double slack = std::max(1e-6, pico_per_token * 1e-12);
  return RoundedRate{static_cast<std::int64_t>(rounded),
                     std::abs(pico_per_token - rounded) <= slack};
}

}  // namespace

std::string WriteTokens(std::int64_t count) {
  if (count != 0 && count % kMillion == 0) return fmt::format("{}M", count / kMillion);
  if (count != 0 && count % 1000 == 0) return fmt::format("{}K", count / 1000);
  return fmt::format("{}", count);
}

std::optional<std::int64_t> ReadRate(std::string_view dollars_per_million) {
  const std::size_t point = dollars_per_million.find('.');
  const std::string_view whole = dollars_per_million.substr(0, point);
  const std::string_view decimals =
      point == std::string_view::npos ? "" : dollars_per_million.substr(point + 1);
  if (whole.empty() || whole.size() > 6 || decimals.size() > 6) return std::nullopt;
  if (point != std::string_view::npos && decimals.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < whole.size() + 6; ++i) {
    char digit = '0';
    if (i < whole.size()) {
      digit = whole[i];
    } else if (i - whole.size() < decimals.size()) {
      digit = decimals[i - whole.size()];
    }
    if (!IsDigit(digit)) return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  return value;
}

std::optional<RoundedRate> RateFromDollarsPerMillion(double dollars) {
  return Round(dollars * 1e6);
}
std::optional<RoundedRate> RateFromDollarsPerToken(double dollars) { return Round(dollars * 1e12); }

std::string WriteRate(std::int64_t pico_per_token) {
  std::string decimals = fmt::format("{:06}", pico_per_token % kMillion);
  while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
  if (decimals.size() == 1) decimals += '0';
  const std::string point = decimals.empty() ? "" : ".";
  return fmt::format("${}{}{}/M", pico_per_token / kMillion, point, decimals);
}

std::optional<DateFact> ReadDateFact(std::string_view text) {
  const int year = DigitsAt(text, 0, 4);
  if (year < 0) return std::nullopt;
  int month = 1;
  int day = 1;
  if (text.size() > 4) {
    month = text[4] == '-' ? DigitsAt(text, 5, 2) : -1;
    if (month < 0) return std::nullopt;
  }
  if (text.size() > 7) {
    day = text[7] == '-' ? DigitsAt(text, 8, 2) : -1;
    if (day < 0) return std::nullopt;
  }
  if (!IsDay(year, month, day)) return std::nullopt;
  DateFact fact{fmt::format("{:04}-{:02}-{:02}", year, month, day), text.size() < 10};
  if (text.size() > 10) {
    const int hour = DigitsAt(text, 11, 2);
    const int minute = DigitsAt(text, 14, 2);
    if (text.size() != 17 || text[10] != 'T' || text[13] != ':' || text[16] != 'Z') {
      return std::nullopt;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
    if (hour != 0 || minute != 0) fact.text = std::string(text);
  }
  return fact;
}

std::string LastDateIn(std::string_view text) {
  for (const std::size_t length : {std::size_t{10}, std::size_t{7}}) {
    std::string last;
    for (std::size_t at = 0; at + length <= text.size(); ++at) {
      if (at > 0 && (IsDigit(text[at - 1]) || text[at - 1] == '-')) continue;
      const std::optional<DateFact> date = ReadDateFact(text.substr(at, length));
      if (date) last = date->text;
    }
    if (!last.empty()) return last;
  }
  return {};
}

std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : OneLine(text)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string Join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

std::string OneLine(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return line;
}

}  // namespace mlp::compiler
