#include "compiler/prove/circumstance_words.hpp"

#include <fmt/format.h>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/unit_words.hpp"
#include "compiler/model/arms.hpp"
#include "compiler/model/live_facts.hpp"

namespace mlp::compiler {
namespace {

std::string LiveValueWords(LiveFact fact, std::int64_t value) {
  switch (UnitOf(fact)) {
    case LiveUnit::kMicroseconds:
      return fmt::format("{}ms", value / kMicrosecondsPerMs);
    case LiveUnit::kPpm:
      return ShareWords(value);
    case LiveUnit::kCount:
    case LiveUnit::kTokens:
      break;
  }
  return fmt::format("{}", value);
}

}  // namespace

std::string CircumstanceWords(const PolicyModel& model, const Counterexample& one) {
  std::string words;
  if (one.at_s > model.valid.from_s) words += " on " + FormatInstant(one.at_s);
  for (const Index rollout : one.canaries) {
    words += rollout < model.rollouts.size()
                 ? fmt::format(" in the canary arm of `{}`", model.rollouts[rollout].name)
                 : fmt::format(" in the arm `{}`", ArmName(model, rollout));
  }
  for (const auto& [budget, used_ppm] : one.budget_levels) {
    words += fmt::format(" with {} of budget `{}` used", ShareWords(used_ppm),
                         model.budgets[budget].name);
  }
  if (one.without_live && one.down.empty()) words += " while `live.` conditions do not hold";
  return words;
}

void AddCircumstances(const PolicyModel& model, const Counterexample& one, bool dated,
                      Witness& witness) {
  if (dated || one.at_s > model.valid.from_s) {
    witness.emplace_back("@date", FormatInstant(one.at_s));
  }
  for (const Index rollout : one.canaries) {
    witness.emplace_back("@arm", ArmWord(ArmName(model, rollout)));
  }
  for (const auto& [budget, used_ppm] : one.budget_levels) {
    witness.emplace_back("@budget",
                         fmt::format("{}:{}", model.budgets[budget].name, ShareWords(used_ppm)));
  }
  for (const LiveValue& live : one.live) {
    witness.emplace_back(
        fmt::format("@live.{}.{}", model.candidates[live.candidate].name, NameOf(live.fact)),
        LiveValueWords(live.fact, live.value));
  }
  for (const std::string& name : one.down) witness.emplace_back("@down", name);
}

}  // namespace mlp::compiler
