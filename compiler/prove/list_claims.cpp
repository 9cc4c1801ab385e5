#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/prove/ask.hpp"
#include "compiler/prove/attempt.hpp"
#include "compiler/prove/budget_states.hpp"
#include "compiler/prove/call_lines.hpp"
#include "mlp/decide.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostRollouts = 6;     // of one list: all combinations of arms
constexpr std::size_t kMostLiveClauses = 8;  // likewise
constexpr std::size_t kMostGroupRows = 16;

/// A cost that is not known.
constexpr std::int64_t kNoCost = std::numeric_limits<std::int64_t>::min();

using List = std::vector<std::uint32_t>;  // rows of the leaf, in the order in which they are tried

class ListAsker {
 public:
  ListAsker(const ClaimContext& context, const ClaimCase& here)
      : model_(context.model),
        assertion_(context.assertion),
        claim_(context.assertion.claim),
        wanted_(Wanted(context.assertion.kind)),
        context_(context),
        here_(here),
        label_(context.region.labels()[here.label]),
        leaf_(context.diagram.leaves[label_.leaf]),
        route_(context.model.routes[leaf_.route]),
        limits_(LimitsOf(route_)),
        place_{leaf_.route, here.at_s, label_.bits} {}

  void Ask() {
    if (IsRefuted() || context_.findings.incomplete || leaf_.rows.empty()) return;
    for (const CandidateEntry& row : leaf_.rows) bounds_.AddRow(row, route_.output_cap);
    const auto states = BudgetStatesFor(model_, context_.region, label_.bits);
    if (!states) return GiveUp();
    states_ = *states;
    for (const CandidateEntry& row : leaf_.rows) {
      terms_.push_back(TermsFor(model_, context_.region, claim_, row, place_, bounds_));
    }
    for (const BudgetState& state : states_) {
      for (const CandidateCondition* only : state.only) {
        auto& of_rows = only_terms_[only];
        if (!of_rows.empty()) continue;
        for (const CandidateEntry& row : leaf_.rows) {
          of_rows.push_back(TermsFor(model_, context_.region, *only, row, place_, bounds_));
        }
      }
    }
    const ReachedLeaf& reached = *here_.reached;
    const std::uint64_t members =
        model_.asks == kNoIndex ? 0 : model_.attributes[model_.asks].members;
    const std::span<const CellRow> rows(bounds_.rows().data(), leaf_.rows.size());
    const auto classes = AsksClasses(rows, reached.asks_all, reached.asks_none, members);
    const auto cells = TokenCells(bounds_.rows(), BoxOf(reached));
    if (!classes || !cells) return GiveUp();
    for (const TokenCell& cell : *cells) {
      cell_ = &cell;
      seen_.clear();
      for (const AsksClass& asks : *classes) {
        if (done_) return;
        asks_ = asks.fewest;
        AskCell(asks.rows);
      }
    }
  }

 private:
  void GiveUp() {
    context_.findings.incomplete = true;
    done_ = true;
  }

  [[nodiscard]] bool IsRefuted() const {
    const auto& all = context_.findings.counterexamples;
    return std::any_of(all.begin(), all.end(), [&](const Counterexample& other) {
      return context_.diagram.leaves[context_.region.labels()[other.label].leaf].route ==
             leaf_.route;
    });
  }

  [[nodiscard]] bool AnyStable(const RowSet& rows) const {
    for (std::size_t i = 0; i < leaf_.rows.size(); ++i) {
      if (rows[i] && leaf_.rows[i].rollout == kNoIndex) return true;
    }
    return false;
  }

  void AskCell(const RowSet& by_asks) {
    RowSet holding(leaf_.rows.size());
    for (std::size_t i = 0; i < holding.size(); ++i) holding[i] = by_asks[i] && cell_->rows[i];
    if (!AnyStable(holding)) return;
    for (const BudgetState& state : states_) {
      if (done_) return;
      RowSet kept = holding;
      for (const CandidateCondition* only : state.only) {
        for (std::size_t i = 0; i < kept.size(); ++i) {
          if (kept[i] && Evaluate(*only, TruthsOf(only_terms_.at(only)[i])) != Truth::kYes) {
            kept[i] = false;
          }
        }
      }
      // A budget that leaves nobody denies.
      if (!AnyStable(kept)) continue;
      state_ = &state;
      AskArms(kept);
    }
  }

