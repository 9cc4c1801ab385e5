#include "tests/property/diff_brute.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "compiler/explain/trace.hpp"

namespace mlp::oracle {
namespace {

using compiler::ChangeClass;

/// In words that two policies share.
std::string LiveClause(const Tables& tables, std::size_t number) {
  const LiveCondition& condition = tables.live_conditions[number];
  std::string clause;
  for (const LiveAtom& atom :
       tables.live_atoms.subspan(condition.first_atom, condition.atom_count)) {
    clause += fmt::format("{} {} {} {} {} or ", tables.models[atom.model].name,
                          static_cast<int>(atom.fact), static_cast<int>(atom.comparison),
                          atom.window_s, atom.threshold);
  }
  return clause;
}

bool MayPrefer(const Compiled& side) {
  return std::any_of(side.model.budgets.begin(), side.model.budgets.end(),
                     [](const auto& budget) { return budget.prefer_cheapest_at_ppm != 0; });
}

/// Every subset; of many its ends, and each alone and left out alone.
std::vector<std::set<std::string>> Subsets(const std::set<std::string>& all) {
  constexpr std::size_t kFew = 5;
  std::vector<std::set<std::string>> subsets{{}};
  if (all.size() > kFew) {
    subsets.push_back(all);
    for (const std::string& one : all) {
      subsets.push_back({one});
      subsets.push_back(all);
      subsets.back().erase(one);
    }
    return subsets;
  }
  for (const std::string& one : all) {
    const std::size_t count = subsets.size();
    for (std::size_t i = 0; i < count; ++i) {
      subsets.push_back(subsets[i]);
      subsets.back().insert(one);
    }
  }
  return subsets;
}

/// Arms before orders before what fails, the stable arm first: as the comparison tells of them.
std::vector<AskedUnder> Views(const Compiled& older, const Compiled& newer) {
  std::set<std::string> rollouts;
  std::set<std::string> clauses;
  for (const Compiled* side : {&older, &newer}) {
    for (const auto& rollout : side->model.rollouts) rollouts.insert(rollout.name);
    const Tables& tables = side->tables->view();
    for (std::size_t i = 0; i < tables.live_conditions.size(); ++i) {
      clauses.insert(LiveClause(tables, i));
    }
  }
  std::vector<std::set<std::string>> arms = Subsets(rollouts);
  std::stable_sort(arms.begin(), arms.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::vector<AskedUnder> views;
  for (const std::set<std::string>& failing : Subsets(clauses)) {
    for (const bool cheapest : {false, true}) {
      if (cheapest && !MayPrefer(older) && !MayPrefer(newer)) continue;
      for (const auto& arm : arms) views.push_back({arm, cheapest, failing});
    }
  }
  return views;
}

}  // namespace

AskedPolicy::AskedPolicy(const Compiled& compiled, const std::vector<AskedUnder>& all,
                         Numbers& numbers)
    : compiled_(compiled), tables_(compiled.tables->view()), numbers_(numbers), all_(all) {
  for (const AskedUnder& under : all) {
    LiveState& live = *live_.emplace_back(std::make_unique<LiveState>(tables_));
    for (std::size_t i = 0; i < tables_.rollouts.size(); ++i) {
      const bool in = under.canary.contains(std::string(tables_.rollouts[i].name));
      live.set_share_ppm(static_cast<std::uint16_t>(i), in ? 1'000'000 : 0);
    }
    for (std::size_t i = 0; i < tables_.live_conditions.size(); ++i) {
      live.set_condition(static_cast<std::uint16_t>(i),
                         !under.failing.contains(LiveClause(tables_, i)));
    }
  }
}

void AskedPolicy::Ask(const AttributeWords& words) {
  AttributeWords own;
  input_ = 0;
  output_ = 0;
  for (const auto& word : words) {
    if (word.first == "input") input_ = std::stoll(word.second);
    if (word.first == "output") output_ = std::stoll(word.second);
    if (compiler::FindAttribute(compiled_.model, word.first) != compiler::kNoIndex) {
      own.push_back(word);
    }
  }
  request_.reset();
  Result<OwnedRequest> read = ReadRequest(tables_, own);
  if (!read.ok()) return;
  request_ = std::move(read).value();
  const auto& budgets = compiled_.model.budgets;
  prefers_ = std::any_of(budgets.begin(), budgets.end(), [&](const auto& budget) {
    return budget.prefer_cheapest_at_ppm != 0 &&
           compiler::Evaluate(budget.when, tables_, request_->view(texts_));
  });
}

AskedPolicy::Decided AskedPolicy::Decide(std::size_t number, std::int64_t at_s) {
  Decided decided;
  if (!request_) return decided;
  const bool cheapest = all_[number].cheapest;
  LiveState& live = *live_[number];
  live.set_root(RootAt(tables_, at_s));
  const RequestView request = request_->view(texts_);
  Decision decision =
      mlp::Decide(tables_, live, request, {.prefer_cheapest = cheapest && prefers_});
  decided.outcome = decision.outcome;
  if (decided.outcome != DecisionOutcome::kServe) return decided;
  const RoutePlan& plan = tables_.routes[decision.route];
  decided.limits = {plan.retries + (plan.hedge_percentile == 0 ? 0U : 1U), plan.attempts,
                    plan.call_bound.pico_usd};
  const auto [made, is_new] =
      plans_.try_emplace({decision.route, decision.cache_ttl_s, Cap(decision)});
  if (is_new) made->second = numbers_.Of(PlanWords(decision));
  decided.manner.push_back(made->second);
  if (!cheapest) SortAsInTable(decision);
  const auto& route = compiled_.model.routes[decision.route];
  const std::int32_t place = route.place == compiler::PlaceKind::kAttribute
                                 ? request.codes[tables_.attributes[route.place_attribute].slot]
                                 : -1;
  const std::int64_t output = std::min<std::int64_t>(output_, plan.output_cap);
  for (std::size_t i = 0; i < decision.list().size(); ++i) {
    const Candidate& candidate = decision.candidates[i];
    const auto [row, fresh] =
        rows_.try_emplace({static_cast<std::int32_t>(candidate.row), decision.route, place});
    if (fresh) {
      row->second = {numbers_.Of(IdentityWords(candidate, decision)),
                     numbers_.Of(RowWords(candidate, decision))};
    }
    decided.candidates.push_back(row->second[0]);
    decided.manner.push_back(row->second[1]);
    const Row& facts = tables_.rows[candidate.row];
    if (!cheapest && facts.group != 0) {
      decided.manner.push_back(numbers_.Of(GroupWords(decision, i)));
    }
    decided.costs.push_back(
        AttemptCostPico(tables_, facts, at_s, input_, output, plan.caches_prompts));
  }
  return decided;
}

std::string AskedPolicy::PlanWords(const Decision& decision) const {
  const RoutePlan& plan = tables_.routes[decision.route];
  std::string words =
      fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {}", plan.retries, plan.attempts,
                  plan.attempt_ms, plan.deadline_ms, plan.backoff_base_ms, plan.backoff_cap_ms,
                  plan.call_bound.pico_usd, plan.caches_prompts, plan.restart_after_first_byte,
                  plan.hedge_percentile, plan.hedge_share_ppm, decision.cache_ttl_s, Cap(decision),
                  compiled_.model.routes[decision.route].logs_prompts);
  for (const Action action : plan.actions) words += fmt::format(" {}", static_cast<int>(action));
  return words;
}

std::string AskedPolicy::IdentityWords(const Candidate& candidate, const Decision& decision) const {
  const mlp::Model& model = tables_.models[candidate.model];
  return fmt::format("{} {} {} {} {}", model.name, model.id, tables_.providers[model.provider].name,
                     PlaceOf(candidate, decision), model.parameters);
}

/// Its bound and its live conditions.
std::string AskedPolicy::RowWords(const Candidate& candidate, const Decision& decision) const {
  const auto& route = compiled_.model.routes[decision.route];
  const Gate& gate = tables_.gates[tables_.rows[candidate.row].gate];
  std::set<std::string> clauses;
  for (const std::uint16_t ref : tables_.live_refs.subspan(gate.first_live, gate.live_count)) {
    clauses.insert(LiveClause(tables_, ref));
  }
  return fmt::format("{} {}", std::min(route.cost_pico, route.steps[candidate.step].within_pico),
                     fmt::join(clauses, " and "));
}

/// What draws or measures the place of a candidate among others that are tried. A member that the
/// request does not try is seen by its share alone: of those drawn, how often it is another.
std::string AskedPolicy::GroupWords(const Decision& decision, std::size_t at) const {
  const std::uint8_t number = tables_.rows[decision.candidates[at].row].group;
  std::set<std::uint16_t> tried;
  for (const Candidate& candidate : decision.list()) {
    const Row& row = tables_.rows[candidate.row];
    if (row.group == number && row.rollout == kNone16) tried.insert(row.model);
  }
  if (tried.size() < 2) return {};
  const Leaf& leaf = tables_.leaves[decision.leaf];
  const Group& group = tables_.groups[leaf.first_group + number - 1U];
  std::string words = fmt::format("{}", static_cast<int>(group.kind));
  // Where one group ends and a like one begins.
  if (at > 0 && tables_.rows[decision.candidates[at - 1].row].group == number) words += " goes on";
  if (group.kind == GroupKind::kBalanced) {
    for (const std::uint32_t part : tables_.weights.subspan(group.first_weight, 4)) {
      words += fmt::format(" {}", part);
    }
    // Each is scored against all of them.
    std::set<std::string_view> names;
    for (const Row& row : tables_.rows.subspan(leaf.first_row, leaf.row_count)) {
      if (row.group == number && row.rollout == kNone16)
        names.insert(tables_.models[row.model].name);
    }
    words += fmt::format(" among {}", fmt::join(names, " "));
  }
  if (group.kind != GroupKind::kSpread) return words;
  std::uint32_t member = 0;
  std::uint16_t last = kNone16;
  for (const Row& row : tables_.rows.subspan(leaf.first_row, leaf.row_count)) {
    if (row.group != number || row.rollout != kNone16 || row.model == last) continue;
    last = row.model;
    words += fmt::format(" {} {}",
                         tried.contains(row.model) ? tables_.models[row.model].name : "another",
                         tables_.weights[group.first_weight + member++]);
  }
  return words + (group.key_text == kNone16 ? "" : " by key");
}

/// What a cap leaves of the output; -1 where it leaves all, as where the policy declares no output.
std::int64_t AskedPolicy::Cap(const Decision& decision) const {
  if (tables_.output_code == kNone16) return -1;
  return decision.output_tokens < output_ ? std::int64_t{decision.output_tokens} : -1;
}

std::string AskedPolicy::PlaceOf(const Candidate& candidate, const Decision& decision) const {
  const auto& route = compiled_.model.routes[decision.route];
  if (route.place == compiler::PlaceKind::kAttribute) {
    std::vector<std::string_view> texts;
    return WriteValue(tables_.attributes[route.place_attribute], request_->view(texts));
  }
  for (const std::string_view one : tables_.endpoints[candidate.endpoint].places) {
    if (route.place != compiler::PlaceKind::kFixed ||
        std::find(route.places.begin(), route.places.end(), one) != route.places.end()) {
      return std::string(one);
    }
  }
  return {};
}

/// Drawn or measured orders are compared by how they are made, so they stand as in the table.
void AskedPolicy::SortAsInTable(Decision& decision) const {
  const std::size_t count = decision.list().size();
  const auto group_at = [&](std::size_t at) {
    return tables_.rows[decision.candidates[at].row].group;
  };
  for (std::size_t first = 0; first < count;) {
    std::size_t end = first + 1;
    while (group_at(first) != 0 && end < count && group_at(end) == group_at(first)) ++end;
    std::sort(&decision.candidates[first], &decision.candidates[first] + (end - first),
              [](const Candidate& a, const Candidate& b) { return a.row < b.row; });
    first = end;
  }
}

DiffOracle::DiffOracle(const Compiled& older, const Compiled& newer)
    : views_(Views(older, newer)),
      older_(older, views_, numbers_),
      newer_(newer, views_, numbers_) {}

void DiffOracle::Ask(const AttributeWords& words) {
  older_.Ask(words);
  newer_.Ask(words);
}

std::optional<ChangeClass> DiffOracle::Changed(std::int64_t at_s) {
  bool limits = false;
  std::optional<ChangeClass> cost;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    const AskedPolicy::Decided was = older_.Decide(i, at_s);
    const AskedPolicy::Decided is = newer_.Decide(i, at_s);
    if (i == 0 && was.outcome != is.outcome) {
      if (was.outcome == DecisionOutcome::kServe) return ChangeClass::kNewlyUnserved;
      if (is.outcome == DecisionOutcome::kServe) return ChangeClass::kNewlyServed;
      return ChangeClass::kRerouted;
    }
    const bool plain = !views_[i].cheapest && views_[i].failing.empty();
    if (was.candidates != is.candidates) {
      // Orders under a budget, and who stands in where live conditions fail, are limits.
      limits = true;
      if (!plain) continue;
      const std::set<std::uint32_t> before(was.candidates.begin(), was.candidates.end());
      const std::set<std::uint32_t> after(is.candidates.begin(), is.candidates.end());
      return before == after ? ChangeClass::kReordered : ChangeClass::kRerouted;
    }
    if (was.manner != is.manner || was.outcome != is.outcome) limits = true;
    if (!plain || cost) continue;
    std::vector<std::int64_t> costs_before = was.costs;
    std::vector<std::int64_t> costs_after = is.costs;
    for (std::size_t c = 0; c < costs_before.size(); ++c) {
      // Without a price in one of them it counts in neither.
      if (costs_before[c] < 0 || costs_after[c] < 0) costs_before[c] = costs_after[c] = 0;
    }
    const std::int64_t before = compiler::WorstCallCost(costs_before, was.limits);
    const std::int64_t after = compiler::WorstCallCost(costs_after, is.limits);
    if (before != after)
      cost = before < after ? ChangeClass::kCostRaised : ChangeClass::kCostLowered;
  }
  if (limits) return ChangeClass::kLimitsChanged;
  return cost;
}

}  // namespace mlp::oracle
