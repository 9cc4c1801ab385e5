#include "compiler/import/catalog_prices.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <set>

#include "compiler/import/facts.hpp"

namespace mlp::compiler {
namespace {

struct RateKey {
  std::string_view key;
  std::string_view item;  ///< empty: a class the language does not have
};
constexpr std::array<RateKey, 10> kRateKeys{{{"input", "input"},
                                             {"output", "output"},
                                             {"cache_read", "cache-read"},
                                             {"cache_write", "cache-write"},
                                             {"cache_write_5m", "cache-write"},
                                             {"cache_write_1h", "cache-write 1h"},
                                             {"output_thinking", "reasoning"},
                                             {"batch_input", "batch-input"},
                                             {"batch_output", "batch-output"},
                                             {"input_audio", ""}}};

/// ">=272000" as ">= 272K"; nothing where it is no such condition.
std::optional<std::string> PromptCondition(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("<>=");
  if (digits == std::string_view::npos || digits == 0) return std::nullopt;
  const std::string_view comparison = text.substr(0, digits);
  if (comparison != ">" && comparison != ">=") return std::nullopt;
  const std::string_view number = text.substr(digits);
  if (number.size() > 12 || number.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  return fmt::format("{} {}", comparison, WriteTokens(std::stoll(std::string(number))));
}

/// "16:30-00:30" as "16:30 .. 00:30".
std::optional<std::string> Hours(std::string_view text) {
  const auto is_time = [](std::string_view time) {
    return time.size() == 5 && time[2] == ':' &&
           time.find_first_not_of("0123456789:") == std::string_view::npos &&
           time.substr(0, 2) < "24" && time.substr(3) < "60";
  };
  if (text.size() != 11 || text[5] != '-') return std::nullopt;
  const std::string_view from = text.substr(0, 5);
  const std::string_view to = text.substr(6);
  if (!is_time(from) || !is_time(to)) return std::nullopt;
  return fmt::format("{} .. {}", from, to);
}

/// The language's word for days such as "all" and "Mon-Fri except Chinese public holidays".
std::string_view DaysWord(std::string_view days) {
  if (days == "all") return "daily";
  if (days.substr(0, 7) == "Mon-Fri") return "weekdays";
  if (days.substr(0, 7) == "Sat-Sun") return "weekends";
  return {};
}

/// "all until 2026-08-23, then Mon-Fri" in its parts.
struct DaysChange {
  std::string_view before;
  std::string_view on;
  std::string_view after;
};
std::optional<DaysChange> SplitDays(std::string_view days) {
  constexpr std::string_view kUntil = " until ";
  constexpr std::string_view kThen = ", then ";
  const std::size_t until = days.find(kUntil);
  const std::size_t then = days.find(kThen);
  if (until == std::string_view::npos || then == std::string_view::npos || then < until) {
    return std::nullopt;
  }
  const std::size_t on = until + kUntil.size();
  return DaysChange{days.substr(0, until), days.substr(on, then - on),
                    days.substr(then + kThen.size())};
}

/// The days of a schedule within a part of its period that begins at `from`.
std::string_view DaysWordFrom(std::string_view days, const std::string& from) {
  const std::optional<DaysChange> change = SplitDays(days);
  if (!change) return DaysWord(days);
  const std::optional<DateFact> on = ReadDateFact(change->on);
  if (!on) return {};
  return DaysWord(from >= on->text ? change->after : change->before);
}

/// A period in parts within which no schedule changes its days: the prices that hold together begin
/// together.
std::vector<PriceFacts> Parts(const JsonView& period, const PriceFacts& whole) {
  std::set<std::string> changes;
  for (const JsonView& schedule : period["schedule"].Items()) {
    const std::string days = schedule["days"].Text();
    const std::optional<DaysChange> change = SplitDays(days);
    const std::optional<DateFact> on = change ? ReadDateFact(change->on) : std::nullopt;
    if (on && on->text > whole.from && (whole.to.empty() || on->text < whole.to)) {
      changes.insert(on->text);
    }
  }
  std::vector<PriceFacts> parts(1, whole);
  for (const std::string& change : changes) {
    parts.back().to = change;
    parts.push_back(whole);
    parts.back().from = change;
  }
  return parts;
}

/// Adds the statements of one part of a period: its plain price, its tiers, its schedules.
void AddPart(const JsonView& period, const PriceFacts& part, const std::string& what,
             std::vector<PriceFacts>& prices, ReadingNotes& notes) {
  PriceFacts plain = part;
  plain.rates = ReadRates(period["rates"], what, notes);
  if (plain.rates.empty()) {
    notes.left_out.push_back(what + ": no rates");
    return;
  }
  prices.push_back(plain);
  for (const JsonView& tier : period["tiers"].Items()) {
    const std::string text = tier["when"]["prompt_tokens"].Text();
    const std::optional<std::string> condition = PromptCondition(text);
    PriceFacts tiered = part;
    tiered.prompt = condition.value_or("");
    tiered.rates = ReadRates(tier["rates"], what, notes);
    if (condition && !tiered.rates.empty()) {
      prices.push_back(tiered);
    } else {
      notes.left_out.push_back(
          fmt::format("{}: a tier of prompts `{}` cannot be written", what, text));
    }
  }
  for (const JsonView& schedule : period["schedule"].Items()) {
    const std::string days = schedule["days"].Text();
    const std::optional<std::string> hours = Hours(schedule["utc"].Text());
    const std::string_view word = DaysWordFrom(days, part.from);
    PriceFacts scheduled = part;
    scheduled.rates = ReadRates(schedule["rates"], what, notes);
    if (!hours || word.empty() || scheduled.rates.empty()) {
      notes.left_out.push_back(fmt::format("{}: a schedule of `{}` on `{}` cannot be written", what,
                                           schedule["utc"].Show(), days));
      continue;
    }
    scheduled.schedule = fmt::format("{} {}", word, *hours);
    prices.push_back(scheduled);
    if (days.find(' ') != std::string::npos) {
      notes.docs.push_back(fmt::format("{}: at {} UTC on {}", what, schedule["utc"].Text(), days));
    }
  }
}

std::string Sources(const JsonView& period) {
  const std::string sources = Join(period["sources"].Texts(), ", ");
  return sources.empty() ? "no source" : sources;
}

}  // namespace

std::string ReadDate(const JsonView& view, const std::string& what, ReadingNotes& notes) {
  const std::string text = view.Text();
  if (text.empty()) return {};
  const std::optional<DateFact> date = ReadDateFact(text);
  if (!date) {
    notes.left_out.push_back(fmt::format("{}: `{}` is no date", what, text));
    return {};
  }
  if (date->unknown_day) notes.unknown_days.push_back(fmt::format("{} {}", what, text));
  return date->text;
}

std::vector<std::pair<std::string, std::int64_t>> ReadRates(const JsonView& rates,
                                                            const std::string& what,
                                                            ReadingNotes& notes) {
  std::vector<std::pair<std::string, std::int64_t>> read;
  for (const RateKey& key : kRateKeys) {
    const std::string text = rates[key.key].Text();
    if (text.empty()) continue;
    const std::optional<std::int64_t> rate = ReadRate(text);
    if (!rate) {
      notes.left_out.push_back(fmt::format("{}: {} `{}` is no price", what, key.key, text));
    } else if (key.item.empty()) {
      notes.docs.push_back(fmt::format("{}: {} {}", what, key.key, WriteRate(*rate)));
    } else if (!read.empty() && read.back().first == key.item) {
      if (read.back().second != *rate) {
        notes.left_out.push_back(fmt::format("{}: {} {} beside {}", what, key.key, WriteRate(*rate),
                                             WriteRate(read.back().second)));
      }
    } else {
      read.emplace_back(key.item, *rate);
    }
  }
  for (const auto& [name, value] : rates.Members()) {
    bool known = false;
    for (const RateKey& key : kRateKeys) known = known || key.key == name;
    if (!known) {
      notes.left_out.push_back(
          fmt::format("{}: no such token class: {} {}", what, name, value.Show()));
    }
  }
  return read;
}

std::vector<PriceFacts> ReadPrices(const JsonView& periods, ReadingNotes& notes) {
  std::vector<PriceFacts> prices;
  for (const JsonView& period : periods.Items()) {
    PriceFacts whole;
    whole.from = ReadDate(period["from"], "price from", notes);
    whole.to = ReadDate(period["to"], "price to", notes);
    std::string what = "price";
    if (!whole.from.empty()) what += " from " + whole.from;
    if (whole.from.empty() && !whole.to.empty()) what += " to " + whole.to;
    const std::string kind = period["kind"].Text();
    std::string doc = fmt::format("{}: {}{}, {} confidence", what,
                                  kind.empty() || kind == "list" ? "" : kind + "; ",
                                  Sources(period), period["confidence"].Text());
    const std::string note = period["note"].Text();
    if (!note.empty()) doc += "; " + note;
    notes.docs.push_back(doc);
    for (const PriceFacts& part : Parts(period, whole)) AddPart(period, part, what, prices, notes);
  }
  return prices;
}

}  // namespace mlp::compiler
