#include "compiler/diff/change_map.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace mlp::compiler {
namespace {

/// The least and the most of a * input + b * output in the box.
std::pair<Int128, Int128> Ends(const Guard& guard, const TokenRange& box) {
  const auto ends = [](std::int64_t factor, std::int64_t first, std::int64_t last) {
    const Int128 a = Int128{factor} * first;
    const Int128 b = Int128{factor} * last;
    return std::pair(std::min(a, b), std::max(a, b));
  };
  const auto [least_a, most_a] = ends(guard.a, box.first_input, box.last_input);
  const auto [least_b, most_b] = ends(guard.b, box.first_output, box.last_output);
  return {least_a + least_b, most_a + most_b};
}

Guard Reduced(const Guard& guard) {
  const std::int64_t common = std::gcd(guard.a, guard.b);
  if (common <= 1) return guard;
  const std::int64_t rest = guard.c % common;
  return {guard.a / common, guard.b / common, guard.c / common - (rest < 0 ? 1 : 0)};
}

std::tuple<std::int64_t, std::int64_t, std::int64_t> KeyOf(const Guard& guard) {
  return {guard.a, guard.b, guard.c};
}

/// Those that hold for some points of the box and not for others, each once, one axis before
/// slanted ones.
std::vector<Guard> Telling(const std::vector<Guard>& guards, const TokenRange& box) {
  std::vector<Guard> telling;
  for (const Guard& guard : guards) {
    const Guard reduced = Reduced(guard);
    const auto [least, most] = Ends(reduced, box);
    if (least <= reduced.c && reduced.c < most) telling.push_back(reduced);
  }
  std::sort(telling.begin(), telling.end(), [](const Guard& a, const Guard& b) {
    const auto kind = [](const Guard& g) { return g.b == 0 ? 0 : g.a == 0 ? 1 : 2; };
    return std::tuple(kind(a), KeyOf(a)) < std::tuple(kind(b), KeyOf(b));
  });
  telling.erase(std::unique(telling.begin(), telling.end(),
                            [](const Guard& a, const Guard& b) { return KeyOf(a) == KeyOf(b); }),
                telling.end());
  return telling;
}

/// What a guard over the capped output says of raw tokens in a box on one side of the cap.
Guard Raw(const Guard& guard, const TokenRange& box, std::int64_t output_cap) {
  if (guard.b == 0 || box.first_output < output_cap) return guard;
  constexpr Int128 kFar = Int128{1} << 62;
  const Int128 rest = Int128{guard.c} - Int128{guard.b} * output_cap;
  return {guard.a, 0, static_cast<std::int64_t>(std::clamp(rest, -kFar, kFar))};
}

bool SameRow(const OfferRow& a, const OfferRow& b) {
  return a.identity == b.identity && a.rollout == b.rollout && a.live == b.live &&
         a.group == b.group && a.bound_pico == b.bound_pico &&
         std::equal(a.guards.begin(), a.guards.end(), b.guards.begin(), b.guards.end(),
                    [](const Guard& x, const Guard& y) { return KeyOf(x) == KeyOf(y); });
}

/// Whether what holds is the same on both sides, before any look at tokens.
bool SameHeld(const HeldOffer& a, const HeldOffer& b) {
  if (a.offer->kind != b.offer->kind || a.offer->plan != b.offer->plan ||
      a.offer->output_cap != b.offer->output_cap || a.offer->retries != b.offer->retries ||
      a.offer->attempts != b.offer->attempts || a.offer->groups != b.offer->groups) {
    return false;
  }
  const auto held = [](const HeldOffer& one, bool by_cost) {
    std::vector<std::uint32_t> rows;
    for (std::size_t i = 0; i < one.holds.size(); ++i) {
      const std::uint32_t row = by_cost && !one.offer->cheapest.empty()
                                    ? one.offer->cheapest[i]
                                    : static_cast<std::uint32_t>(i);
      if (one.holds[row]) rows.push_back(row);
    }
    return rows;
  };
  for (const bool by_cost : {false, true}) {
    const auto rows_a = held(a, by_cost);
    const auto rows_b = held(b, by_cost);
    const bool same = std::equal(rows_a.begin(), rows_a.end(), rows_b.begin(), rows_b.end(),
                                 [&](std::uint32_t x, std::uint32_t y) {
                                   return SameRow(a.offer->rows[x], b.offer->rows[y]) &&
                                          a.priced->costs[x] == b.priced->costs[y];
                                 });
    if (!same) return false;
  }
  return true;
}

}  // namespace

/// From two priced offers to a pair; kFalse where they are the same.
class ChangeMap::Pairs final : public MddApply {
 public:
  explicit Pairs(ChangeMap& map) : MddApply(map.mdd_), map_(map) {}

