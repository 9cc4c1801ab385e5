#include "compiler/prove/assertions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/reach.hpp"
#include "compiler/prove/ask.hpp"
#include "compiler/prove/claim_region.hpp"
#include "compiler/prove/claim_report.hpp"

namespace mlp::compiler {
namespace {

/// States of the walk over one root; a hundred times what the largest examples need.
constexpr std::size_t kMostReached = 2'000'000;

bool AsksRetirement(const CandidateCondition& condition) {
  return std::any_of(condition.atoms.begin(), condition.atoms.end(), [](const CandidateAtom& atom) {
    return atom.kind == CandidateAtom::Kind::kFact && atom.fact == FactKind::kRetiresIn;
  });
}

/// Per instant and candidate how many dates of its own have passed: between them its facts are the
/// same.
class Ages {
 public:
  Ages(const PolicyModel& model, const std::vector<std::int64_t>& instants,
       const AssertModel& assertion)
      : instants_(instants) {
    every_ = AsksRetirement(assertion.claim);
    for (const BudgetModel& budget : model.budgets) {
      for (const auto& only : budget.only) every_ = every_ || AsksRetirement(only.condition);
    }
    for (const CandidateModel& candidate : model.candidates) {
      std::set<std::int64_t> dates{candidate.released_s, candidate.deprecated_s,
                                   candidate.retires_s};
      for (const PriceModel& price : candidate.prices) {
        dates.insert(price.when.from_s);
        dates.insert(price.when.to_s);
      }
      dates_.emplace_back(dates.begin(), dates.end());
    }
  }

  [[nodiscard]] std::int64_t At(std::size_t instant, Index candidate) const {
    if (every_) return static_cast<std::int64_t>(instant);
    const auto& dates = dates_[candidate];
    return std::upper_bound(dates.begin(), dates.end(), instants_[instant]) - dates.begin();
  }

 private:
  const std::vector<std::int64_t>& instants_;
  std::vector<std::vector<std::int64_t>> dates_;
  bool every_ = false;
};

class Prover {
 public:
  Prover(const PolicyModel& model, Diagram& diagram, const std::vector<std::int64_t>& instants,
         const AssertModel& assertion, Diagnostics& diagnostics)
      : model_(model),
        diagram_(diagram),
        instants_(instants),
        assertion_(assertion),
        diagnostics_(diagnostics),
        region_(model, diagram, assertion) {}

  void Prove() {
    if (!diagram_.complete || diagram_.conditions.size() != model_.routes.size()) {
      return NotProved("the diagram of the policy's decisions is not complete");
    }
    diagram_.mdd.SetBudget({});
    if (!region_.Build()) {
      return NotProved("its requests have more cases than the diagram's budget allows");
    }
    if (region_.when() == kFalse) return Empty("no request meets its condition");
    if (!assertion_.when.always() && region_.when() == kTrue) AlwaysHolds();
    const auto& roots = region_.roots();
    if (std::all_of(roots.begin(), roots.end(), [](Ref root) { return root == kFalse; })) {
      return Empty("no request that it speaks of is served");
    }
    if (!AskAll()) return NotProved("its requests have too many cases of asks and tokens");
    if (!findings_.counterexamples.empty()) {
      ReportRefuted({model_, diagram_, assertion_, region_, findings_}, instants_.size() > 1,
                    diagnostics_);
    } else if (findings_.incomplete) {
      NotProved("its requests fall into too many cases");
    }
  }

 private:
  [[nodiscard]] std::string Name() const {
    return fmt::format("{} \"{}\"", assertion_.guardrail ? "guardrail" : "assertion",
                       assertion_.text);
  }

  [[nodiscard]] Span WhenSpan() const {
    if (assertion_.when.always()) return assertion_.claim_span;
    const Span own = assertion_.when.nodes[assertion_.when.root].span;
    return own.begin != own.end ? own : assertion_.span;
  }

