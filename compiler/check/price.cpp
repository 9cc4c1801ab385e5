// Price statements as sheets: what holds from when to when, for which prompts, at which hours.
#include <algorithm>
#include <array>
#include <bitset>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/check/catalog.hpp"
#include "compiler/check/comparison.hpp"
#include "compiler/check/facts.hpp"
#include "compiler/check/literal.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::int64_t kAlways =
    std::numeric_limits<std::int64_t>::min();  // a price without `from`
constexpr std::uint16_t kWeekdays = 0b0011111;
constexpr std::uint16_t kWeekends = 0b1100000;
constexpr std::size_t kWeekMinutes = 7 * 24 * 60;

// One statement, read.
struct Line {
  View node;
  std::int64_t from = kAlways;
  std::optional<std::int64_t> to;
  std::int64_t min_prompt = 0;
  PriceModel price;  // the schedule and the classes
};

std::bitset<kWeekMinutes> Minutes(const PriceModel& price) {
  std::bitset<kWeekMinutes> minutes;
  for (std::size_t day = 0; day < 7; ++day) {
    if ((price.days >> day & 1U) == 0) continue;
    const std::size_t length = price.to_minute > price.from_minute
                                   ? std::size_t{price.to_minute} - price.from_minute
                                   : std::size_t{24 * 60} - price.from_minute + price.to_minute;
    for (std::size_t i = 0; i < length; ++i)
      minutes.set((day * 24 * 60 + price.from_minute + i) % kWeekMinutes);
  }
  return minutes;
}

// The hours that the scheduled prices of a sheet take.
struct Hours {
  std::bitset<kWeekMinutes> taken;
  std::vector<const PriceModel*> prices;
  bool reported = false;
};

class Sheets {
 public:
  explicit Sheets(Context& context) : context_(context) {}

  std::vector<PriceModel> Build(const std::vector<View>& statements) {
    std::map<std::int64_t, std::vector<Line>> sheets;
    for (const View statement : statements) {
      if (auto line = ReadLine(statement)) sheets[line->from].push_back(std::move(*line));
    }
    std::vector<PriceModel> prices;
    for (auto sheet = sheets.begin(); sheet != sheets.end(); ++sheet) {
      const auto next = std::next(sheet);
      DateRange when{sheet->first == kAlways ? 0 : sheet->first,
                     next == sheets.end() ? kForever : next->first};
      if (!End(sheet->second, next != sheets.end(), when)) continue;
      AddSheet(sheet->second, when, prices);
    }
    return prices;
  }

 private:
  std::optional<Line> ReadLine(View statement) {
    Line line;
    line.node = statement;
    line.price.span = statement.span();
    bool ok = true;
    if (const View from = statement.Child(Kind::kFrom)) {
      const auto date = Read(context_, from.ChildAt(0), Unit::kDate);
      ok = ok && date.has_value();
      line.from = date.value_or(0);
    }
    if (const View to = statement.Child(Kind::kTo)) {
      line.to = Read(context_, to.ChildAt(0), Unit::kDate);
      ok = ok && line.to.has_value();
      if (line.to && *line.to <= line.from) {
        context_.Report(Code::k0303, to.ChildAt(0).span(), "the price ends before it begins",
                        "`from A to B` holds from A until just before B, so B comes later");
        ok = false;
      }
    }
    if (const View when = statement.Child(Kind::kWhen)) ok = Tier(when.ChildAt(0), line) && ok;
    if (const View schedule = statement.Child(Kind::kSchedule)) ok = Schedule(schedule, line) && ok;
    for (const View item : statement.Children(Kind::kPriceItem)) Item(item, line.price, ok);
    return ok ? std::optional(std::move(line)) : std::nullopt;
  }