  void AskArms(const RowSet& kept) {
    std::vector<Index> rollouts;
    live_.clear();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (!kept[i]) continue;
      const CandidateEntry& row = leaf_.rows[i];
      if (row.rollout != kNoIndex &&
          std::find(rollouts.begin(), rollouts.end(), row.rollout) == rollouts.end()) {
        rollouts.push_back(row.rollout);
      }
      for (const LiveClause& clause : row.live) {
        const bool known = std::any_of(live_.begin(), live_.end(), [&](const auto& other) {
          return SameClause(other.first, clause);
        });
        if (!known) live_.emplace_back(clause, false);
      }
    }
    canaries_.clear();
    if (assertion_.kind == ClaimKind::kSurvivesModel ||
        assertion_.kind == ClaimKind::kSurvivesProvider) {
      // A canary only adds to the list: the stable arm is the weakest.
      AskSurvival(MakeList(kept));
      return;
    }
    if (rollouts.size() > kMostRollouts || live_.size() > kMostLiveClauses) return GiveUp();
    for (std::size_t arms = 0; arms < std::size_t{1} << rollouts.size(); ++arms) {
      canaries_.clear();
      for (std::size_t r = 0; r < rollouts.size(); ++r) {
        if (((arms >> r) & 1) != 0) canaries_.push_back(rollouts[r]);
      }
      for (std::size_t live = 0; live < std::size_t{1} << live_.size(); ++live) {
        // All conditions hold first: what explain shows unasked.
        for (std::size_t c = 0; c < live_.size(); ++c) live_[c].second = ((live >> c) & 1) == 0;
        if (!LiveValuesFor(live_)) continue;
        for (const List& list : Orders(MakeList(kept))) {
          if (done_) return;
          if (seen_.insert(list).second) AskList(list);
        }
      }
    }
  }

  [[nodiscard]] List MakeList(const RowSet& kept) const {
    List order = leaf_.cheapest;
    if (!state_->cheapest || order.empty()) {
      order.resize(leaf_.rows.size());
      std::iota(order.begin(), order.end(), 0U);
    }
    List list;
    for (const std::uint32_t number : order) {
      const CandidateEntry& row = leaf_.rows[number];
      if (!kept[number] || list.size() == kMaxCandidates) continue;
      if (row.rollout != kNoIndex &&
          std::find(canaries_.begin(), canaries_.end(), row.rollout) == canaries_.end()) {
        continue;
      }
      const bool live = std::all_of(row.live.begin(), row.live.end(), [&](const LiveClause& one) {
        return std::any_of(live_.begin(), live_.end(), [&](const auto& clause) {
          return clause.second && SameClause(clause.first, one);
        });
      });
      const bool taken = std::any_of(list.begin(), list.end(), [&](std::uint32_t other) {
        return leaf_.rows[other].candidate == row.candidate;
      });
      if (live && !taken) list.push_back(number);
    }
    return list;
  }

  /// The list, and where the last attempt falls within a group whose order is drawn or live, one
  /// for each choice of those that come first.
  [[nodiscard]] std::vector<List> Orders(const List& list) {
    const std::size_t attempts = limits_.attempts;
    if (state_->cheapest || list.size() <= attempts || attempts == 0) return {list};
    const std::uint32_t group = leaf_.rows[list[attempts]].group;
    if (group == 0 || leaf_.rows[list[attempts - 1]].group != group) return {list};
    std::size_t first = attempts;
    while (first > 0 && leaf_.rows[list[first - 1]].group == group) --first;
    std::size_t end = attempts;
    while (end < list.size() && leaf_.rows[list[end]].group == group) ++end;
    if (end - first > kMostGroupRows) {
      GiveUp();
      return {};
    }
    // Members of the group: a canary stands before the one whose place it takes.
    std::vector<std::vector<std::uint32_t>> members;
    for (std::size_t i = first; i < end; ++i) {
      const bool joins = i > first && leaf_.rows[list[i - 1]].rollout != kNoIndex;
      if (!joins) members.emplace_back();
      members.back().push_back(list[i]);
    }
    std::vector<List> all;
    // Which members come wholly before the last attempt, and which one it may fall within.
    for (std::size_t chosen = 0; chosen < std::size_t{1} << members.size(); ++chosen) {
      std::size_t rows = 0;
      for (std::size_t m = 0; m < members.size(); ++m) {
        if (((chosen >> m) & 1) != 0) rows += members[m].size();
      }
      if (rows > attempts - first) continue;
      for (std::size_t part = 0; part < members.size(); ++part) {
        if (((chosen >> part) & 1) != 0) continue;
        if (rows + members[part].size() < attempts - first) continue;
        List order(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(first));
        const auto add = [&](std::size_t m) {
          order.insert(order.end(), members[m].begin(), members[m].end());
        };
        for (std::size_t m = 0; m < members.size(); ++m) {
          if (((chosen >> m) & 1) != 0) add(m);
        }
        add(part);
        for (std::size_t m = 0; m < members.size(); ++m) {
          if (((chosen >> m) & 1) == 0 && m != part) add(m);
        }
        order.insert(order.end(), list.begin() + static_cast<std::ptrdiff_t>(end), list.end());
        all.push_back(std::move(order));
      }
    }
    return all;
  }

  // ------------------------------------------------------------ survives

  /// What falls together: a provider, or a model with its variants.
  [[nodiscard]] Index FallsWith(Index candidate) const {
    if (assertion_.kind == ClaimKind::kSurvivesProvider) {
      return model_.candidates[candidate].provider;
    }
    for (std::size_t hops = 0; hops < model_.candidates.size(); ++hops) {
      if (model_.candidates[candidate].variant_of == kNoIndex) break;
      candidate = model_.candidates[candidate].variant_of;
    }
    return candidate;
  }

  /// `list` has no candidate that depends on live conditions: none of them holds.
  void AskSurvival(const List& list) {
    std::set<Index> groups;
    for (const std::uint32_t row : list) groups.insert(FallsWith(leaf_.rows[row].candidate));
    if (groups.size() > 1) return;
    const bool provider = assertion_.kind == ClaimKind::kSurvivesProvider;
    if (groups.empty()) {
      return Refute(*cell_, {cell_->input, cell_->output}, list,
                    "every candidate has a `live.` condition, which may not hold", {});
    }
    const Index lost = *groups.begin();
    std::vector<std::string> down;
    if (provider) {
      down.push_back(model_.providers[lost].name);
    } else {
      for (const std::uint32_t row : list) {
        down.push_back(model_.candidates[leaf_.rows[row].candidate].name);
      }
    }
    Refute(*cell_, {cell_->input, cell_->output}, list,
           fmt::format("without {} `{}` no candidate {}is left", provider ? "provider" : "model",
                       provider ? model_.providers[lost].name : model_.candidates[lost].name,
                       live_.empty() ? "" : "free of `live.` conditions "),
           std::move(down));
  }

  // ------------------------------------------------------------ facts of the list

  [[nodiscard]] std::vector<Truth> TruthsOf(const std::vector<ClaimTerm>& terms) const {
    std::vector<Truth> truths;
    for (const ClaimTerm& term : terms) {
      truths.push_back(term.kind == ClaimTerm::Kind::kList ? Truth::kUnknown
                                                           : term.In(cell_->rows));
    }
    return truths;
  }

  [[nodiscard]] std::vector<Index> ProvidersOf(const List& list) const {
    std::vector<Index> providers;
    for (const std::uint32_t row : list) {
      providers.push_back(model_.candidates[leaf_.rows[row].candidate].provider);
    }
    return providers;
  }

  [[nodiscard]] std::vector<Index> CandidatesOf(const List& list) const {
    std::vector<Index> candidates;
    for (const std::uint32_t row : list) candidates.push_back(leaf_.rows[row].candidate);
    return candidates;
  }

  /// But for the chain's cost, which is not constant in a cell.
  [[nodiscard]] std::int64_t FactOf(const List& list, ListFact fact) const {
    const std::vector<Index> providers = ProvidersOf(list);
    switch (fact) {
      case ListFact::kCandidates:
        return static_cast<std::int64_t>(list.size());
      case ListFact::kProviders:
        return static_cast<std::int64_t>(
            std::set<Index>(providers.begin(), providers.end()).size());
      case ListFact::kAttempts:
        return MostAttempts(list.size(), limits_);
      case ListFact::kChainTime:
        return WorstCallTimeMs(model_, route_, CandidatesOf(list));
      case ListFact::kAttemptCost:
      case ListFact::kChainCost:
        break;
    }
    return 0;
  }

  [[nodiscard]] bool IsAbout(const CandidateAtom& atom, ListFact fact) const {
    return atom.kind == CandidateAtom::Kind::kList && atom.list_fact == fact;
  }

  /// Whether no comparison is about a single candidate: then the claim is asked once.
  [[nodiscard]] bool IsAboutListOnly() const {
    return std::all_of(claim_.atoms.begin(), claim_.atoms.end(), [](const CandidateAtom& atom) {
      return atom.kind == CandidateAtom::Kind::kRequest ||
             (atom.kind == CandidateAtom::Kind::kList && atom.list_fact != ListFact::kAttemptCost);
    });
  }

  void AskList(const List& list) {
    std::set<std::int64_t> bounds;
    for (const CandidateAtom& atom : claim_.atoms) {
      if (!IsAbout(atom, ListFact::kChainCost)) continue;
      bounds.insert(atom.value);
      bounds.insert(atom.value - 1);
    }
    if (bounds.empty()) {
      if (Violation(list, kNoCost)) {
        Refute(*cell_, {cell_->input, cell_->output}, list, {}, {});
      }
      return;
    }
    std::vector<const CandidateEntry*> rows;
    for (const std::uint32_t row : list) rows.push_back(&leaf_.rows[row]);
    const auto parts = CallParts(model_, place_, rows, cell_->box, limits_);
    if (!parts) return GiveUp();
    for (const CallPart& part : *parts) {
      if (done_) return;
      AskPart(list, part, {bounds.begin(), bounds.end()});
    }
  }

  /// The cost falls between two neighbouring bounds, below the first or above the last: in each
  /// band the claim is constant.
  void AskPart(const List& list, const CallPart& part, const std::vector<std::int64_t>& bounds) {
    if (!part.priced) {
      if (Violation(list, kNoCost)) TryLines(list, part, cell_->lines);
      return;
    }
    for (std::size_t band = 0; band <= bounds.size() && !done_; ++band) {
      const std::int64_t cost = band < bounds.size() ? bounds[band] : bounds.back() + 1;
      if (!Violation(list, cost)) continue;
      std::vector<Guard> lines = cell_->lines;
      if (band < bounds.size()) {
        const auto at_most = part.AtMost(bounds[band]);
        if (!at_most) return GiveUp();
        lines.insert(lines.end(), at_most->begin(), at_most->end());
      }
      if (band == 0) {
        TryLines(list, part, std::move(lines));
        continue;
      }
      const auto below = part.AtMost(bounds[band - 1]);
      if (!below) return GiveUp();
      for (const Guard& line : *below) {
        std::vector<Guard> above = lines;
        above.push_back(Complement(line));
        TryLines(list, part, std::move(above));
        if (done_) return;
      }
    }
  }

  void TryLines(const List& list, const CallPart& part, std::vector<Guard> lines) {
    const auto point = LeastTokenPoint(part.box, lines);
    if (!point) return;
    TokenCell cell = *cell_;
    cell.box = Tighten(part.box, lines);
    Refute(cell, *point, list, {}, {});
  }

  /// A row for which the claim does not hold while the chain costs this much (or kNoCost).
  [[nodiscard]] std::optional<std::uint32_t> Violation(const List& list, std::int64_t cost) const {
    const List asked = IsAboutListOnly() ? List{0} : list;
    for (const std::uint32_t row : asked) {
      if (Evaluate(claim_, TruthsFor(list, row, cost)) != wanted_) return row;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<Truth> TruthsFor(const List& list, std::uint32_t row,
                                             std::int64_t cost) const {
    std::vector<Truth> truths = TruthsOf(terms_[row]);
    for (std::size_t i = 0; i < truths.size(); ++i) {
      if (terms_[row][i].kind != ClaimTerm::Kind::kList) continue;
      const CandidateAtom& atom = claim_.atoms[i];
      if (atom.list_fact != ListFact::kChainCost) {
        truths[i] = TruthOf(Compares(FactOf(list, atom.list_fact), atom.comparison, atom.value));
      } else if (cost != kNoCost) {
        truths[i] = TruthOf(Compares(cost, atom.comparison, atom.value));
      }
    }
    return truths;
  }

  // ------------------------------------------------------------ counterexamples

  [[nodiscard]] std::int64_t ChainCostAt(const List& list, const TokenPoint& point) const {
    std::vector<std::int64_t> costs;
    const std::int64_t output = std::min(point.output, route_.output_cap);
    for (const std::uint32_t row : list) {
      costs.push_back(AttemptCostAt(model_, leaf_.rows[row], place_, point.input, output));
    }
    return WorstCallCost(costs, limits_);
  }

  [[nodiscard]] std::string Words(const List& list, std::uint32_t row, const TokenPoint& point,
                                  const CandidateAtom& atom) const {
    if (atom.kind != CandidateAtom::Kind::kList || atom.list_fact == ListFact::kAttemptCost) {
      const std::string words = CandidateWords(context_, leaf_.rows[row], place_, point, atom);
      if (words.empty()) return words;
      return fmt::format("of `{}`: {}", model_.candidates[leaf_.rows[row].candidate].name, words);
    }
    const std::int64_t value = FactOf(list, atom.list_fact);
    const char* plural = value == 1 ? "" : "s";
    switch (atom.list_fact) {
      case ListFact::kCandidates:
        return fmt::format("there {} {} candidate{}", value == 1 ? "is" : "are", value, plural);
      case ListFact::kProviders:
        return fmt::format("the candidates come from {} provider{}", value, plural);
      case ListFact::kAttempts:
        return fmt::format("up to {} attempt{} may be made", value, plural);
      case ListFact::kChainTime:
        return value == kUnlimited ? std::string("nothing bounds the time of a call")
                                   : fmt::format("a call may take {}", MillisecondsWords(value));
      case ListFact::kChainCost: {
        const std::int64_t cost = ChainCostAt(list, point);
        return cost < 0 ? std::string("an attempt has no price")
                        : fmt::format("all attempts of a call may cost {}", ToString(Money{cost}));
      }
      case ListFact::kAttemptCost:
        break;
    }
    return {};
  }

  /// `because` empty: it is worked out from the claim.
  void Refute(const TokenCell& cell, TokenPoint point, const List& list, std::string because,
              std::vector<std::string> down) {
    if (because.empty()) {
      const std::int64_t cost = ChainCostAt(list, point);
      const std::int64_t known = cost < 0 ? kNoCost : cost;
      if (const auto row = Violation(list, known)) {
        because = WhyNot(claim_, TruthsFor(list, *row, known), wanted_,
                         [&](const CandidateAtom& atom) { return Words(list, *row, point, atom); });
      }
    }
    Counterexample found;
    found.at_s = here_.at_s;
    found.root = here_.root;
    found.reached = *here_.reached;
    found.label = here_.label;
    found.box = cell.box;
    found.lines = cell.lines;
    found.point = point;
    found.asks = asks_;
    found.canaries = canaries_;
    found.budget_levels = state_->levels;
    found.live = LiveValuesFor(live_).value_or(std::vector<LiveValue>());
    found.without_live =
        std::any_of(live_.begin(), live_.end(), [](const auto& clause) { return !clause.second; });
    found.down = std::move(down);
    found.because = std::move(because);
    context_.findings.counterexamples.push_back(std::move(found));
    done_ = true;
  }

  const PolicyModel& model_;
  const AssertModel& assertion_;
  const CandidateCondition& claim_;
  const Truth wanted_;
  const ClaimContext& context_;
  const ClaimCase& here_;
  const ClaimRegion::Label& label_;
  const DiagramLeaf& leaf_;
  const RouteModel& route_;
  const ChainLimits limits_;
  const RowPlace place_;
  BoundTable bounds_;
  std::vector<std::vector<ClaimTerm>> terms_;  ///< per row
  std::map<const CandidateCondition*, std::vector<std::vector<ClaimTerm>>> only_terms_;
  std::vector<BudgetState> states_;
  // Where the asking is.
  const TokenCell* cell_ = nullptr;
  std::uint64_t asks_ = 0;
  const BudgetState* state_ = nullptr;
  std::vector<Index> canaries_;
  std::vector<std::pair<LiveClause, bool>> live_;
  std::set<List> seen_;  ///< in this cell
  bool done_ = false;
};

}  // namespace

bool AsksForLists(const AssertModel& assertion) {
  if (assertion.kind != ClaimKind::kAlways && assertion.kind != ClaimKind::kNever) return true;
  return std::any_of(
      assertion.claim.atoms.begin(), assertion.claim.atoms.end(), [](const CandidateAtom& atom) {
        return atom.kind == CandidateAtom::Kind::kList && atom.list_fact != ListFact::kAttemptCost;
      });
}

void AskLists(const ClaimContext& context, const ClaimCase& here) {
  ListAsker(context, here).Ask();
}

}  // namespace mlp::compiler