  void Empty(const char* why) {
    diagnostics_.Add(Code::k0404, WhenSpan(), fmt::format("{} proves nothing: {}", Name(), why))
        .help.emplace_back("loosen its condition, or remove it");
  }

  void AlwaysHolds() {
    diagnostics_.Add(Code::k0404, WhenSpan(), fmt::format("condition of {} always holds", Name()))
        .help.emplace_back("leave the condition out");
  }

  void NotProved(const char* why) {
    Diagnostic& diagnostic =
        diagnostics_.Add(Code::k0802, assertion_.claim_span,
                         fmt::format("{} is neither proved nor refuted: {}", Name(), why));
    diagnostic.help.emplace_back(diagram_.complete
                                     ? "narrow its condition, or split it into several"
                                     : "let routes overlap less, or split the policy");
  }

  bool AskAll() {
    const bool lists = AsksForLists(assertion_);
    if (!AskBelow(region_.roots(), lists ? &AskLists : &AskRows)) return false;
    // Who judges an answer sees the prompt as well; it is no member of the call's list.
    const auto& judged = region_.judged();
    return lists || std::all_of(judged.begin(), judged.end(),
                                [&](const auto& one) { return AskBelow(one.roots, &AskRows); });
  }

  bool AskBelow(const std::vector<Ref>& roots,
                void (*ask)(const ClaimContext& context, const ClaimCase& here)) {
    const Ages ages(model_, instants_, assertion_);
    const ClaimContext context{model_, diagram_, assertion_, region_, findings_};
    std::vector<std::optional<std::vector<ReachedLeaf>>> reached(diagram_.roots.size());
    std::set<std::vector<std::int64_t>> asked;
    std::size_t root = 0;
    for (std::size_t i = 0; i < instants_.size() && !findings_.incomplete; ++i) {
      while (root + 1 < diagram_.roots.size() && diagram_.roots[root + 1].from_s <= instants_[i]) {
        ++root;
      }
      if (!reached[root]) {
        reached[root] = ReachedLeaves(model_, diagram_, roots[root], kMostReached);
        if (!reached[root]) return false;
      }
      for (const ReachedLeaf& one : *reached[root]) {
        if (one.leaf == 0) continue;
        const ClaimCase here{instants_[i], root, &one, one.leaf};
        if (asked.insert(KeyOf(here, ages, i)).second) ask(context, here);
      }
    }
    return true;
  }

  /// Equal only where the same is asked again.
  [[nodiscard]] std::vector<std::int64_t> KeyOf(const ClaimCase& here, const Ages& ages,
                                                std::size_t instant) const {
    const ReachedLeaf& reached = *here.reached;
    std::vector<std::int64_t> key{here.label,
                                  static_cast<std::int64_t>(reached.asks_all),
                                  static_cast<std::int64_t>(reached.asks_none),
                                  reached.first_input,
                                  reached.last_input,
                                  reached.first_output,
                                  reached.last_output};
    for (const CandidateEntry& row : diagram_.leaves[region_.labels()[here.label].leaf].rows) {
      key.push_back(ages.At(instant, row.candidate));
    }
    const Index route = diagram_.leaves[region_.labels()[here.label].leaf].route;
    const Index vectors = model_.routes[route].cache_vectors;
    if (vectors != kNoIndex) key.push_back(ages.At(instant, vectors));
    return key;
  }

  const PolicyModel& model_;
  Diagram& diagram_;
  const std::vector<std::int64_t>& instants_;
  const AssertModel& assertion_;
  Diagnostics& diagnostics_;
  ClaimRegion region_;
  ClaimFindings findings_;
};

}  // namespace

void ProveAssertions(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics) {
  if (model.asserts.empty()) return;
  const std::vector<std::int64_t> instants = CutPoints(model);
  for (const AssertModel& assertion : model.asserts) {
    Prover(model, diagram, instants, assertion, diagnostics).Prove();
  }
}

}  // namespace mlp::compiler
