#include "compiler/diff/cost_changes.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace mlp::compiler {

Ref CostChanges::Of(const HeldOffer& before, const HeldOffer& after, const ComparedLists& lists,
                    const CutCell& cell) {
  const bool same = std::equal(lists.before.begin(), lists.before.end(), lists.after.begin(),
                               [&](std::uint32_t x, std::uint32_t y) {
                                 return before.priced->costs[x] == after.priced->costs[y];
                               });
  if (same && before.offer->output_cap == after.offer->output_cap) return kFalse;
  std::vector<Ref> parts;
  for (const TokenRange& box : Tiers(before, after, lists, cell.box)) {
    Ref part =
        InTier({box, cell.lines}, after, lists, CallCostsOf(offers_, before, after, lists, box));
    if (box.first_input != cell.box.first_input || box.last_input != cell.box.last_input) {
      part = mdd_.Gate(cuts_.InputWithin(box.first_input, box.last_input), part);
    }
    parts.push_back(part);
  }
  return cuts_.Merge(std::move(parts));
}

/// In one tier of all prices.
Ref CostChanges::InTier(const CutCell& cell, const HeldOffer& after, const ComparedLists& lists,
                        const CallCosts& costs) {
  const auto changed = [&](bool raised) {
    Change change;
    change.change = raised ? ChangeClass::kCostRaised : ChangeClass::kCostLowered;
    for (const std::uint32_t name : lists.canary) change.canary.push_back(offers_.text(name));
    for (const std::uint32_t place : costs.differ) {
      change.costs.push_back(offers_.text(after.offer->rows[lists.after[place]].model));
    }
    return change;
  };
  const auto was_courses = Courses(costs.before);
  const auto is_courses = Courses(costs.after);
  if (!was_courses || !is_courses) {
    const bool may_rise = AnyAttemptMayRise(costs.before, costs.after);
    if (!may_rise && !AnyAttemptMayRise(costs.after, costs.before)) return kFalse;
    Change change = changed(may_rise);
    if (may_rise) change.breaking.emplace_back("may cost more");
    change.rough = true;
    return Terminal(changes_.Add(std::move(change)));
  }
  std::vector<Guard> guards;
  const auto cut = [&](const CostLine& a, const CostLine& b) {
    if (const auto guard = NotAbove(a, b, tolerance_micro_)) guards.push_back(*guard);
  };
  for (const CostLine& a : *was_courses) {
    for (const CostLine& b : *is_courses) {
      cut(b, a);
      cut(a, b);
    }
  }
  if (guards.empty()) return kFalse;
  // What passes the bound of a call costs the bound, in both versions alike.
  const auto& bound = costs.before.bound;
  if (bound) {
    for (const auto* lines : {&*was_courses, &*is_courses}) {
      for (const CostLine& line : *lines) cut(*bound, line);
    }
  }
  const auto cost_at = [&](const std::vector<CostLine>& lines, const TokenPoint& at) {
    const Int128 cost = CostAt(lines, at);
    return bound ? std::min(cost, bound->constant) : cost;
  };
  const auto above = [&](Int128 a, Int128 b) {
    constexpr std::int64_t kMicro = 1'000'000;
    return a * kMicro > b * (kMicro + tolerance_micro_);
  };
  return cuts_.Cut(cell, Telling(guards, cell.box),
                   [&](const CutCell&, const TokenPoint& at) -> Ref {
                     const Int128 was = cost_at(*was_courses, at);
                     const Int128 is = cost_at(*is_courses, at);
                     if (!above(is, was) && !above(was, is)) return kFalse;
                     Change change = changed(is > was);
                     if (is > was) change.breaking.emplace_back("costs more");
                     return Terminal(changes_.Add(std::move(change)));
                   });
}

CostChanges::Rise CostChanges::MayRise(const HeldOffer& before, const HeldOffer& after,
                                       const ComparedLists& lists, const CutCell& cell) {
  for (const TokenRange& box : Tiers(before, after, lists, cell.box)) {
    const CallCosts costs = CallCostsOf(offers_, before, after, lists, box);
    const auto was = Courses(costs.before);
    const auto is = Courses(costs.after);
    if (!was || !is) return Rise::kUnknown;
    /// Whether each of `dear` lies above each of `lines` somewhere in the cell.
    const auto above = [&](const std::vector<CostLine>& dear, const std::vector<CostLine>& lines) {
      std::vector<Guard> guards = cell.lines;
      for (const CostLine& a : dear) {
        for (const CostLine& b : lines) {
          const auto kept = NotAbove(a, b, tolerance_micro_);
          if (!kept) return false;
          guards.push_back(Complement(*kept));
        }
      }
      return cuts_.Point(box, guards).has_value();
    };
    for (const CostLine& line : *is) {
      std::vector<CostLine> dear{line};
      if (costs.after.bound) dear.push_back(*costs.after.bound);
      if (above(dear, *was)) return Rise::kMay;
      if (costs.before.bound && above(dear, {*costs.before.bound})) return Rise::kMay;
    }
  }
  return Rise::kNot;
}

std::optional<std::vector<CostLine>> CostChanges::Courses(const CallCost& cost) {
  CourseLines courses = cost.Courses();
  // A comparison of two lines takes some nanoseconds.
  constexpr std::uint64_t kComparisonsOfAStep = 100;
  cuts_.Take(courses.comparisons / kComparisonsOfAStep);
  if (!courses.complete) return std::nullopt;
  return std::move(courses.lines);
}

std::vector<TokenRange> CostChanges::Tiers(const HeldOffer& before, const HeldOffer& after,
                                           const ComparedLists& lists,
                                           const TokenRange& box) const {
  std::set<std::int64_t> begins{box.first_input};
  const auto add = [&](const HeldOffer& held, const std::vector<std::uint32_t>& rows) {
    for (const std::uint32_t row : rows) {
      for (const PriceTier& tier : offers_.sheet(held.priced->costs[row]).tiers) {
        if (box.first_input < tier.min_prompt && tier.min_prompt <= box.last_input) {
          begins.insert(tier.min_prompt);
        }
      }
    }
  };
  add(before, lists.before);
  add(after, lists.after);
  std::vector<TokenRange> tiers;
  for (auto at = begins.begin(); at != begins.end(); ++at) {
    TokenRange tier = box;
    tier.first_input = *at;
    if (std::next(at) != begins.end()) tier.last_input = *std::next(at) - 1;
    tiers.push_back(tier);
  }
  return tiers;
}

}  // namespace mlp::compiler