  // `prompt > N` and `prompt >= N`.
  bool Tier(View condition, Line& line) {
    const auto sides = condition.Is(Kind::kCompare) ? ReadSides(context_, condition) : std::nullopt;
    const bool above = sides && PathText(context_, sides->left) == "prompt" &&
                       (sides->comparison == Comparison::kGreater ||
                        sides->comparison == Comparison::kGreaterEqual);
    if (!above) {
      context_.Report(
          Code::k0301, condition.span(), "a price depends on nothing but the length of the prompt",
          "write a tier as `when prompt > 200K`; the price without `when` covers the rest");
      return false;
    }
    const auto bound = ReadWithin(context_, sides->right, Unit::kTokens, 1, 1'000'000'000'000,
                                  "the bound", "1 and more");
    if (!bound) return false;
    line.min_prompt = sides->comparison == Comparison::kGreater ? *bound + 1 : *bound;
    return true;
  }

  bool Schedule(View schedule, Line& line) {
    const std::string word = context_.String(schedule.ChildAt(0));
    line.price.days = word == "weekdays"   ? kWeekdays
                      : word == "weekends" ? kWeekends
                                           : std::uint16_t{kWeekdays | kWeekends};
    const View from = schedule.ChildAt(1);
    const View to = schedule.ChildAt(2);
    const auto first = Minute(from);
    const auto last = Minute(to);
    if (!first || !last) return false;
    if (*first == *last) {
      context_.Report(Code::k0303, to.span(), "the hours begin and end at the same time",
                      "a price for the whole day needs no hours");
      return false;
    }
    line.price.from_minute = *first;
    line.price.to_minute = *last;
    return true;
  }

  std::optional<std::uint16_t> Minute(View time) {
    if (!time) return std::nullopt;
    if (const auto minute = ast::ReadTimeOfDay(context_.Text(time)))
      return static_cast<std::uint16_t>(*minute);
    context_.Report(Code::k0303, time.span(),
                    fmt::format("the time `{}` does not exist", context_.Text(time)),
                    "write hours and minutes in UTC, from `00:00` to `23:59`");
    return std::nullopt;
  }

