#include "compiler/diff/arm_shifts.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "compiler/diagram/unit_words.hpp"
#include "compiler/model/arms.hpp"

namespace mlp::compiler {
namespace {

constexpr std::uint32_t kWhole = 1'000'000;

std::string KeyName(const PolicyModel& model, Index key) {
  return key == kNoIndex ? std::string() : model.attributes[key].name;
}

std::uint32_t Product(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>((std::uint64_t{a} * b + kWhole / 2) / kWhole);
}

/// In one arm of two, under two draws that have nothing to do with each other.
std::uint32_t Apart(std::uint32_t a, std::uint32_t b) {
  return Product(a, kWhole - b) + Product(b, kWhole - a);
}

/// The share at which a running rollout goes on under another ramp (Edit of
/// runtime/core/rollout/machine.hpp): the last step with no more units than now, else the first.
std::uint32_t ShareUnder(const RolloutModel& rollout, std::uint32_t share_ppm) {
  if (rollout.steps.empty()) return 0;
  std::uint32_t share = rollout.steps.front().share_ppm;
  for (const RolloutModel::Step& step : rollout.steps) {
    if (step.share_ppm <= share_ppm) share = step.share_ppm;
  }
  return share;
}

std::uint32_t FirstShare(const RolloutModel& rollout) {
  return rollout.steps.empty() ? 0 : rollout.steps.front().share_ppm;
}

/// Arms of an experiment as ranges of buckets; the control has no name, as those who are in none.
struct Range {
  std::string arm;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

std::vector<Range> RangesOf(const ExperimentModel* experiment) {
  std::vector<Range> ranges;
  std::uint32_t begin = 0;
  if (experiment != nullptr) {
    for (const ExperimentModel::Arm& arm : experiment->arms) {
      const bool control = arm.candidate == experiment->Replaced();
      ranges.push_back({control ? std::string() : arm.name, begin, begin + arm.share_ppm});
      begin += arm.share_ppm;
    }
  }
  if (begin < kWhole) ranges.push_back({std::string(), begin, kWhole});
  return ranges;
}

class Comparer {
 public:
  Comparer(const PolicyModel& older, const PolicyModel& newer) : older_(older), newer_(newer) {}

  std::vector<ArmShift> Compare() {
    Match(
        older_.rollouts, newer_.rollouts,
        [&](const PolicyModel& model, const RolloutModel& one) { return DrawnBy(model, one); },
        [&](const RolloutModel* before, const RolloutModel* after) { Rollout(before, after); });
    Match(
        older_.experiments, newer_.experiments,
        [](const PolicyModel&, const ExperimentModel& one) { return one.salt; },
        [&](const ExperimentModel* before, const ExperimentModel* after) {
          Experiment(before, after);
        });
    return std::move(shifts_);
  }

