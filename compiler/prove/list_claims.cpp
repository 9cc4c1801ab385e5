#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/arms.hpp"
#include "compiler/prove/ask.hpp"
#include "compiler/prove/budget_states.hpp"
#include "compiler/prove/call_lines.hpp"
#include "compiler/prove/list_case.hpp"
#include "compiler/prove/list_facts.hpp"
#include "compiler/prove/list_orders.hpp"
#include "compiler/prove/list_survival.hpp"
#include "compiler/prove/list_truths.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostRollouts = 6;     // of one list: all combinations of arms
constexpr std::size_t kMostLiveClauses = 8;  // likewise

/// Two arms of one experiment: no unit is in both.
bool ExcludeEachOther(const PolicyModel& model, const std::vector<Index>& arms) {
  for (std::size_t i = 0; i < arms.size(); ++i) {
    for (std::size_t k = i + 1; k < arms.size(); ++k) {
      if (Exclude(ArmName(model, arms[i]), ArmName(model, arms[k]))) return true;
    }
  }
  return false;
}

/// One counterexample for each route is enough.
bool IsRefuted(const ListCase& here) {
  const ClaimContext& context = here.context;
  const auto& all = context.findings.counterexamples;
  return std::any_of(all.begin(), all.end(), [&](const Counterexample& other) {
    return context.diagram.leaves[context.region.labels()[other.label].leaf].route ==
           here.leaf.route;
  });
}

class ListAsker {
 public:
  explicit ListAsker(const ListCase& here)
      : here_(here), leaf_(here.leaf), claim_(here.context.assertion.claim), truths_(here) {}