  void Item(View item, PriceModel& price, bool& ok) {
    const View name = item.ChildAt(0);
    const View length = item.Child(Kind::kDuration);
    const std::string word = context_.String(name);
    bool long_write = false;
    if (length) {
      const auto ms = Read(context_, length, Unit::kDuration);
      long_write = ms == 3'600'000;
      if (word != "cache-write" || (!long_write && ms != 300'000)) {
        context_.Report(Code::k0303, length.span(),
                        fmt::format("no price class `{} {}`", word, context_.Text(length)),
                        "only `cache-write` has a length, `5m` (the usual one) or `1h`");
        ok = false;
        return;
      }
    }
    const auto token_class = FindTokenClass(word, long_write);
    if (!token_class) {
      ReportUnknown(context_, "price class", word, name.span(), TokenClassNames());
      ok = false;
      return;
    }
    const View rate = item.ChildAt(length ? 2 : 1);
    const auto value = Read(context_, rate, Unit::kRate);
    std::int64_t& target = price.per_token[static_cast<std::size_t>(*token_class)];
    if (target != kNoPrice) ReportTwice(item.span(), price.span, word);
    if (value) {
      target = *value;
    } else {
      ok = false;
    }
  }

  void ReportTwice(Span item, Span first, std::string_view word) {
    context_
        .Report(Code::k0305, item, fmt::format("the price of `{}` is stated twice", word),
                "keep one of the two; a price of another time, prompt length or hour says so")
        .related.push_back({first, "first stated here"});
  }

  // Cuts the sheet at its own `to`; all lines of a sheet end together.
  bool End(const std::vector<Line>& lines, bool has_next, DateRange& when) {
    std::optional<std::int64_t> end;
    for (const Line& line : lines) {
      if (!line.to) continue;
      const Span span = line.node.Child(Kind::kTo).ChildAt(0).span();
      if (end && *end != *line.to) {
        context_.Report(Code::k0303, span, "the prices that begin together do not end together",
                        "give all price statements of one `from` the same `to`");
        return false;
      }
      if (has_next && *line.to > when.to_s) {
        context_.Report(
            Code::k0303, span, "the price overlaps the one that begins next",
            fmt::format("end it by {}, or leave `to` out: a price holds until the next one",
                        ast::WriteDate(when.to_s)));
        return false;
      }
      end = line.to;
    }
    if (end) when.to_s = *end;
    return true;
  }

  // Lines of one schedule split the prompt lengths between them.
  void AddSheet(const std::vector<Line>& lines, DateRange when, std::vector<PriceModel>& prices) {
    using Key = std::tuple<bool, std::uint16_t, std::uint16_t, std::uint16_t>;
    std::map<Key, std::map<std::int64_t, PriceModel>> schedules;  // scheduled ones first
    for (const Line& line : lines) {
      const PriceModel& read = line.price;
      auto& tiers = schedules[{read.days == 0, read.days, read.from_minute, read.to_minute}];
      const auto [tier, inserted] = tiers.emplace(line.min_prompt, read);
      if (!inserted) Merge(tier->second, line);
    }
    Hours hours;
    if (!schedules.empty() && !std::get<0>(schedules.rbegin()->first)) {
      context_.Report(Code::k0304, lines.front().node.span(),
                      "a price for certain hours without one for the others",
                      "add a price of the same `from` without hours");
    }
    for (auto& [key, tiers] : schedules) {
      const bool plain = std::get<0>(key);
      if (plain && tiers.begin()->first > 0) {
        context_.Report(Code::k0304, tiers.begin()->second.span,
                        fmt::format("no price for prompts below {} tokens", tiers.begin()->first),
                        "add a price without `when`, which covers the prompts that no tier takes");
      }
      if (!plain) CheckOverlap(tiers.begin()->second, hours);
      for (auto tier = tiers.begin(); tier != tiers.end(); ++tier) {
        const auto next = std::next(tier);
        tier->second.when = when;
        tier->second.min_prompt = tier->first;
        tier->second.max_prompt = next == tiers.end() ? kUnlimited : next->first - 1;
        prices.push_back(tier->second);
      }
    }
  }

  void Merge(PriceModel& into, const Line& line) {
    for (std::size_t i = 0; i < kTokenClassCount; ++i) {
      if (line.price.per_token[i] == kNoPrice) continue;
      if (into.per_token[i] != kNoPrice) {
        ReportTwice(line.node.span(), into.span, TokenClassName(i));
        return;
      }
      into.per_token[i] = line.price.per_token[i];
    }
  }

  static std::string_view TokenClassName(std::size_t number) {
    static constexpr std::array<std::string_view, kTokenClassCount> kNames = {
        "input",  "cache-read", "cache-write", "cache-write 1h",
        "output", "reasoning",  "batch-input", "batch-output"};
    return kNames[number];
  }

  // Hours of the week, each taken once; reports the first overlap of a sheet.
  void CheckOverlap(const PriceModel& price, Hours& hours) {
    const std::bitset<kWeekMinutes> minutes = Minutes(price);
    if ((minutes & hours.taken).none()) {
      hours.taken |= minutes;
      hours.prices.push_back(&price);
      return;
    }
    if (std::exchange(hours.reported, true)) return;
    for (const PriceModel* other : hours.prices) {
      if ((minutes & Minutes(*other)).none()) continue;
      const bool later = price.span.begin > other->span.begin;
      context_
          .Report(Code::k0303, later ? price.span : other->span,
                  "two prices hold at the same hours",
                  "let the hours of one price end where those of the other begin")
          .related.push_back({later ? other->span : price.span, "the other one"});
      return;
    }
  }

  Context& context_;
};

}  // namespace

std::vector<PriceModel> CheckPrices(Context& context, const std::vector<View>& statements) {
  return Sheets(context).Build(statements);
}

}  // namespace mlp::compiler::check