 private:
  template <typename T, typename SaltOf, typename Each>
  void Match(const std::vector<T>& before, const std::vector<T>& after, const SaltOf& salt_of,
             const Each& each) {
    std::set<const T*> taken;
    const auto find = [&](const auto& same) -> const T* {
      const auto at = std::find_if(after.begin(), after.end(), [&](const T& other) {
        return !taken.contains(&other) && same(other);
      });
      return at == after.end() ? nullptr : &*at;
    };
    const auto named_in = [](const std::vector<T>& all, const std::string& name) {
      return std::any_of(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
    };
    for (const T& one : before) {
      const T* other = find([&](const T& two) { return two.name == one.name; });
      if (other == nullptr) {
        other = find([&](const T& two) {
          return !named_in(before, two.name) && salt_of(newer_, two) == salt_of(older_, one);
        });
      }
      if (other != nullptr) taken.insert(other);
      each(&one, other);
    }
    for (const T& one : after) {
      if (!taken.contains(&one)) each(nullptr, &one);
    }
  }

  template <typename T>
  ArmShift Begin(const char* kind, const T* before, const T* after) const {
    ArmShift shift;
    shift.kind = kind;
    shift.name = after != nullptr ? after->name : before->name;
    if (before == nullptr) shift.because = "it is new";
    if (after == nullptr) shift.because = "it is gone";
    return shift;
  }

  void Rollout(const RolloutModel* before, const RolloutModel* after) {
    ArmShift shift = Begin("rollout", before, after);
    const bool salted = before != nullptr && after != nullptr &&
                        DrawnBy(older_, *before) != DrawnBy(newer_, *after);
    const bool keyed = before != nullptr && after != nullptr &&
                       KeyName(older_, before->key) != KeyName(newer_, after->key);
    shift.drawn_anew = salted || keyed;
    std::vector<std::uint32_t> shares;
    if (before == nullptr) shares = {0};
    if (before != nullptr) {
      for (const RolloutModel::Step& step : before->steps) shares.push_back(step.share_ppm);
    }
    for (const std::uint32_t share : shares) {
      // A rollout lives by its salt: under another one it begins anew. One that is at its end
      // stays.
      const bool begins = before == nullptr || salted;
      const std::uint32_t now = after == nullptr  ? 0
                                : begins          ? FirstShare(*after)
                                : share >= kWhole ? kWhole
                                                  : ShareUnder(*after, share);
      const std::uint32_t moved = shift.drawn_anew ? Apart(share, now)
                                  : now > share    ? now - share
                                                   : share - now;
      shift.steps.push_back({share, now, moved});
      shift.moved_ppm = std::max(shift.moved_ppm, moved);
    }
    Finish(std::move(shift), salted, keyed, "its ramp has other shares");
  }

  void Experiment(const ExperimentModel* before, const ExperimentModel* after) {
    ArmShift shift = Begin("experiment", before, after);
    const bool salted = before != nullptr && after != nullptr && before->salt != after->salt;
    const bool keyed = before != nullptr && after != nullptr &&
                       KeyName(older_, before->key) != KeyName(newer_, after->key);
    shift.drawn_anew = salted || keyed;
    std::uint32_t stay = 0;
    for (const Range& one : RangesOf(before)) {
      for (const Range& two : RangesOf(after)) {
        if (one.arm != two.arm) continue;
        const std::uint32_t begin = std::max(one.begin, two.begin);
        const std::uint32_t end = std::min(one.end, two.end);
        stay += shift.drawn_anew ? Product(one.end - one.begin, two.end - two.begin)
                : end > begin    ? end - begin
                                 : 0;
      }
    }
    shift.moved_ppm = kWhole - std::min(stay, kWhole);
    Finish(std::move(shift), salted, keyed, "its arms have other shares");
  }

  void Finish(ArmShift shift, bool salted, bool keyed, const char* otherwise) {
    if (shift.moved_ppm == 0) {
      shift.because.clear();
    } else if (shift.because.empty()) {
      shift.because = salted ? "its salt is another" : keyed ? "its units are others" : otherwise;
    }
    shifts_.push_back(std::move(shift));
  }

  const PolicyModel& older_;
  const PolicyModel& newer_;
  std::vector<ArmShift> shifts_;
};

}  // namespace

std::vector<ArmShift> CompareArms(const PolicyModel& older, const PolicyModel& newer) {
  return Comparer(older, newer).Compare();
}

std::string ShiftWords(const ArmShift& shift) {
  if (shift.moved_ppm == 0) return "every unit keeps its arm";
  const auto at = std::max_element(
      shift.steps.begin(), shift.steps.end(),
      [](const ArmShift::Step& a, const ArmShift::Step& b) { return a.moved_ppm < b.moved_ppm; });
  const bool several = shift.steps.size() > 1;
  return fmt::format("{}{}{} of the units change arms{}: {}", several ? "at most " : "",
                     shift.drawn_anew ? "about " : "", ShareWords(shift.moved_ppm),
                     several ? fmt::format(", at its {}", ShareWords(at->older_ppm)) : "",
                     shift.because);
}

}  // namespace mlp::compiler
