#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "compiler/diagram/fact_words.hpp"
#include "compiler/prove/ask.hpp"
#include "compiler/prove/onlookers.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

class RowAsker {
 public:
  RowAsker(const ClaimContext& context, const ClaimCase& here)
      : model_(context.model),
        claim_(context.assertion.claim),
        wanted_(Wanted(context.assertion.kind)),
        context_(context),
        here_(here),
        label_(context.region.labels()[here.label]),
        leaf_(context.diagram.leaves[label_.leaf]),
        vectors_(context.model.routes[leaf_.route].cache_vectors),
        place_{leaf_.route, here.at_s, label_.bits} {}

  void Ask() {
    const bool cached = leaf_.cache_ttl_ms != 0;
    for (std::uint32_t row = 0; row < leaf_.rows.size() && !context_.findings.incomplete; ++row) {
      if (!IsRefuted(leaf_.rows[row], false)) Ask(row, leaf_.rows[row], false);
      if (!cached || vectors_ == kNoIndex || IsRefuted(leaf_.rows[row], true)) continue;
      if (const auto endpoint = VectorsEndpoint(model_, vectors_, leaf_.rows[row])) {
        CandidateEntry asked;
        asked.candidate = vectors_;
        asked.endpoint = *endpoint;
        Ask(row, asked, true);
      }
    }
  }

 private:
  /// One counterexample for each route, step and candidate, and for each route's vectors.
  [[nodiscard]] bool IsRefuted(const CandidateEntry& row, bool vectors) const {
    const auto& all = context_.findings.counterexamples;
    return std::any_of(all.begin(), all.end(), [&](const Counterexample& other) {
      const ClaimRegion::Label& label = context_.region.labels()[other.label];
      const DiagramLeaf& leaf = context_.diagram.leaves[label.leaf];
      if (leaf.route != leaf_.route || label.judged != label_.judged || other.vectors != vectors) {
        return false;
      }
      return vectors || (leaf.rows[other.row].step == row.step &&
                         leaf.rows[other.row].candidate == row.candidate);
    });
  }

  /// Whether the claim is kept by whom is asked about.
  [[nodiscard]] bool Kept(const std::vector<Truth>& truths, bool vectors) const {
    return vectors || label_.judged != kNoIndex ? KeptTowardsOnlooker(claim_, truths, wanted_)
                                                : Evaluate(claim_, truths) == wanted_;
  }

  /// Whether in this order another row of the same model is surely tried before.
  template <typename Order>
  [[nodiscard]] bool IsTaken(const Order& order, std::uint32_t row,
                             const std::vector<std::uint32_t>& rows, const RowSet& holding) const {
    for (const std::uint32_t before : order) {
      if (before == row) return false;
      const auto at = std::find(rows.begin(), rows.end(), before);
      if (at == rows.end() || !holding[static_cast<std::size_t>(at - rows.begin())]) continue;
      const CandidateEntry& other = leaf_.rows[before];
      const bool same_arm = other.rollout == kNoIndex || other.rollout == leaf_.rows[row].rollout;
      if (other.live.empty() && same_arm) return true;
    }
    return false;
  }

  [[nodiscard]] bool MayBeCheapest() const {
    if (leaf_.cheapest.empty()) return false;
    for (Index i = 0; i < model_.budgets.size(); ++i) {
      if (model_.budgets[i].prefer_cheapest_at_ppm != 0 &&
          context_.region.Applies(i, label_.bits)) {
        return true;
      }
    }
    return false;
  }

