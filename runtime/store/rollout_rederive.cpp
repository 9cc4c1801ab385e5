#include "runtime/store/rollout_rederive.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace mlp {
namespace {

/// Plan and state, a line each.
bool ReadRestated(std::string_view text, Rederived& result) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return false;
  std::optional<RolloutPlan> plan = ParseRolloutPlan(text.substr(0, end));
  std::optional<RolloutState> state = ParseRolloutState(text.substr(end + 1));
  if (!plan || !state) return false;
  result.plan = *std::move(plan);
  result.state = *std::move(state);
  return true;
}

std::optional<RolloutMove> ParseMove(std::string_view text) {
  for (const RolloutMove move :
       {RolloutMove::kHold, RolloutMove::kResume, RolloutMove::kAdvance, RolloutMove::kRollback}) {
    if (ToString(move) == text) return move;
  }
  return std::nullopt;
}

}  // namespace

Rederived Rederive(const std::vector<RolloutEntry>& log, const RolloutVisitor& visit) {
  Rederived result;
  const auto differs = [&](const RolloutEntry& entry, const std::string& how) {
    result.difference = "entry " + std::to_string(entry.sequence) + " " + how;
  };
  // What lies before was judged by a former version's rules.
  const auto restated = std::find_if(log.rbegin(), log.rend(), [](const RolloutEntry& entry) {
    return entry.kind == RolloutEntryKind::kRestated;
  });
  const auto since = restated == log.rend() ? std::int64_t{0} : restated->sequence;
  for (const RolloutEntry& entry : log) {
    RolloutOutcome outcome;
    if (entry.sequence != result.entries) {
      differs(entry, "follows a gap");
      return result;
    }
    if (entry.sequence <= since && restated != log.rend()) {
      if (entry.sequence == since && !ReadRestated(entry.input, result)) {
        differs(entry, "holds no state");
        return result;
      }
      ++result.entries;
      continue;
    }
    switch (entry.kind) {
      case RolloutEntryKind::kStarted:
      case RolloutEntryKind::kEdited: {
        std::optional<RolloutPlan> plan = ParseRolloutPlan(entry.input);
        if (!plan) {
          differs(entry, "holds no plan");
          return result;
        }
        if (entry.kind == RolloutEntryKind::kStarted) {
          outcome.state = StartRollout(*plan, entry.at_s);
        } else {
          outcome = Edit(result.plan, *plan, result.state, entry.at_s);
        }
        result.plan = *std::move(plan);
        break;
      }
      case RolloutEntryKind::kRestated:
        break;
      case RolloutEntryKind::kBlock:
      case RolloutEntryKind::kMove: {
        RolloutInput input;
        input.at_s = entry.at_s;
        input.who = entry.who;
        input.why = entry.why;
        const std::optional<RolloutBlock> block = ParseRolloutBlock(entry.input);
        const bool moves = entry.kind == RolloutEntryKind::kMove;
        if (moves) input.move = ParseMove(entry.input);
        if (moves ? !input.move : !block) {
          differs(entry, "cannot be read");
          return result;
        }
        if (block) input.block = *block;
        outcome = Next(result.plan, result.state, input);
        break;
      }
    }
    if (ChangeLines(outcome.transitions) != entry.changes) {
      differs(entry, "says `" + entry.changes + "`, and follows as `" +
                         ChangeLines(outcome.transitions) + "`");
      return result;
    }
    result.state = std::move(outcome.state);
    ++result.entries;
    if (visit) visit(entry, result);
  }
  return result;
}

}  // namespace mlp
