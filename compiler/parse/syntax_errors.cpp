#include "compiler/parse/syntax_errors.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "compiler/parse/lexeme.hpp"
#include "compiler/parse/wrong_unit.hpp"
#include "compiler/source/nearest.hpp"

namespace mlp::compiler::parse {
namespace {

constexpr std::size_t kMostErrors = 1'000;  // in one file; past them it is hardly a policy

struct Hint {
  std::string_view found;
  std::string_view help;
};
constexpr std::array kHints = std::to_array<Hint>({
    {"=", "compare with `==`; values follow their word without `=`"},
    {"&", "write `and`"},
    {"&&", "write `and`"},
    {"|", "write `or`"},
    {"||", "write `or`"},
    {"!", "write `not`"},
    {"=>", "write `->`, or `>=` for a comparison"},
    {":", "a value follows its word without `:`"},
    {"::", "facts are written with `.`"},
    {"#", "comments begin with `//`"},
    {"'", "strings stand in `\"`"},
    {"`", "strings stand in `\"`"},
    {"\xE2\x80\x9C", "strings stand in the plain quotation mark `\"`"},
    {"\xE2\x80\x9D", "strings stand in the plain quotation mark `\"`"},
    {"\xE2\x80\x9E", "strings stand in the plain quotation mark `\"`"},
    {"\xE2\x80\x93", "write the plain `-`"},
    {"\xE2\x80\x94", "write the plain `-`"},
    {"\xE2\x86\x92", "write `->`"},
    {"\xE2\x89\xA4", "write `<=`"},
    {"\xE2\x89\xA5", "write `>=`"},
    {"\xE2\x89\xA0", "write `!=`"},
    {"[", "lists stand without brackets, or in `( )` behind `in`, `has` and `can`"},
    {"/*", "comments begin with `//`"},
});

// Where nothing better is known: by what was expected.
constexpr std::array kHintsByExpected = std::to_array<Hint>({
    {"otherwise", "a route has a condition, `when ...`, or is the last one, `otherwise`"},
    {"requests", "limits are written `4000 requests per minute` or `2M tokens per minute`"},
    {"(", "the values of `in` stand in `( )`"},
    {"a time such as `16:30`", "times of day have two digits on each side of `:`, in UTC"},
    {"a price per million tokens such as `$3/M`",
     "prices are written with `$` in front and `/M` behind"},
    {"an amount such as `$0.05`", "money is written with `$` in front"},
    {"a duration such as `10m`", "the units of durations are `ms`, `s`, `m`, `h` and `d`"},
    {"a date such as `2026-06-01`",
     "dates are written `2026-06-01` or `2026-06-01T16:00Z`, in UTC"},
    {"a whole number such as `4` or `200K`", "`K` stands for thousand, `M` for million"},
    {"a percentage such as `5%`", "shares are written with `%`"},
    {"a multiple such as `1.3x`", "multiples are written with `x`"},
    {"a string", "strings stand in `\"`"},
});
constexpr auto kUnits =
    std::to_array<std::string_view>({"K", "M", "ms", "s", "m", "h", "d", "x", "%"});

/// A name in the language's spelling: `Claude_Sonnet.4` -> `claude-sonnet-4`; nothing where it is
/// one already.
std::optional<std::string> RespeltName(std::string_view word) {
  std::string name;
  for (const char c : word) {
    if (c >= 'A' && c <= 'Z') {
      name += static_cast<char>(c - 'A' + 'a');
    } else if (c == '_' || c == '.' || c == '/' || c == ':') {
      name += '-';
    } else {
      name += c;
    }
  }
  if (name == word || !IsName(name)) return std::nullopt;
  return name;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsReserved(std::string_view word) {
  return !IsName(word) && IsWordStart(word.front()) &&
         word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
}

constexpr auto kNameTexts = std::to_array<std::string_view>(
    {"a name", "a model", "a provider", "a pool", "a route", "an attribute", "a value",
     "a capability", "a place", "an evaluator", "an event", "an alert", "a score",
     "a call parameter", "an attribute or a fact", "a condition",
     "a model or an objective such as `cheapest of`"});

bool ExpectsName(const Farthest& farthest) {
  return std::any_of(kNameTexts.begin(), kNameTexts.end(),
                     [&](std::string_view text) { return farthest.Expects(text); });
}

constexpr std::string_view kStatementOf = "a statement of `";

}  // namespace

Diagnostic& SyntaxErrors::Add(std::uint32_t begin, std::uint32_t end, std::string message) {
  if (stopped_) return unused_;
  if (count_++ == kMostErrors) {
    stopped_ = true;
    Diagnostic& diagnostic =
        diagnostics_.Add(Code::k0801, {file_, begin, end},
                         "more than " + std::to_string(kMostErrors) +
                             " syntax errors; the rest of the file is not read");
    diagnostic.help.emplace_back("mend the first ones, and look whether this is a policy at all");
    return unused_;
  }
  return diagnostics_.Add(Code::k0101, {file_, begin, end}, std::move(message));
}

void SyntaxErrors::AddFarthest(const Farthest& farthest, std::uint32_t statement,
                               std::uint32_t last_token_end, std::uint32_t quote) {
  if (stopped_) return;
  const std::uint32_t at = farthest.place();
  const auto end = static_cast<std::uint32_t>(LexemeEnd(text_, at));
  const auto wrong = std::lower_bound(wrong_bytes_.begin(), wrong_bytes_.end(), statement);
  if (wrong != wrong_bytes_.end() && *wrong <= end) return;
  switch (farthest.reason()) {
    case Farthest::Reason::kMixed:
      Add(at, end, "`and` and `or` are mixed without parentheses")
          .help.emplace_back("put what belongs together in `( )`, as in `(a and b) or c`");
      return;
    case Farthest::Reason::kTooDeep: {
      Diagnostic& diagnostic = diagnostics_.Add(
          Code::k0801, {file_, at, end},
          "more than " + std::to_string(max_depth_) + " parentheses and `not` inside each other");
      diagnostic.help.emplace_back("leave out what changes nothing, or name parts of it as routes");
      return;
    }
    case Farthest::Reason::kToken:
      break;
  }
  const bool line_ends = at >= text_.size() || text_[at] == '\n' || text_[at] == '\r';
  if (farthest.Expects("the closing `\"`") && line_ends) {
    Add(quote, static_cast<std::uint32_t>(LexemeEnd(text_, quote)),
        "the string is not closed on its line")
        .help.emplace_back("close it with `\"`; `\\n` stands for a line end inside a string");
    return;
  }
  if (farthest.Expects("an escape")) {
    // One character, not the word that begins with it.
    std::uint32_t next = at + 1;
    while (next < text_.size() && (text_[next] & '\xC0') == '\x80') ++next;
    const std::string escape =
        line_ends ? "`\\` at the end of the line"
                  : "unknown escape `" + std::string(text_.substr(at - 1, next - at + 1)) + "`";
    Add(at - 1, line_ends ? at : next, escape)
        .help.emplace_back("the escapes are `\\\"`, `\\\\`, `\\n` and `\\t`");
    return;
  }
  if (const auto wrong_unit = FindWrongUnit(farthest, text_.substr(at, end - at))) {
    Diagnostic& diagnostic = Add(at, end, wrong_unit->message);
    diagnostic.code = wrong_unit->code;
    diagnostic.help.push_back(wrong_unit->help);
    return;
  }
  const std::string found = FoundText(text_, at);
  const std::string message = "expected " + farthest.ExpectedText() + ", found " + found;
  if (end == at) {
    // Nothing is there: the caret stands behind what should go on.
    const std::uint32_t place = std::min(at, last_token_end);
    AddHelp(farthest, {}, Add(place, place, message));
  } else {
    AddHelp(farthest, text_.substr(at, end - at), Add(at, end, message));
  }
}

void SyntaxErrors::AddHelp(const Farthest& farthest, std::string_view found,
                           Diagnostic& diagnostic) {
  const std::vector<std::string_view> words = farthest.Words();
  if (found == "/" || found == "*") {
    diagnostic.help.emplace_back("comments begin with `//`");
    return;
  }
  if (found.find("\xC2\xA0") != std::string_view::npos) {
    diagnostic.help.emplace_back("replace the no-break space by a plain one");
    return;
  }
  const std::uint32_t at = farthest.place();
  if (found == "," && at > 0 && at + 1 < text_.size() && IsDigit(text_[at - 1]) &&
      IsDigit(text_[at + 1])) {
    diagnostic.help.emplace_back("numbers are written without `,`");
    return;
  }
  if (std::find(kUnits.begin(), kUnits.end(), found) != kUnits.end() && at > 1 &&
      IsDigit(text_[at - 2])) {
    diagnostic.help.emplace_back("write the unit right behind its number");
    return;
  }
  for (const Hint& hint : kHints) {
    if (hint.found == found) {
      diagnostic.help.emplace_back(hint.help);
      return;
    }
  }
  if (!found.empty() && IsWordStart(found.front())) {
    if (const auto nearest = NearestName(found, words)) {
      diagnostic.help.push_back("the nearest word that can stand here is `" +
                                std::string(*nearest) + "`");
      return;
    }
    if (ExpectsName(farthest)) {
      if (const auto name = RespeltName(found)) {
        diagnostic.help.push_back(
            "names are small letters and digits with `-` between them, as in `" + *name + "`");
        return;
      }
      if (IsReserved(found)) {
        diagnostic.help.push_back("`" + std::string(found) + "` is reserved and cannot be a name");
        return;
      }
    }
  }
  if (found.size() > 1 && found[0] == '-' && found[1] != '>') {
    diagnostic.help.emplace_back("there are no negative numbers");
    return;
  }
  if (found.empty() && farthest.Expects("`{`")) {
    diagnostic.help.emplace_back("the statements of a block stand in `{ }`");
    return;
  }
  for (const Hint& hint : kHintsByExpected) {
    if (farthest.Expects(hint.found)) {
      diagnostic.help.emplace_back(hint.help);
      return;
    }
  }
  if (farthest.Expects(",") && !found.empty() && IsWordStart(found.front())) {
    diagnostic.help.emplace_back("`,` stands between the items of a list");
    return;
  }
  const std::string expected = farthest.ExpectedText();
  const bool statements = expected.compare(0, kStatementOf.size(), kStatementOf) == 0;
  if ((statements || farthest.Expects("a declaration")) && !words.empty()) {
    std::string list;
    for (const std::string_view word : words) {
      if (!list.empty()) list += ", ";
      list += word;
    }
    diagnostic.help.push_back(
        (statements ? "its statements begin with: " : "declarations begin with: ") + list);
  }
}

}  // namespace mlp::compiler::parse