  /// `asked` is what the claim is about wherever the row may be tried: the row itself, or with
  /// `vectors` the model that the prompt goes to then.
  void Ask(std::uint32_t number, const CandidateEntry& asked, bool vectors) {
    const CandidateEntry& row = leaf_.rows[number];
    // This row and the others of its model come first.
    std::vector<std::uint32_t> rows;
    BoundTable bounds;
    for (std::uint32_t i = 0; i < leaf_.rows.size(); ++i) {
      if (leaf_.rows[i].candidate != row.candidate) continue;
      rows.push_back(i);
      bounds.AddRow(leaf_.rows[i], model_.routes[leaf_.route].output_cap);
    }
    const std::vector<ClaimTerm> terms =
        TermsFor(model_, context_.region, claim_, asked, place_, bounds);
    std::vector<Truth> truths;
    bool all_decided = true;
    for (const ClaimTerm& term : terms) {
      truths.push_back(term.decided);
      all_decided = all_decided && term.kind == ClaimTerm::Kind::kDecided;
    }
    if (all_decided && Kept(truths, vectors)) return;

    const auto own =
        static_cast<std::size_t>(std::find(rows.begin(), rows.end(), number) - rows.begin());
    const ReachedLeaf& reached = *here_.reached;
    const std::uint64_t members =
        model_.asks == kNoIndex ? 0 : model_.attributes[model_.asks].members;
    // A judge is asked for nothing but words.
    const std::uint64_t none = label_.judged == kNoIndex ? reached.asks_none : members;
    const auto classes = AsksClasses(bounds.rows(), reached.asks_all, none, members);
    const auto cells = TokenCells(bounds.rows(), BoxOf(reached));
    if (!classes || !cells) {
      context_.findings.incomplete = true;
      return;
    }
    std::vector<std::uint32_t> natural(leaf_.rows.size());
    std::iota(natural.begin(), natural.end(), 0U);
    for (const AsksClass& asks : *classes) {
      if (!asks.rows[own]) continue;
      for (const TokenCell& cell : *cells) {
        if (!cell.rows[own]) continue;
        for (std::size_t i = 0; i < terms.size(); ++i) truths[i] = terms[i].In(cell.rows);
        if (Kept(truths, vectors)) continue;
        RowSet holding = cell.rows;
        for (std::size_t i = 0; i < holding.size(); ++i) holding[i] = holding[i] && asks.rows[i];
        if (IsTaken(natural, number, rows, holding) &&
            !(MayBeCheapest() && !IsTaken(leaf_.cheapest, number, rows, holding))) {
          continue;
        }
        Refute(number, asked, vectors, cell, asks.fewest, truths);
        return;
      }
    }
  }

  void Refute(std::uint32_t number, const CandidateEntry& asked, bool vectors,
              const TokenCell& cell, std::uint64_t asks, const std::vector<Truth>& truths) {
    const CandidateEntry& row = leaf_.rows[number];
    Counterexample found;
    found.at_s = here_.at_s;
    found.root = here_.root;
    found.reached = *here_.reached;
    found.label = here_.label;
    found.row = number;
    found.vectors = vectors;
    found.box = cell.box;
    found.lines = cell.lines;
    found.point =
        LeastTokenPoint(cell.box, cell.lines).value_or(TokenPoint{cell.input, cell.output});
    found.asks = asks;
    if (row.rollout != kNoIndex) found.canaries = {row.rollout};
    std::vector<std::pair<LiveClause, bool>> clauses;
    for (const LiveClause& clause : row.live) clauses.emplace_back(clause, true);
    found.live = LiveValuesFor(clauses).value_or(std::vector<LiveValue>());
    const bool onlooker = vectors || label_.judged != kNoIndex;
    found.because = WhyNot(claim_, truths, wanted_, [&](const CandidateAtom& atom) {
      if (onlooker && !ConcernsOnlookers(atom)) return std::string();
      return CandidateWords(context_, asked, place_, found.point, atom);
    });
    context_.findings.counterexamples.push_back(std::move(found));
  }

  const PolicyModel& model_;
  const CandidateCondition& claim_;
  const Truth wanted_;
  const ClaimContext& context_;
  const ClaimCase& here_;
  const ClaimRegion::Label& label_;
  const DiagramLeaf& leaf_;
  const Index vectors_;
  const RowPlace place_;
};

}  // namespace

void AskRows(const ClaimContext& context, const ClaimCase& here) { RowAsker(context, here).Ask(); }

std::string CandidateWords(const ClaimContext& context, const CandidateEntry& row,
                           const RowPlace& place, const TokenPoint& point,
                           const CandidateAtom& atom) {
  constexpr const char* kLive = "live facts are only known at run time";
  const PolicyModel& model = context.model;
  switch (atom.kind) {
    case CandidateAtom::Kind::kList: {
      if (atom.list_fact != ListFact::kAttemptCost) return {};
      const std::int64_t output = std::min(point.output, model.routes[place.route].output_cap);
      const std::int64_t cost = AttemptCostAt(model, row, place, point.input, output);
      return cost < 0 ? std::string("it has no price")
                      : fmt::format("one attempt may cost {}", ToString(Money{cost}));
    }
    case CandidateAtom::Kind::kLive:
      return kLive;
    case CandidateAtom::Kind::kRequest:
      return {};
    case CandidateAtom::Kind::kFact:
      if (atom.fact == FactKind::kLive) return kLive;
      break;
    case CandidateAtom::Kind::kCan:
    case CandidateAtom::Kind::kFactRequest:
    case CandidateAtom::Kind::kPlaceRequest:
      break;
  }
  return FactWords(model, model.candidates[row.candidate],
                   SiteOf(model, context.region, row, place), atom);
}

}  // namespace mlp::compiler