 private:
  std::optional<Ref> Shortcut(Ref a, Ref b) override {
    if (a == b) return kFalse;
    if (!IsTerminal(a) || !IsTerminal(b)) return std::nullopt;
    const std::pair<std::uint32_t, std::uint32_t> pair(Label(a), Label(b));
    const auto [at, added] =
        map_.pair_numbers_.emplace(pair, static_cast<std::uint32_t>(map_.pairs_.size()));
    if (added) map_.pairs_.push_back(pair);
    return Terminal(at->second);
  }
  ChangeMap& map_;
};

ChangeMap::ChangeMap(const PolicyModel& request, const AxisOrder& axes, Mdd& mdd,
                     std::uint32_t first_line, const OfferBook& offers, ChangeBook& changes,
                     const ChangeMapOptions& options)
    : request_(request),
      axes_(axes),
      mdd_(mdd),
      first_line_(first_line),
      offers_(offers),
      changes_(changes),
      options_(options),
      input_axis_(request.input == kNoIndex ? kNoIndex : axes.Find(request.input)),
      output_axis_(request.output == kNoIndex ? kNoIndex : axes.Find(request.output)),
      pairs_(1) {}

Ref ChangeMap::Map(Ref before, Ref after) {
  const Ref pairs = Pairs(*this)(before, after);
  if (pairs == kOverBudget) return kOverBudget;
  State all;
  if (input_axis_ != kNoIndex) all.box.last_input = mdd_.axis_size(input_axis_) - 1;
  if (output_axis_ != kNoIndex) all.box.last_output = mdd_.axis_size(output_axis_) - 1;
  return Walk(pairs, all);
}

Ref ChangeMap::Walk(Ref pairs, const State& state) {
  if (pairs == kFalse) return kFalse;
  const auto key = std::tuple(pairs, state.asks_all, state.asks_none, state.box.first_input,
                              state.box.last_input, state.box.first_output, state.box.last_output);
  const auto known = walked_.find(key);
  if (known != walked_.end()) return known->second;
  const Ref result = IsTerminal(pairs) ? Leaf(Label(pairs), state) : Enter(pairs, state);
  walked_.emplace(key, result);
  return result;
}

Ref ChangeMap::Enter(Ref pairs, const State& state) {
  const std::uint32_t axis = mdd_.axis(pairs);
  const DiagramAxis& facts = axes_.axes[axis];
  const auto span = mdd_.edges(pairs);
  const std::vector<MddEdge> edges(span.begin(), span.end());
  std::vector<MddEdge> made;
  bool below = true;  // every part asks only axes below this one
  std::int32_t first = 0;
  for (const MddEdge& edge : edges) {
    State inner = state;
    if (facts.kind == AxisKind::kMember && facts.attribute == request_.asks) {
      (first == 1 ? inner.asks_all : inner.asks_none) |= facts.member;
    } else if (axis == input_axis_) {
      inner.box.first_input = first;
      inner.box.last_input = edge.last;
    } else if (axis == output_axis_) {
      inner.box.first_output = first;
      inner.box.last_output = edge.last;
    }
    const Ref part = Walk(edge.child, inner);
    if (part == kOverBudget) return kOverBudget;
    below = below && (IsTerminal(part) || mdd_.axis(part) > axis);
    made.push_back({edge.last, part});
    first = edge.last + 1;
  }
  if (below) return mdd_.MakeNode(axis, made);
  std::vector<Ref> parts;
  first = 0;
  for (const MddEdge& edge : made) {
    parts.push_back(mdd_.Gate(mdd_.Interval(axis, first, edge.last), edge.child));
    first = edge.last + 1;
  }
  return Merge(std::move(parts));
}

/// Disjoint parts as one, in halves.
Ref ChangeMap::Merge(std::vector<Ref> parts) {
  if (parts.empty()) return kFalse;
  while (parts.size() > 1) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parts.size(); i += 2) {
      parts[kept++] = i + 1 < parts.size() ? mdd_.FirstMatch(parts[i], parts[i + 1]) : parts[i];
    }
    parts.resize(kept);
  }
  return parts.front();
}

Ref ChangeMap::Either(Ref condition, Ref then, Ref otherwise) {
  if (then == otherwise) return then;
  return mdd_.FirstMatch(mdd_.Gate(condition, then), mdd_.Gate(mdd_.Not(condition), otherwise));
}

