#include "compiler/diagram/candidate_groups.hpp"

#include <algorithm>
#include <span>

namespace mlp::compiler {
namespace {

/// Most members of a live or drawn group: their numbers are four bits each.
constexpr std::size_t kMaxGroupMembers = 16;

std::uint64_t RankOf(const ListPlace& list, const StepModel& step, const Survivor& survivor) {
  return PreferRank(step, list.model.candidates[survivor.member.candidate]);
}

/// A successor takes the share of what it replaces; shares of the same candidate add up.
std::uint32_t ShareOf(const ListPlace& list, const StepModel& step, Index candidate) {
  std::uint32_t share = 0;
  const auto named = NamedIn(list, step);
  for (std::size_t i = 0; i < named.size() && i < step.shares_ppm.size(); ++i) {
    if (named[i].first == candidate) share += step.shares_ppm[i];
  }
  return share;
}

void AddGroup(const ListPlace& list, GroupKind kind, const StepModel& step, std::uint32_t number,
              std::span<Survivor> members, std::vector<CandidateGroup>& groups) {
  if (members.size() < 2) return;
  members = members.first(std::min(members.size(), kMaxGroupMembers));
  CandidateGroup group;
  group.kind = kind;
  group.step = number;
  if (kind == GroupKind::kSpread) group.key = step.spread_key;
  for (Survivor& member : members) {
    group.members.push_back(member.member.candidate);
    if (kind == GroupKind::kSpread) {
      group.weights_ppm.push_back(ShareOf(list, step, member.member.candidate));
    }
  }
  if (kind == GroupKind::kBalanced) {
    group.weights_ppm.assign(step.weights_ppm.begin(), step.weights_ppm.end());
  }
  groups.push_back(std::move(group));
  for (Survivor& member : members) {
    for (CandidateEntry& entry : member.entries) {
      entry.group = static_cast<std::uint32_t>(groups.size());
    }
  }
}

}  // namespace

void AssignGroups(const ListPlace& list, const StepModel& step, std::uint32_t number,
                  std::vector<Survivor>& members, std::vector<CandidateGroup>& groups) {
  GroupKind kind = GroupKind::kSpread;
  switch (step.kind) {
    case ObjectiveKind::kList:
    case ObjectiveKind::kCheapest:
    case ObjectiveKind::kBest:
      return;
    case ObjectiveKind::kSpread:
      break;
    case ObjectiveKind::kFastest:
      kind = GroupKind::kFastest;
      break;
    case ObjectiveKind::kLeastBusy:
      kind = GroupKind::kLeastBusy;
      break;
    case ObjectiveKind::kBalanced:
      kind = GroupKind::kBalanced;
      break;
  }
  // `prefer` outranks what is measured: each of its classes is an order of its own.
  std::size_t first = 0;
  while (first < members.size()) {
    const std::uint64_t rank = RankOf(list, step, members[first]);
    std::size_t end = first;
    while (end < members.size() && RankOf(list, step, members[end]) == rank) ++end;
    AddGroup(list, kind, step, number, {members.data() + first, end - first}, groups);
    first = end;
  }
}

}  // namespace mlp::compiler
