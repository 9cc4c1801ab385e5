#include "compiler/diagram/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace mlp::compiler {
namespace {

constexpr std::size_t kMost8 = 0xFF;
constexpr std::size_t kMost16 = 0xFFFE;  // 0xFFFF is "none"

class Checker {
 public:
  void Check(const char* what, std::size_t count, std::size_t most) {
    if (count > most && !problem) problem = fmt::format("{} {}, at most {}", count, what, most);
  }
  std::optional<std::string> problem;
};

}  // namespace

std::optional<std::string> PastTableLimits(const PolicyModel& model,
                                           const std::vector<DiagramLeaf>& leaves) {
  using LiveKey = std::tuple<std::uint16_t, LiveFact, Comparison, std::uint32_t, std::int64_t>;
  Checker checker;
  std::set<std::vector<LiveKey>> live;
  std::set<std::vector<Index>> groups;
  std::size_t group_count = 0;
  std::size_t endpoints = 0;
  for (const ProviderModel& provider : model.providers) {
    endpoints += std::max<std::size_t>(provider.endpoints.size(), 1);
  }
  checker.Check("routes", model.routes.size(), kMost16);
  checker.Check("models", model.candidates.size(), kMost16);
  checker.Check("endpoints", endpoints, kMost16);
  checker.Check("request attributes", model.attributes.size(), kMost16);
  checker.Check("rollouts", model.rollouts.size(), kMost16);
  for (const RouteModel& route : model.routes) {
    checker.Check("steps in one route", route.steps.size(), kMost8);
  }
  for (const DiagramLeaf& leaf : leaves) {
    checker.Check("rows in one decision", leaf.rows.size(), kMost16);
    checker.Check("groups in one decision", leaf.groups.size(), kMost8);
    std::vector<Index> key;
    for (const CandidateGroup& group : leaf.groups) {
      key.insert(key.end(), {static_cast<Index>(group.kind), group.step, group.key});
      key.insert(key.end(), group.members.begin(), group.members.end());
    }
    if (groups.insert(std::move(key)).second) group_count += leaf.groups.size();
    for (const CandidateEntry& row : leaf.rows) {
      checker.Check("bounds of one candidate", row.guards.size(), kMost8);
      checker.Check("live conditions of one candidate", row.live.size(), kMost8);
      for (const LiveClause& clause : row.live) {
        checker.Check("comparisons in one live condition", clause.size(), kMost16);
        std::vector<LiveKey> one;
        for (const LiveAtom& atom : clause) {
          one.emplace_back(atom.model, atom.fact, atom.comparison, atom.window_s, atom.threshold);
        }
        live.insert(std::move(one));
      }
    }
  }
  checker.Check("live conditions", live.size(), kMost16);
  checker.Check("groups", group_count, kMost16);
  return checker.problem;
}

}  // namespace mlp::compiler