Ref ChangeMap::Leaf(std::uint32_t pair, const State& state) {
  const auto held_of = [&](std::uint32_t number) {
    const PricedOffer& priced = offers_.priced(number);
    return HeldOffer{&priced, &offers_.offer(priced.offer), {}};
  };
  HeldOffer before = held_of(pairs_[pair].first);
  HeldOffer after = held_of(pairs_[pair].second);
  std::vector<CellRow> rows;
  for (const HeldOffer* held : {&before, &after}) {
    for (const OfferRow& row : held->offer->rows) {
      CellRow cell_row;
      cell_row.capabilities = row.capabilities;
      rows.push_back(cell_row);
    }
  }
  const std::uint64_t members =
      request_.asks == kNoIndex ? 0 : request_.attributes[request_.asks].members;
  const auto classes = AsksClasses(rows, state.asks_all, state.asks_none, members);
  if (!classes) return kOverBudget;
  std::vector<Ref> parts;
  for (const AsksClass& asks : *classes) {
    const auto middle = asks.rows.begin() + static_cast<std::ptrdiff_t>(before.offer->rows.size());
    before.holds.assign(asks.rows.begin(), middle);
    after.holds.assign(middle, asks.rows.end());
    const Ref changed = ByCaps(before, after, state.box);
    if (changed == kFalse) continue;
    Ref where = kFalse;
    for (const AsksCube& cube : asks.cubes) {
      Ref one = kTrue;
      for (std::uint64_t rest = (cube.all | cube.none) & ~(state.asks_all | state.asks_none);
           rest != 0; rest &= rest - 1) {
        const std::uint64_t member = rest & ~(rest - 1);
        const std::int32_t code = (cube.all & member) != 0 ? 1 : 0;
        one = mdd_.And(one, mdd_.Interval(axes_.Find(request_.asks, member), code, code));
      }
      where = mdd_.Or(where, one);
    }
    parts.push_back(mdd_.Gate(where, changed));
  }
  return Merge(std::move(parts));
}

Ref ChangeMap::ByCaps(HeldOffer before, HeldOffer after, const TokenRange& box) {
  if (SameHeld(before, after)) return kFalse;
  for (const HeldOffer* held : {&before, &after}) {
    const std::int64_t cap = held->offer->output_cap;
    if (cap < box.first_output || box.last_output <= cap) continue;
    TokenRange low = box;
    TokenRange high = box;
    low.last_output = cap;
    high.first_output = cap + 1;
    return Either(mdd_.Interval(output_axis_, 0, cap), ByCaps(before, after, low),
                  ByCaps(before, after, high));
  }
  std::vector<Guard> guards;
  for (const HeldOffer* held : {&before, &after}) {
    for (std::size_t i = 0; i < held->holds.size(); ++i) {
      if (!held->holds[i]) continue;
      for (const Guard& guard : held->offer->rows[i].guards) {
        guards.push_back(Raw(guard, box, held->offer->output_cap));
      }
    }
  }
  return Cut({box, {}}, Telling(guards, box), 0, [&](const Cell& cell, const TokenPoint& point) {
    HeldOffer held_before = before;
    HeldOffer held_after = after;
    for (HeldOffer* held : {&held_before, &held_after}) {
      const std::int64_t output = std::min(point.output, held->offer->output_cap);
      for (std::size_t i = 0; i < held->holds.size(); ++i) {
        const auto& bounds = held->offer->rows[i].guards;
        held->holds[i] =
            held->holds[i] && std::all_of(bounds.begin(), bounds.end(), [&](const Guard& guard) {
              return Int128{guard.a} * point.input + Int128{guard.b} * output <= guard.c;
            });
      }
    }
    return Decided(held_before, held_after, cell, point);
  });
}

Ref ChangeMap::Cut(const Cell& cell, const std::vector<Guard>& guards, std::size_t at,
                   const AtCell& leaf) {
  if (mdd_.over_budget()) return kOverBudget;
  if (at == guards.size()) {
    const std::optional<TokenPoint> point = Point(cell.box, cell.lines);
    return point ? leaf(cell, *point) : kFalse;
  }
  const Guard& guard = guards[at];
  const Guard complement = Complement(guard);
  Cell in = cell;
  Cell out = cell;
  if (guard.a == 0 || guard.b == 0) {
    in.box = Tighten(cell.box, {&guard, 1});
    out.box = Tighten(cell.box, {&complement, 1});
  } else {
    in.lines.push_back(guard);
    out.lines.push_back(complement);
  }
  // A line is asked only where points lie on both sides.
  if (in.box.empty() || !Point(in.box, in.lines)) return Cut(cell, guards, at + 1, leaf);
  if (out.box.empty() || !Point(out.box, out.lines)) return Cut(cell, guards, at + 1, leaf);
  const Ref then = Cut(in, guards, at + 1, leaf);
  const Ref otherwise = Cut(out, guards, at + 1, leaf);
  if (then == otherwise) return then;
  if (guard.b == 0) {
    return Either(mdd_.Interval(input_axis_, in.box.first_input, in.box.last_input), then,
                  otherwise);
  }
  if (guard.a == 0) {
    return Either(mdd_.Interval(output_axis_, in.box.first_output, in.box.last_output), then,
                  otherwise);
  }
  return Either(LineDiagram(guard), then, otherwise);
}

