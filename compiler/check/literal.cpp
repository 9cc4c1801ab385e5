#include "compiler/check/literal.hpp"

#include <string>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

// What a literal is, in words.
std::string_view Describe(Kind kind) {
  switch (kind) {
    case Kind::kInteger:
      return "a plain number";
    case Kind::kDecimal:
      return "a plain number";
    case Kind::kPercent:
      return "a ratio";
    case Kind::kTimes:
      return "a factor";
    case Kind::kMoney:
      return "money";
    case Kind::kRate:
      return "a price per million tokens";
    case Kind::kDuration:
      return "a duration";
    case Kind::kDate:
      return "a date";
    case Kind::kTimeOfDay:
      return "a time of day";
    case Kind::kString:
      return "text";
    case Kind::kTruth:
      return "a truth value";
    default:
      return "a name";
  }
}

bool Fits(Kind kind, Unit unit) {
  switch (unit) {
    case Unit::kCount:
    case Unit::kTokens:
      return kind == Kind::kInteger;
    case Unit::kNumber:
      return kind == Kind::kInteger || kind == Kind::kDecimal || kind == Kind::kPercent;
    case Unit::kRatio:
      return kind == Kind::kDecimal || kind == Kind::kPercent || kind == Kind::kInteger;
    case Unit::kFactor:
      return kind == Kind::kTimes;
    case Unit::kMoney:
      return kind == Kind::kMoney;
    case Unit::kRate:
      return kind == Kind::kRate;
    case Unit::kDuration:
      return kind == Kind::kDuration;
    case Unit::kDate:
      return kind == Kind::kDate;
    case Unit::kText:
      return kind == Kind::kString;
  }
  return false;
}

std::optional<std::int64_t> Value(std::string_view text, Unit unit) {
  switch (unit) {
    case Unit::kCount:
    case Unit::kTokens:
      return ast::ReadInteger(text);
    case Unit::kNumber:
    case Unit::kRatio:
    case Unit::kFactor:
      return ast::ReadMicro(text);
    case Unit::kMoney:
      return ast::ReadMoneyPico(text);
    case Unit::kRate:
      return ast::ReadRatePico(text);
    case Unit::kDuration:
      return ast::ReadDurationMs(text);
    case Unit::kDate:
      return ast::ReadDate(text);
    case Unit::kText:
      return std::nullopt;
  }
  return std::nullopt;
}

// The digits of a literal without its unit: `$3/M` and `3s` give 3.
std::string Digits(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || (c == '.' && !digits.empty())) {
      digits += c;
    } else if (!digits.empty()) {
      break;
    }
  }
  return digits.empty() ? "1" : digits;
}

// A literal of the unit that looks like what was written.
std::string Mend(std::string_view text, Kind kind, Unit unit) {
  const std::string digits = Digits(text);
  const bool whole = digits.find('.') == std::string::npos;
  const bool numeric = kind != Kind::kDate && kind != Kind::kString && kind != Kind::kTimeOfDay &&
                       kind != Kind::kTruth && kind != Kind::kName && kind != Kind::kPath;
  switch (unit) {
    case Unit::kCount:
      return numeric && whole ? digits : "3";
    case Unit::kTokens:
      return numeric && whole ? digits : "200K";
    case Unit::kNumber:
      return numeric ? digits : "0.5";
    case Unit::kRatio:
      return numeric && whole && digits.size() < 3 ? digits + "%" : "95%";
    case Unit::kFactor:
      return numeric ? digits + "x" : "1.5x";
    case Unit::kMoney:
      return numeric ? "$" + digits : "$0.05";
    case Unit::kRate:
      return numeric ? "$" + digits + "/M" : "$3/M";
    case Unit::kDuration:
      return numeric ? digits + "s" : "30s";
    case Unit::kDate:
      return "2026-06-01";
    case Unit::kText:
      return fmt::format("\"{}\"", numeric ? text : "text");
  }
  return {};
}

}  // namespace

std::string_view ToString(Unit unit) {
  switch (unit) {
    case Unit::kCount:
      return "a whole number";
    case Unit::kTokens:
      return "a count of tokens";
    case Unit::kNumber:
      return "a number";
    case Unit::kRatio:
      return "a ratio";
    case Unit::kFactor:
      return "a factor";
    case Unit::kMoney:
      return "money";
    case Unit::kRate:
      return "a price per million tokens";
    case Unit::kDuration:
      return "a duration";
    case Unit::kDate:
      return "a date";
    case Unit::kText:
      return "text";
  }
  return {};
}

bool IsLiteral(View node) {
  switch (node.kind()) {
    case Kind::kInteger:
    case Kind::kDecimal:
    case Kind::kPercent:
    case Kind::kTimes:
    case Kind::kMoney:
    case Kind::kRate:
    case Kind::kDuration:
    case Kind::kDate:
    case Kind::kTimeOfDay:
    case Kind::kString:
    case Kind::kTruth:
      return true;
    default:
      return false;
  }
}

std::optional<std::int64_t> Read(Context& context, View literal, Unit unit) {
  if (!literal || literal.Is(Kind::kError)) return std::nullopt;
  const std::string_view text = context.Text(literal);
  if (!Fits(literal.kind(), unit)) {
    // Text, truth values and names are another type, not another unit of the same.
    const bool measure =
        IsLiteral(literal) && !literal.Is(Kind::kString) && !literal.Is(Kind::kTruth);
    context.Report(
        measure && unit != Unit::kText ? Code::k0302 : Code::k0301, literal.span(),
        fmt::format("{} is {} where {} is expected",
                    literal.Is(Kind::kString) ? std::string(text) : fmt::format("`{}`", text),
                    Describe(literal.kind()), ToString(unit)),
        fmt::format("write {} as in `{}`", ToString(unit), Mend(text, literal.kind(), unit)));
    return std::nullopt;
  }
  if (const auto value = Value(text, unit)) return value;
  if (unit == Unit::kDate) {
    context.Report(
        Code::k0303, literal.span(), fmt::format("the date `{}` does not exist", text),
        "write a day of the calendar as in `2026-06-01`, or an instant as in `2026-06-01T16:00Z`");
  } else {
    context.Report(
        Code::k0303, literal.span(), fmt::format("`{}` is too large or too precise", text),
        "round it: at most six decimals (percent: four, money: twelve) and 64 bits are kept");
  }
  return std::nullopt;
}

std::optional<std::int64_t> ReadWithin(Context& context, View literal, Unit unit, std::int64_t low,
                                       std::int64_t high, std::string_view what,
                                       std::string_view bounds) {
  const auto value = Read(context, literal, unit);
  if (!value || (*value >= low && *value <= high)) return value;
  context.Report(Code::k0303, literal.span(),
                 fmt::format("{} `{}` is out of range", what, context.Text(literal)),
                 fmt::format("{} may be {}", what, bounds));
  return std::nullopt;
}

std::string ShowPercent(std::int64_t micro) {
  std::string text = fmt::format("{}.{:04}", micro / 10'000, micro % 10'000);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text + '%';
}

std::optional<std::uint32_t> ReadShare(Context& context, View literal, std::string_view what) {
  const auto value = ReadWithin(context, literal, Unit::kRatio, 0, 1'000'000, what, "0% to 100%");
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

}  // namespace mlp::compiler::check
