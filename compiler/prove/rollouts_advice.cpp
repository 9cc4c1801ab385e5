#include "compiler/prove/rollouts_advice.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "compiler/prove/rollouts_words.hpp"

namespace mlp::compiler {
namespace {

constexpr double kDay_s = 86'400;
constexpr double kYear_s = 365 * kDay_s;
constexpr double kMostPerDay = 24e9;
constexpr double kMostDetect = 1'000;
constexpr double kMicro = 1e6;

/// The least value of (from, to] that is enough, to a millionth part; `enough` holds from it on.
/// Nothing where even `to` is not.
template <typename Enough>
std::optional<double> Least(double from, double to, const Enough& enough) {
  from = std::max(from, 1e-6);  // nothing that is asked for is smaller
  if (from >= to || !enough(to)) return std::nullopt;
  while (to - from > 1e-6 * to) {
    // First the order of magnitude, then the value.
    const double middle = to > 10 * from ? std::sqrt(from * to) : (from + to) / 2;
    (enough(middle) ? to : from) = middle;
  }
  return to;
}

/// `least` rounded, or where that is a little too little the next round value.
template <typename Round, typename Enough>
double Rounded(double least, const Round& round, const Enough& enough) {
  const double rounded = round(least);
  return enough(rounded) ? rounded : round(least * 1.005);
}

/// Users a day, rounded up so that it reads as the policy has it, per hour or per day.
double RoundUpTraffic(double units_per_day, const RolloutModel& rollout) {
  const double unit = rollout.units_per_day % 24 == 0 ? 24 : 1;
  return std::ceil(RoundUp(units_per_day / unit)) * unit;
}

template <typename Enough>
void AddTraffic(const RolloutModel& rollout, const Enough& enough, std::vector<std::string>& ways) {
  const RolloutPlan plan = PlanOf(rollout);
  const auto with = [&](double units_per_day) {
    RolloutPlan changed = plan;
    changed.units_per_s = units_per_day / kDay_s;
    return enough(changed);
  };
  const auto least = Least(plan.units_per_s * kDay_s, kMostPerDay, with);
  if (!least) return;
  const auto round = [&](double units_per_day) { return RoundUpTraffic(units_per_day, rollout); };
  ways.push_back(
      fmt::format("`traffic {}`", TrafficWords(std::llround(Rounded(*least, round, with)))));
}

template <typename Enough>
void AddHold(const RolloutPlan& plan, const Enough& enough, std::vector<std::string>& ways) {
  const auto with = [&](double seconds) {
    RolloutPlan changed = plan;
    changed.hold_s = seconds;
    return enough(changed);
  };
  const bool proves = std::any_of(plan.steps.begin(), plan.steps.end(),
                                  [](const RolloutPlan::Step& step) { return step.prove; });
  const auto least = proves ? Least(plan.hold_s, kYear_s, with) : std::nullopt;
  if (least) {
    ways.push_back(fmt::format("`undecided hold at most {}`",
                               RoundedDurationWords(Rounded(*least, RoundUpDuration, with))));
  }
}

template <typename Enough>
void AddDwell(const RolloutPlan& plan, const Enough& enough, std::vector<std::string>& ways) {
  const auto with = [&](double seconds) {
    RolloutPlan changed = plan;
    for (RolloutPlan::Step& step : changed.steps) {
      if (!step.prove) step.dwell_s = std::max(step.dwell_s, seconds);
    }
    return enough(changed);
  };
  const auto least = Least(0, kYear_s, with);
  if (least) {
    ways.push_back(fmt::format("`for at least {}` at each step of the ramp",
                               RoundedDurationWords(Rounded(*least, RoundUpDuration, with))));
  }
}

/// A looser limit: a larger factor or rate, of success a smaller one. In millionths.
std::optional<std::int64_t> LooserLimit(const RolloutModel& rollout, std::size_t number) {
  const RolloutModel::Step& step = rollout.steps[number];
  const RolloutPlan plan = PlanOf(rollout);
  const double alpha = ProveAlpha(rollout);
  CriterionModel criterion = *step.criterion;
  const auto proves = [&](std::int64_t value) {
    criterion.value = value;
    const auto judged = Judge(rollout, criterion).judged;
    if (!judged || judged->limit <= 0) return false;
    const auto seconds = SecondsToProve(plan, number, *judged, alpha);
    return seconds && *seconds <= plan.hold_s;
  };
  const auto now = static_cast<double>(step.criterion->value);
  if (Judge(rollout, criterion).judged->success) {
    // From the value downwards, in thousandths.
    const auto least = Least(kMicro - now, kMicro - 1e3, [&](double complement) {
      return proves(std::llround(std::floor((kMicro - complement) / 1e3) * 1e3));
    });
    if (!least) return std::nullopt;
    return std::llround(std::floor((kMicro - *least) / 1e3) * 1e3);
  }
  const double most = criterion.relative ? kMostDetect * kMicro : kMicro - 1;
  const auto least = Least(now, most, [&](double value) { return proves(std::llround(value)); });
  if (!least) return std::nullopt;
  return std::llround(
      Rounded(*least, RoundUp, [&](double value) { return proves(std::llround(value)); }));
}

}  // namespace

std::vector<std::string> AdviceForHarm(const RolloutModel& rollout, const Judged& judged) {
  std::vector<std::string> ways;
  const RolloutPlan plan = PlanOf(rollout);
  const double alpha = HarmAlpha(rollout);
  const double detect = static_cast<double>(rollout.detect_micro) / kMicro;
  const auto enough = [&](const RolloutPlan& changed) {
    return SecondsToShowHarm(changed, judged, detect, alpha, false).has_value();
  };
  AddTraffic(rollout, enough, ways);
  const double most = std::min(kMostDetect, MostRatio(judged));
  const auto shows = [&](double ratio) {
    return SecondsToShowHarm(plan, judged, ratio, alpha, false).has_value();
  };
  if (const auto least = Least(detect, most, shows)) {
    const double rounded = Rounded(*least, RoundUp, shows);
    if (rounded <= most) ways.push_back(fmt::format("`detect {}`", FactorWords(rounded)));
  }
  AddDwell(plan, enough, ways);
  AddHold(plan, enough, ways);
  return ways;
}

std::vector<std::string> AdviceForProof(const RolloutModel& rollout, std::size_t step) {
  std::vector<std::string> ways;
  const RolloutModel::Step& facts = rollout.steps[step];
  const auto judged = Judge(rollout, *facts.criterion).judged;
  const double alpha = ProveAlpha(rollout);
  const auto enough = [&](const RolloutPlan& changed) {
    const auto seconds = SecondsToProve(changed, step, *judged, alpha);
    return seconds && *seconds <= changed.hold_s;
  };
  AddTraffic(rollout, enough, ways);
  if (const auto value = LooserLimit(rollout, step))
    ways.push_back(fmt::format("`{}`", CriterionWords(*facts.criterion, *value)));
  AddHold(PlanOf(rollout), enough, ways);
  return ways;
}

double UsersInWindow(const RolloutPlan& plan, std::size_t step, const CriterionModel& criterion) {
  const double share = plan.steps[step].share;
  if (share >= 1) return 0;
  return plan.units_per_s * share *
         std::min(static_cast<double>(criterion.window_s), plan.SecondsAt(step));
}

std::vector<std::string> AdviceForWindow(const RolloutModel& rollout,
                                         const CriterionModel& criterion, std::size_t step) {
  std::vector<std::string> ways;
  const RolloutPlan plan = PlanOf(rollout);
  const auto needed = static_cast<double>(criterion.min_units);
  AddTraffic(
      rollout,
      [&](const RolloutPlan& changed) {
        return UsersInWindow(changed, step, criterion) + 0.5 >= needed;
      },
      ways);
  const double window_s = needed / (plan.units_per_s * plan.steps[step].share);
  if (window_s <= plan.SecondsAt(step)) {
    ways.push_back(fmt::format("`{} over {}`", criterion.subject,
                               RoundedDurationWords(RoundUpDuration(window_s))));
  }
  const double users = std::floor(UsersInWindow(plan, step, criterion));
  if (users >= 1) ways.push_back(fmt::format("`at least {:.0f} users`", users));
  return ways;
}

}  // namespace mlp::compiler