  void Ask() {
    const auto states = BudgetStatesFor(here_.model, here_.context.region, here_.label.bits);
    if (!states) return GiveUp();
    states_ = *states;
    for (const BudgetState& state : states_) {
      for (const CandidateCondition* only : state.only) truths_.AddOnly(*only);
    }
    const ReachedLeaf& reached = *here_.at.reached;
    const std::uint64_t members =
        here_.model.asks == kNoIndex ? 0 : here_.model.attributes[here_.model.asks].members;
    const std::span<const CellRow> rows(truths_.bounds().data(), leaf_.rows.size());
    const auto classes = AsksClasses(rows, reached.asks_all, reached.asks_none, members);
    const auto cells = TokenCells(truths_.bounds(), BoxOf(reached));
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
    here_.context.findings.incomplete = true;
    done_ = true;
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
          kept[i] = kept[i] && truths_.Keeps(*only, i, cell_->rows);
        }
      }
      // A budget that leaves nobody denies.
      if (!AnyStable(kept)) continue;
      state_ = &state;
      AskArms(kept);
    }
  }

  void AskArms(const RowSet& kept) {
    const ListChoice all = ChoicesOf(leaf_, kept);
    choice_ = {state_->cheapest, {}, all.live};
    const ClaimKind kind = here_.context.assertion.kind;
    if (kind == ClaimKind::kSurvivesModel || kind == ClaimKind::kSurvivesProvider) {
      // A canary only adds to the list: the stable arm is the weakest.
      const RowList list = MakeList(leaf_, kept, choice_);
      if (auto loss = LossOf(here_, list, !choice_.live.empty())) {
        Refute(*cell_, {cell_->input, cell_->output}, list, std::move(loss->because),
               std::move(loss->down));
      }
      return;
    }
    if (all.canaries.size() > kMostRollouts || all.live.size() > kMostLiveClauses) return GiveUp();
    for (std::size_t arms = 0; arms < std::size_t{1} << all.canaries.size(); ++arms) {
      choice_.canaries.clear();
      for (std::size_t r = 0; r < all.canaries.size(); ++r) {
        if (((arms >> r) & 1) != 0) choice_.canaries.push_back(all.canaries[r]);
      }
      if (ExcludeEachOther(here_.model, choice_.canaries)) continue;
      for (std::size_t live = 0; live < std::size_t{1} << all.live.size(); ++live) {
        // All conditions hold first: what explain shows unasked.
        for (std::size_t c = 0; c < all.live.size(); ++c) {
          choice_.live[c].second = ((live >> c) & 1) == 0;
        }
        if (!LiveValuesFor(choice_.live)) continue;
        const auto orders = ListOrders(leaf_, MakeList(leaf_, kept, choice_), choice_.cheapest,
                                       here_.limits.attempts);
        if (!orders) return GiveUp();
        for (const RowList& list : *orders) {
          if (done_) return;
          if (seen_.insert(list).second) AskList(list);
        }
      }
    }
  }

  [[nodiscard]] bool IsAbout(const CandidateAtom& atom, ListFact fact) const {
    return atom.kind == CandidateAtom::Kind::kList && atom.list_fact == fact;
  }

  void AskList(const RowList& list) {
    std::set<std::int64_t> bounds;
    for (const CandidateAtom& atom : claim_.atoms) {
      if (!IsAbout(atom, ListFact::kChainCost)) continue;
      bounds.insert(atom.value);
      bounds.insert(atom.value - 1);
    }
    if (bounds.empty()) {
      if (truths_.Violation(list, kNoCost, cell_->rows)) {
        Refute(*cell_, {cell_->input, cell_->output}, list, {}, {});
      }
      return;
    }
    std::vector<const CandidateEntry*> rows;
    for (const std::uint32_t row : list) rows.push_back(&leaf_.rows[row]);
    const auto parts = CallParts(here_.model, here_.place, rows, cell_->box, here_.limits);
    if (!parts) return GiveUp();
    for (const CallPart& part : *parts) {
      if (done_) return;
      AskPart(list, part, {bounds.begin(), bounds.end()});
    }
  }

  /// The cost falls between two neighbouring bounds, below the first or above the last: in each
  /// band the claim is constant.
  void AskPart(const RowList& list, const CallPart& part, const std::vector<std::int64_t>& bounds) {
    if (!part.priced) {
      if (truths_.Violation(list, kNoCost, cell_->rows)) TryLines(list, part, cell_->lines);
      return;
    }
    for (std::size_t band = 0; band <= bounds.size() && !done_; ++band) {
      const std::int64_t cost = band < bounds.size() ? bounds[band] : bounds.back() + 1;
      if (!truths_.Violation(list, cost, cell_->rows)) continue;
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

  void TryLines(const RowList& list, const CallPart& part, std::vector<Guard> lines) {
    const auto point = LeastTokenPoint(part.box, lines);
    if (!point) return;
    TokenCell cell = *cell_;
    cell.box = Tighten(part.box, lines);
    Refute(cell, *point, list, {}, {});
  }

  /// `because` empty: it is worked out from the claim.
  void Refute(const TokenCell& cell, TokenPoint point, const RowList& list, std::string because,
              std::vector<std::string> down) {
    if (because.empty()) {
      const std::int64_t cost = ChainCostAt(here_, list, point);
      const std::int64_t known = cost < 0 ? kNoCost : cost;
      if (const auto row = truths_.Violation(list, known, cell_->rows)) {
        because = WhyNot(claim_, truths_.Of(list, *row, known, cell_->rows),
                         Wanted(here_.context.assertion.kind), [&](const CandidateAtom& atom) {
                           return ListWords(here_, list, *row, point, atom);
                         });
      }
    }
    Counterexample found;
    found.at_s = here_.at.at_s;
    found.root = here_.at.root;
    found.reached = *here_.at.reached;
    found.label = here_.at.label;
    found.box = cell.box;
    found.lines = cell.lines;
    found.point = point;
    found.asks = asks_;
    found.canaries = choice_.canaries;
    found.budget_levels = state_->levels;
    found.live = LiveValuesFor(choice_.live).value_or(std::vector<LiveValue>());
    found.without_live = std::any_of(choice_.live.begin(), choice_.live.end(),
                                     [](const auto& clause) { return !clause.second; });
    found.down = std::move(down);
    found.because = std::move(because);
    here_.context.findings.counterexamples.push_back(std::move(found));
    done_ = true;
  }

  const ListCase& here_;
  const DiagramLeaf& leaf_;
  const CandidateCondition& claim_;
  ListTruths truths_;
  std::vector<BudgetState> states_;
  // Where the asking is.
  const TokenCell* cell_ = nullptr;
  std::uint64_t asks_ = 0;
  const BudgetState* state_ = nullptr;
  ListChoice choice_;
  std::set<RowList> seen_;  ///< in this cell
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

void AskLists(const ClaimContext& context, const ClaimCase& at) {
  const ListCase here(context, at);
  if (IsRefuted(here) || context.findings.incomplete || here.leaf.rows.empty()) return;
  ListAsker(here).Ask();
}

}  // namespace mlp::compiler
