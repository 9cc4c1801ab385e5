#include "compiler/parse/wrong_unit.hpp"

#include <array>

#include "compiler/ast/literals.hpp"

namespace mlp::compiler::parse {
namespace {

struct Unit {
  std::string_view expected;  // what the grammar's rule says
  std::string_view name;
  std::string_view before;  // around the digits that were written
  std::string_view behind;
  std::string_view example;
  bool takes_digits = true;
};
constexpr std::array kUnits = std::to_array<Unit>({
    {"a whole number such as `4` or `200K`", "a whole number", "", "", "4"},
    {"a number such as `0.5`", "a number", "", "", "0.5"},
    {"a ratio such as `0.95` or `95%`", "a ratio", "", "%", "95%"},
    {"a percentage such as `5%`", "a percentage", "", "%", "5%"},
    {"a multiple such as `1.3x`", "a factor", "", "x", "1.3x"},
    {"a duration such as `10m`", "a duration", "", "s", "10m"},
    {"a date such as `2026-06-01`", "a date", "", "", "2026-06-01", false},
    {"a time such as `16:30`", "a time of day", "", "", "16:30", false},
    {"an amount such as `$0.05`", "money", "$", "", "$0.05"},
    {"a price per million tokens such as `$3/M`", "a price per million tokens", "$", "/M", "$3/M"},
});

// What a literal is, in words; empty where this is none.
std::string_view Describe(std::string_view text) {
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') return "text";
  if (ast::ReadInteger(text)) return "a plain number";
  if (ast::ReadMoneyPico(text)) return "money";
  if (ast::ReadRatePico(text)) return "a price per million tokens";
  if (ast::ReadDurationMs(text)) return "a duration";
  if (ast::ReadDate(text)) return "a date";
  if (ast::ReadTimeOfDay(text)) return "a time of day";
  if (!ast::ReadMicro(text)) return {};
  return text.back() == '%' ? "a ratio" : text.back() == 'x' ? "a factor" : "a plain number";
}

// The number in a literal, without unit; empty for text, dates and times.
std::string_view Digits(std::string_view text) {
  if (text.front() == '$') text.remove_prefix(1);
  const std::size_t end = text.find_first_not_of("0123456789.");
  const std::string_view digits = text.substr(0, end);
  const bool measure = end == std::string_view::npos || (text[end] != '-' && text[end] != ':');
  return measure ? digits : std::string_view{};
}

}  // namespace

std::optional<WrongUnit> FindWrongUnit(const Farthest& farthest, std::string_view found) {
  const std::string_view kind = found.empty() ? std::string_view{} : Describe(found);
  if (kind.empty()) return std::nullopt;
  std::string names;
  const Unit* last = nullptr;
  for (const Unit& unit : kUnits) {
    if (!farthest.Expects(unit.expected)) continue;
    if (last != nullptr) names += " or ";
    names += unit.name;
    last = &unit;
  }
  if (last == nullptr) return std::nullopt;
  const std::string_view digits = Digits(found);
  // `0.5` may stand for 50% as well as for half a percent: then the example says more.
  const bool whole = digits.find('.') == std::string_view::npos;
  const bool needs_whole = last->name == "a whole number" || last->behind == "%";
  const bool fits = !digits.empty() && last->takes_digits && (whole || !needs_whole);
  WrongUnit wrong;
  wrong.code = kind == "text" ? Code::k0301 : Code::k0302;
  const std::string shown = kind == "text" ? std::string(found) : "`" + std::string(found) + "`";
  wrong.message = shown + " is " + std::string(kind) + " where " + names + " is expected";
  wrong.help = "write " + std::string(last->name) + " as in `" +
               (fits ? std::string(last->before) + std::string(digits) + std::string(last->behind)
                     : std::string(last->example)) +
               "`";
  return wrong;
}

}  // namespace mlp::compiler::parse
