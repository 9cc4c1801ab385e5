#include "compiler/ast/literals.hpp"

#include <cstddef>
#include <limits>

namespace mlp::compiler::ast {
namespace {

using Int = std::int64_t;
constexpr Int kMax = std::numeric_limits<Int>::max();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// One or more digits and nothing else, within 64 bits.
std::optional<Int> Digits(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Int value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    const Int digit = c - '0';
    if (value > (kMax - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::optional<Int> Times(Int value, Int factor) {
  if (value > kMax / factor) return std::nullopt;
  return value * factor;
}

/// `12.34` times `unit`, exactly or not at all: no more decimals than the unit has zeros.
std::optional<Int> Scaled(std::string_view text, Int unit) {
  const std::size_t point = text.find('.');
  const auto whole = Digits(text.substr(0, point));
  if (!whole) return std::nullopt;
  auto value = Times(*whole, unit);
  if (!value || point == std::string_view::npos) return value;
  std::string_view decimals = text.substr(point + 1);
  if (decimals.empty()) return std::nullopt;
  // Trailing zeros change nothing, so 0.9500000 is as good as 0.95.
  while (!decimals.empty() && decimals.back() == '0') decimals.remove_suffix(1);
  Int part = 0;
  for (const char c : decimals) {
    if (!IsDigit(c) || unit % 10 != 0) return std::nullopt;
    unit /= 10;
    part += (c - '0') * unit;  // all decimals together stay below the unit
  }
  if (*value > kMax - part) return std::nullopt;
  return *value + part;
}

bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (text.size() < suffix.size() || text.substr(text.size() - suffix.size()) != suffix) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

bool TakePrefix(std::string_view& text, char prefix) {
  if (text.empty() || text.front() != prefix) return false;
  text.remove_prefix(1);
  return true;
}

bool IsLeap(Int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

Int DaysInMonth(Int year, Int month) {
  if (month == 2) return IsLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Days since 1970-01-01 in the proleptic Gregorian calendar, and back: H. Hinnant,
// "chrono-Compatible Low-Level Date Algorithms", with years that begin in March.
Int DaysFromDate(Int year, Int month, Int day) {
  year -= month <= 2 ? 1 : 0;
  const Int era = (year >= 0 ? year : year - 399) / 400;
  const Int year_of_era = year - era * 400;
  const Int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const Int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct YearMonthDay {
  Int year;
  Int month;
  Int day;
};

YearMonthDay DateFromDays(Int days) {
  days += 719'468;
  const Int era = (days >= 0 ? days : days - 146'096) / 146'097;
  const Int day_of_era = days - era * 146'097;
  const Int year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const Int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const Int shifted_month = (5 * day_of_year + 2) / 153;
  const Int day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const Int month = shifted_month + (shifted_month < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

void AppendPadded(std::string& out, Int value, std::size_t width) {
  const std::string digits = std::to_string(value);
  out.append(width > digits.size() ? width - digits.size() : 0, '0');
  out += digits;
}

}  // namespace

std::optional<Int> ReadInteger(std::string_view text) {
  Int factor = 1;
  if (TakeSuffix(text, "K")) {
    factor = 1'000;
  } else if (TakeSuffix(text, "M")) {
    factor = 1'000'000;
  }
  const auto value = Digits(text);
  return value ? Times(*value, factor) : std::nullopt;
}

std::optional<Int> ReadMicro(std::string_view text) {
  if (TakeSuffix(text, "%")) return Scaled(text, 10'000);
  TakeSuffix(text, "x");
  return Scaled(text, 1'000'000);
}

std::optional<Int> ReadMoneyPico(std::string_view text) {
  if (!TakePrefix(text, '$')) return std::nullopt;
  return Scaled(text, 1'000'000'000'000);
}

std::optional<Int> ReadRatePico(std::string_view text) {
  if (!TakePrefix(text, '$') || !TakeSuffix(text, "/M")) return std::nullopt;
  return Scaled(text, 1'000'000);
}

std::optional<Int> ReadDurationMs(std::string_view text) {
  if (TakeSuffix(text, "ms")) return Scaled(text, 1);
  if (TakeSuffix(text, "s")) return Scaled(text, 1'000);
  if (TakeSuffix(text, "m")) return Scaled(text, 60'000);
  if (TakeSuffix(text, "h")) return Scaled(text, 3'600'000);
  if (TakeSuffix(text, "d")) return Scaled(text, 86'400'000);
  return std::nullopt;
}

std::optional<Int> ReadDate(std::string_view text) {
  Int minutes = 0;
  if (text.size() == 17) {
    if (text[10] != 'T' || text[16] != 'Z') return std::nullopt;
    const auto time = ReadTimeOfDay(text.substr(11, 5));
    if (!time) return std::nullopt;
    minutes = *time;
  } else if (text.size() != 10) {
    return std::nullopt;
  }
  if (text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = Digits(text.substr(0, 4));
  const auto month = Digits(text.substr(5, 2));
  const auto day = Digits(text.substr(8, 2));
  if (!year || !month || !day || *month < 1 || *month > 12) return std::nullopt;
  if (*day < 1 || *day > DaysInMonth(*year, *month)) return std::nullopt;
  return DaysFromDate(*year, *month, *day) * 86'400 + minutes * 60;
}

std::optional<std::int32_t> ReadTimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = Digits(text.substr(0, 2));
  const auto minutes = Digits(text.substr(3, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return static_cast<std::int32_t>(*hours * 60 + *minutes);
}

std::optional<std::string> ReadString(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return std::nullopt;
  quoted = quoted.substr(1, quoted.size() - 2);
  std::string text;
  text.reserve(quoted.size());
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '"') return std::nullopt;
    if (quoted[i] != '\\') {
      text += quoted[i];
      continue;
    }
    if (++i == quoted.size()) return std::nullopt;
    switch (quoted[i]) {
      case '"':
      case '\\':
        text += quoted[i];
        break;
      case 'n':
        text += '\n';
        break;
      case 't':
        text += '\t';
        break;
      default:
        return std::nullopt;
    }
  }
  return text;
}

std::string WriteDate(Int seconds) {
  Int days = seconds / 86'400;
  Int rest = seconds % 86'400;
  if (rest < 0) {
    rest += 86'400;
    --days;
  }
  const YearMonthDay date = DateFromDays(days);
  std::string out;
  AppendPadded(out, date.year, 4);
  out += '-';
  AppendPadded(out, date.month, 2);
  out += '-';
  AppendPadded(out, date.day, 2);
  if (rest != 0) {
    out += 'T';
    AppendPadded(out, rest / 3'600, 2);
    out += ':';
    AppendPadded(out, rest / 60 % 60, 2);
    out += 'Z';
  }
  return out;
}

}  // namespace mlp::compiler::ast