Ref ChangeMap::Decided(const HeldOffer& before, const HeldOffer& after, const Cell& cell,
                       const TokenPoint& point) {
  Verdict verdict = Compare(offers_, before, after, point.output, request_.capability_names);
  if (verdict.change) {
    for (const ComparedLists& lists : verdict.lists) {
      const Rise rise = MayRise(before, after, lists, cell);
      if (rise == Rise::kNot) continue;
      verdict.change->breaking.emplace_back("may cost more");
      verdict.change->rough = rise == Rise::kUnknown;
      break;
    }
    return Terminal(changes_.Add(*std::move(verdict.change)));
  }
  Ref changed = kFalse;
  for (const ComparedLists& lists : verdict.lists) {
    changed = mdd_.FirstMatch(changed, CostChange(before, after, lists, cell));
  }
  return changed;
}

Ref ChangeMap::CostChange(const HeldOffer& before, const HeldOffer& after,
                          const ComparedLists& lists, const Cell& cell) {
  const bool same = std::equal(lists.before.begin(), lists.before.end(), lists.after.begin(),
                               [&](std::uint32_t x, std::uint32_t y) {
                                 return before.priced->costs[x] == after.priced->costs[y];
                               });
  if (same && before.offer->output_cap == after.offer->output_cap) return kFalse;
  std::vector<Ref> parts;
  for (const TokenRange& box : Tiers(before, after, lists, cell.box)) {
    Ref part = CostChangeIn({box, cell.lines}, after, lists,
                            CallCostsOf(offers_, before, after, lists, box));
    if (box.first_input != cell.box.first_input || box.last_input != cell.box.last_input) {
      part = mdd_.Gate(mdd_.Interval(input_axis_, box.first_input, box.last_input), part);
    }
    parts.push_back(part);
  }
  return Merge(std::move(parts));
}

/// In one tier of all prices.
Ref ChangeMap::CostChangeIn(const Cell& cell, const HeldOffer& after, const ComparedLists& lists,
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
  const std::int64_t tolerance = options_.tolerance_micro;
  std::vector<Guard> guards;
  const auto cut = [&](const CostLine& a, const CostLine& b) {
    if (const auto guard = NotAbove(a, b, tolerance)) guards.push_back(*guard);
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
    return a * kMicro > b * (kMicro + tolerance);
  };
  return Cut(cell, Telling(guards, cell.box), 0, [&](const Cell&, const TokenPoint& at) -> Ref {
    const Int128 was = cost_at(*was_courses, at);
    const Int128 is = cost_at(*is_courses, at);
    if (!above(is, was) && !above(was, is)) return kFalse;
    Change change = changed(is > was);
    if (is > was) change.breaking.emplace_back("costs more");
    return Terminal(changes_.Add(std::move(change)));
  });
}

ChangeMap::Rise ChangeMap::MayRise(const HeldOffer& before, const HeldOffer& after,
                                   const ComparedLists& lists, const Cell& cell) {
  const std::int64_t tolerance = options_.tolerance_micro;
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
          const auto kept = NotAbove(a, b, tolerance);
          if (!kept) return false;
          guards.push_back(Complement(*kept));
        }
      }
      return Point(box, guards).has_value();
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

std::optional<std::vector<CostLine>> ChangeMap::Courses(const CallCost& cost) {
  CourseLines courses = cost.Courses();
  // A comparison of two lines takes some nanoseconds.
  constexpr std::uint64_t kComparisonsOfAStep = 100;
  Take(courses.comparisons / kComparisonsOfAStep);
  if (!courses.complete) return std::nullopt;
  return std::move(courses.lines);
}

std::vector<TokenRange> ChangeMap::Tiers(const HeldOffer& before, const HeldOffer& after,
                                         const ComparedLists& lists, const TokenRange& box) const {
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

Ref ChangeMap::LineDiagram(Guard guard) {
  std::int32_t code = 1;
  if (guard.a < 0 || (guard.a == 0 && guard.b < 0)) {
    guard = Complement(guard);
    code = 0;
  }
  const auto [at, added] =
      line_numbers_.emplace(KeyOf(guard), static_cast<std::uint32_t>(lines_.size()));
  if (added) {
    if (lines_.size() == kMostLines) return kOverBudget;
    lines_.push_back(guard);
  }
  return mdd_.Interval(first_line_ + at->second, code, code);
}

std::optional<TokenPoint> ChangeMap::Point(const TokenRange& box, const std::vector<Guard>& lines) {
  Take(1);
  return FindTokenPoint(box, lines);
}

void ChangeMap::Take(std::uint64_t steps) {
  steps_ += steps;
  if (steps_ >= options_.steps) mdd_.SetBudget({0, 0});
}

}  // namespace mlp::compiler
