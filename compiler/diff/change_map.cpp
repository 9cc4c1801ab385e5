#include "compiler/diff/change_map.hpp"

#include <algorithm>
#include <utility>

namespace mlp::compiler {
namespace {

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
      offers_(offers),
      changes_(changes),
      cuts_(request, axes, mdd, first_line, options.steps),
      costs_(mdd, cuts_, offers, changes, options.tolerance_micro),
      pairs_(1) {}

Ref ChangeMap::Map(Ref before, Ref after) {
  const Ref pairs = Pairs(*this)(before, after);
  if (pairs == kOverBudget) return kOverBudget;
  State all;
  const Index input = cuts_.input_axis();
  const Index output = cuts_.output_axis();
  if (input != kNoIndex) all.box.last_input = mdd_.axis_size(input) - 1;
  if (output != kNoIndex) all.box.last_output = mdd_.axis_size(output) - 1;
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
    } else if (axis == cuts_.input_axis()) {
      inner.box.first_input = first;
      inner.box.last_input = edge.last;
    } else if (axis == cuts_.output_axis()) {
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
  return cuts_.Merge(std::move(parts));
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
  return cuts_.Merge(std::move(parts));
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
    return cuts_.Either(cuts_.OutputWithin(0, cap), ByCaps(before, after, low),
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
  return cuts_.Cut(
      {box, {}}, Telling(guards, box), [&](const CutCell& cell, const TokenPoint& point) {
        HeldOffer held_before = before;
        HeldOffer held_after = after;
        for (HeldOffer* held : {&held_before, &held_after}) {
          const std::int64_t output = std::min(point.output, held->offer->output_cap);
          for (std::size_t i = 0; i < held->holds.size(); ++i) {
            const auto& bounds = held->offer->rows[i].guards;
            held->holds[i] =
                held->holds[i] &&
                std::all_of(bounds.begin(), bounds.end(), [&](const Guard& guard) {
                  return Int128{guard.a} * point.input + Int128{guard.b} * output <= guard.c;
                });
          }
        }
        return Decided(held_before, held_after, cell, point);
      });
}

Ref ChangeMap::Decided(const HeldOffer& before, const HeldOffer& after, const CutCell& cell,
                       const TokenPoint& point) {
  Verdict verdict = Compare(offers_, before, after, point.output, request_.capability_names);
  if (verdict.change) {
    for (const ComparedLists& lists : verdict.lists) {
      const CostChanges::Rise rise = costs_.MayRise(before, after, lists, cell);
      if (rise == CostChanges::Rise::kNot) continue;
      verdict.change->breaking.emplace_back("may cost more");
      verdict.change->rough = rise == CostChanges::Rise::kUnknown;
      break;
    }
    return Terminal(changes_.Add(*std::move(verdict.change)));
  }
  Ref changed = kFalse;
  for (const ComparedLists& lists : verdict.lists) {
    changed = mdd_.FirstMatch(changed, costs_.Of(before, after, lists, cell));
  }
  return changed;
}

}  // namespace mlp::compiler
