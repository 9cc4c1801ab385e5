#include "compiler/diagram/objective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "runtime/core/wide.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kWhole_ppm = 1'000'000;

std::int64_t Score(const CandidateModel& candidate, const std::string& name) {
  for (const ScoreModel& score : candidate.quality) {
    if (score.name == name) return score.micro;
  }
  return -1;
}

/// Unknown ones, marked by a value below `least`, come last.
std::uint64_t UnknownLast(std::int64_t value, std::int64_t least) {
  return value < least ? std::numeric_limits<std::uint64_t>::max()
                       : static_cast<std::uint64_t>(value);
}

/// least / own in ppm; `own` 0 is as good as the least.
std::int64_t Ratio(std::int64_t least, std::int64_t own) {
  if (own <= least) return kWhole_ppm;
  return static_cast<std::int64_t>(UInt128{static_cast<std::uint64_t>(least)} *
                                   static_cast<std::uint64_t>(kWhole_ppm) /
                                   UInt128{static_cast<std::uint64_t>(own)});
}

class BalancedScore {
 public:
  BalancedScore(const PolicyModel& model, const StepModel& step,
                const std::vector<StepMember>& members)
      : model_(model), step_(step) {
    for (const StepMember& member : members) {
      if (member.mix_pico >= 0) least_mix_ = std::min(least_mix_, member.mix_pico);
      const std::int64_t p95 = model.candidates[member.candidate].prior_p95_ms;
      if (p95 > 0) least_p95_ = std::min(least_p95_, p95);
    }
  }

  [[nodiscard]] std::int64_t operator()(const StepMember& member) const {
    const CandidateModel& candidate = model_.candidates[member.candidate];
    std::int64_t fit = kWhole_ppm;
    if (!step_.prefer.empty()) {
      std::int64_t had = 0;
      for (const std::uint8_t bit : step_.prefer) {
        had += (candidate.capabilities >> bit) & 1 ? 1 : 0;
      }
      fit = had * kWhole_ppm / static_cast<std::int64_t>(step_.prefer.size());
    }
    const std::int64_t cost = member.mix_pico < 0 ? 0 : Ratio(least_mix_, member.mix_pico);
    const std::int64_t performance =
        candidate.prior_p95_ms <= 0 ? kWhole_ppm / 2 : Ratio(least_p95_, candidate.prior_p95_ms);
    const auto& weights = step_.weights_ppm;
    return weights[0] * fit + weights[1] * cost + weights[2] * performance +
           weights[3] * kWhole_ppm;
  }

 private:
  const PolicyModel& model_;
  const StepModel& step_;
  std::int64_t least_mix_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t least_p95_ = std::numeric_limits<std::int64_t>::max();
};

template <typename Key>
void SortBy(std::vector<StepMember>& members, const Key& key) {
  std::stable_sort(members.begin(), members.end(),
                   [&](const StepMember& a, const StepMember& b) { return key(a) < key(b); });
}

}  // namespace

std::optional<std::string> MissingFact(const PolicyModel& model, const StepModel& step,
                                       const StepMember& member) {
  if (step.kind == ObjectiveKind::kCheapest && member.mix_pico < 0) return "it has no price";
  if (step.kind == ObjectiveKind::kBest &&
      Score(model.candidates[member.candidate], step.best) < 0) {
    return fmt::format("it has no quality `{}`", step.best);
  }
  return std::nullopt;
}

void SortMembers(const PolicyModel& model, const RouteModel& route, const StepModel& step,
                 std::vector<StepMember>& members) {
  const auto name = [&](const StepMember& member) -> const std::string& {
    return model.candidates[member.candidate].name;
  };
  switch (step.kind) {
    case ObjectiveKind::kList:
    case ObjectiveKind::kSpread:
    case ObjectiveKind::kLeastBusy:
      SortBy(members, [](const StepMember& member) { return member.place; });
      break;
    case ObjectiveKind::kCheapest:
      SortBy(members, [&](const StepMember& member) {
        return std::tuple(member.mix_pico, UnknownLast(member.output_price, 0), name(member));
      });
      break;
    case ObjectiveKind::kBest:
      SortBy(members, [&](const StepMember& member) {
        return std::tuple(-Score(model.candidates[member.candidate], step.best),
                          route.has_mix ? UnknownLast(member.mix_pico, 0) : 0, name(member));
      });
      break;
    case ObjectiveKind::kFastest:
      SortBy(members, [&](const StepMember& member) {
        const CandidateModel& candidate = model.candidates[member.candidate];
        return std::tuple(UnknownLast(candidate.prior_p50_ms, 1),
                          UnknownLast(candidate.prior_p95_ms, 1), name(member));
      });
      break;
    case ObjectiveKind::kBalanced: {
      const BalancedScore score(model, step, members);
      SortBy(members,
             [&](const StepMember& member) { return std::tuple(-score(member), name(member)); });
      break;
    }
  }
  if (step.prefer.empty()) return;
  SortBy(members, [&](const StepMember& member) {
    return PreferRank(step, model.candidates[member.candidate]);
  });
}

std::uint64_t PreferRank(const StepModel& step, const CandidateModel& candidate) {
  std::uint64_t rank = 0;
  for (const std::uint8_t bit : step.prefer) {
    rank = rank << 1 | (((candidate.capabilities >> bit) & 1) == 0 ? 1 : 0);
  }
  return rank;
}

}  // namespace mlp::compiler
