// What alerts look at: their own conditions, breakers, losses, dates.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "runtime/engine/observe/alert_words.hpp"
#include "runtime/engine/observe/alerts.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kDay_us = std::int64_t{86'400} * 1'000'000;
constexpr std::array<std::uint8_t, 4> kDaysBefore = {0, 1, 7, 30};

}  // namespace

std::uint8_t DaysTold(std::int64_t date_s, std::int64_t wall_us) noexcept {
  if (date_s >= kForever / 1'000'000) return kNoDateTold;
  const std::int64_t left_us = date_s * 1'000'000 - wall_us;
  for (const std::uint8_t days : kDaysBefore) {
    if (left_us <= days * kDay_us) return days;
  }
  return kNoDateTold;
}

void Alerts::LookAtCondition(HttpExecutor& http, std::size_t alert, std::int64_t in_flight,
                             std::int64_t wall_us) {
  const Alert& one = tables_.alerts[alert];
  std::string words;
  std::size_t held = 0;
  for (std::size_t i = 0; i < one.atoms.size(); ++i) {
    const AlertAtom& atom = one.atoms[i];
    const auto value =
        MeasureOf(atom.measure, (*windows_)[entries_[alert].windows[i]].latest, in_flight);
    if (Holds(atom, value)) ++held;
    words += (words.empty() ? "" : one.any ? " or " : " and ") + DescribeAtom(atom, value);
  }
  const bool holds = one.any ? held > 0 : held == one.atoms.size();
  Set(http, alert, AlertSource::kCondition, "", holds, words, wall_us);
}

void Alerts::LookAtBreakers(HttpExecutor& http, std::size_t alert, const HealthReport& health,
                            std::int64_t wall_us) {
  const auto look = [&](const std::string& subject, const BreakerHealth& breaker) {
    const bool open = breaker.state != BreakerState::kClosed;
    Set(http, alert, AlertSource::kBreaker, subject, open,
        open ? fmt::format("{} is left alone: {}", subject, breaker.why) : subject + " is back",
        wall_us);
  };
  for (const ModelHealth& model : health.models) {
    look(fmt::format("model `{}`", model.name), model.breaker);
  }
  for (const ProviderHealth& provider : health.providers) {
    look(fmt::format("provider `{}`", provider.name), provider.breaker);
    if (!provider.probed) continue;
    Set(http, alert, AlertSource::kBreaker, fmt::format("probes of `{}`", provider.name),
        !provider.probe_up,
        provider.probe_up
            ? fmt::format("`{}` answers its probes again", provider.name)
            : fmt::format("`{}` fails its probes: {}", provider.name, provider.probe_said),
        wall_us);
  }
}

void Alerts::LookAtLosses(HttpExecutor& http, std::size_t alert, std::int64_t now_us,
                          std::int64_t wall_us) {
  Set(http, alert, AlertSource::kStore, "records", now_us < seen_->records.until_us,
      fmt::format("{} calls are missing from the store", seen_->records.count), wall_us);
  Set(http, alert, AlertSource::kStore, "ledger", now_us < seen_->ledger.until_us,
      fmt::format("{} attempts were made whose money the ledger could not hold or book",
                  seen_->ledger.count),
      wall_us);
}

void Alerts::LookAtDates(HttpExecutor& http, std::size_t alert, std::int64_t wall_us) {
  for (std::size_t i = 0; i < tables_.models.size(); ++i) {
    const Model& model = tables_.models[i];
    for (const bool retires : {false, true}) {
      const std::int64_t date_s = retires ? model.retires_s : model.deprecated_s;
      const std::uint8_t days = DaysTold(date_s, wall_us);
      if (days == kNoDateTold) continue;
      std::uint8_t& told =
          entries_[alert]
              .told->dates.try_emplace({std::string(model.name), retires, date_s}, kNoDateTold)
              .first->second;
      if (days >= told) continue;
      told = days;
      // Deprecated models work on: that it came about is no news.
      if (days == 0 && !retires) continue;
      std::string message =
          fmt::format("`{}` is {}", model.name, retires ? "retired" : "deprecated");
      if (days != 0) message += fmt::format(" in {} day{} or less", days, days == 1 ? "" : "s");
      if (!model.successor.empty())
        message += fmt::format("; its successor is `{}`", model.successor);
      Tell(http, tables_.alerts[alert].name,
           {AlertSource::kLifecycle, std::string(model.name), std::move(message)}, wall_us);
    }
  }
}

}  // namespace mlp::engine
