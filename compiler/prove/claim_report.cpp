#include "compiler/prove/claim_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/request_words.hpp"
#include "compiler/prove/ask.hpp"
#include "compiler/prove/circumstance_words.hpp"
#include "compiler/prove/judged_point.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostRelated = 4;

/// Labels become truth.
class ToTruth final : public MddApply {
 public:
  ToTruth(Mdd& mdd, const std::vector<bool>& wanted) : MddApply(mdd), wanted_(wanted) {}

 private:
  std::optional<Ref> Shortcut(Ref a, Ref) override {
    if (!IsTerminal(a)) return std::nullopt;
    return wanted_[Label(a)] ? kTrue : kFalse;
  }
  const std::vector<bool>& wanted_;
};

/// But for the endpoint: a claim about places has a bit for each.
bool SameRow(const CandidateEntry& a, const CandidateEntry& b) {
  return a.candidate == b.candidate && a.rollout == b.rollout && a.step == b.step &&
         a.capabilities == b.capabilities && Implies(a.guards, b.guards) &&
         Implies(b.guards, a.guards);
}

class Reporter {
 public:
  Reporter(const RefutedClaim& claim, bool dated)
      : model_(claim.model),
        diagram_(claim.diagram),
        assertion_(claim.assertion),
        region_(claim.region),
        all_(claim.findings.counterexamples),
        first_(all_.front()),
        dated_(dated) {}

  void Report(Diagnostics& diagnostics) {
    Diagnostic& diagnostic = diagnostics.Add(
        Code::k0407, assertion_.claim_span,
        fmt::format("{} \"{}\" does not hold: {}", assertion_.guardrail ? "guardrail" : "assertion",
                    assertion_.text, Words()));
    AddPlaces(diagnostic);
    AddHelp(diagnostic);
    diagnostic.witness = WitnessOf(model_, diagram_.axes, Point());
    AddCircumstances(model_, first_, dated_, *diagnostic.witness);
  }

 private:
  [[nodiscard]] const DiagramLeaf& LeafOf(const Counterexample& one) const {
    return diagram_.leaves[region_.labels()[one.label].leaf];
  }
  /// The route whose answers are judged where the claim is about the judge's own requests.
  [[nodiscard]] Index JudgedOf(const Counterexample& one) const {
    return region_.labels()[one.label].judged;
  }
  [[nodiscard]] const RouteModel& RouteOf(const Counterexample& one) const {
    return model_.routes[LeafOf(one).route];
  }

  [[nodiscard]] RequestPoint Point() {
    if (JudgedOf(first_) != kNoIndex) {
      if (auto point = JudgedPoint(model_, diagram_, region_, first_)) return *std::move(point);
    }
    RequestPoint point;
    point.codes = first_.reached.codes;
    point.asks = first_.asks;
    point.input = first_.point.input;
    point.output = first_.point.output;
    return point;
  }

  [[nodiscard]] std::string Words() {
    const std::string which = Requests();
    const std::string when = CircumstanceWords(model_, first_);
    if (first_.row == kNoIndex) {
      const std::string what = first_.because.empty() ? "it is false" : first_.because;
      return fmt::format("{}{}{}", what, which.empty() ? "" : " for requests with " + which, when);
    }
    return fmt::format("`{}` may {} {}{}{}", model_.candidates[CandidateOf(first_)].name, Verb(),
                       which.empty() ? "every request" : "requests with " + which, when,
                       first_.because.empty() ? "" : ", and " + first_.because);
  }

  /// Who is asked about: the row's candidate, or whoever sees its prompts for their vectors.
  [[nodiscard]] Index CandidateOf(const Counterexample& one) const {
    return one.vectors ? RouteOf(one).cache_vectors : LeafOf(one).rows[one.row].candidate;
  }

  [[nodiscard]] const char* Verb() const {
    if (JudgedOf(first_) == kNoIndex) return first_.vectors ? "make vectors of" : "serve";
    return first_.vectors ? "make vectors of the judge's requests for" : "judge answers to";
  }

  // ------------------------------------------------------------ which requests

  /// The way to the counterexample among all labels that are alike, then asks and tokens.
  [[nodiscard]] std::string Requests() {
    if (JudgedOf(first_) != kNoIndex) return JudgedWords();
    std::vector<bool> alike(region_.labels().size(), false);
    for (std::size_t i = 1; i < alike.size(); ++i) alike[i] = IsAlike(region_.labels()[i]);
    const Ref bad = ToTruth(diagram_.mdd, alike)(
        region_.RootsOf(region_.labels()[first_.label])[first_.root], kFalse);
    std::vector<std::string> words;
    if (bad != kOverBudget) {
      const auto way = WayOf(model_, diagram_.axes, diagram_.mdd, bad, Point());
      if (!way.empty()) words.push_back(RegionWords(model_, diagram_.axes, way));
    }
    if (first_.asks != 0) {
      std::vector<std::string> names;
      for (std::size_t bit = 0; bit < 64; ++bit) {
        if (((first_.asks >> bit) & 1) != 0) names.push_back(model_.capability_names[bit]);
      }
      words.push_back(fmt::format("asks has {}{}{}", names.size() > 1 ? "(" : "",
                                  fmt::join(names, ", "), names.size() > 1 ? ")" : ""));
    }
    AddTokenWords(words);
    return fmt::format("{}", fmt::join(words, " and "));
  }

  /// Of judged calls, which the judge's own requests say nothing of: the way to the witness.
  [[nodiscard]] std::string JudgedWords() {
    const auto& judged = region_.judged();
    const auto at = std::find_if(judged.begin(), judged.end(),
                                 [&](const auto& one) { return one.route == JudgedOf(first_); });
    const auto way = WayOf(model_, diagram_.axes, diagram_.mdd, at->requests[first_.root], Point());
    return way.empty() ? std::string() : RegionWords(model_, diagram_.axes, way);
  }

  [[nodiscard]] bool IsAlike(const ClaimRegion::Label& label) const {
    const ClaimRegion::Label& own = region_.labels()[first_.label];
    if (label.judged != own.judged) return false;
    // Where no budget has a part in it, it does not matter which ones there are.
    const std::uint64_t ignored = first_.budget_levels.empty() ? region_.BudgetBits() : 0;
    if ((label.bits & ~ignored) != (own.bits & ~ignored)) return false;
    if (label.leaf == own.leaf) return true;
    if (first_.row == kNoIndex) return false;
    const DiagramLeaf& leaf = diagram_.leaves[label.leaf];
    return leaf.route == LeafOf(first_).route &&
           std::any_of(leaf.rows.begin(), leaf.rows.end(), [&](const CandidateEntry& row) {
             const CandidateEntry& refuted = LeafOf(first_).rows[first_.row];
             return SameRow(row, refuted) &&
                    (row.endpoint == refuted.endpoint || !Asks(ListFact::kAttemptCost));
           });
  }

  void AddTokenWords(std::vector<std::string>& words) const {
    const auto range = [&](Index attribute, std::int64_t first, std::int64_t last) {
      if (attribute == kNoIndex) return;
      const AttributeModel& facts = model_.attributes[attribute];
      const bool from = first > 0;
      const bool to = last < facts.size - 1;
      if (from && first == last) {
        words.push_back(fmt::format("{} == {}", facts.name, TokenWords(first)));
        return;
      }
      if (from) {
        words.push_back(first % 1'000 == 1 && first > 1
                            ? fmt::format("{} > {}", facts.name, TokenWords(first - 1))
                            : fmt::format("{} >= {}", facts.name, TokenWords(first)));
      }
      if (to) words.push_back(fmt::format("{} <= {}", facts.name, TokenWords(last)));
    };
    range(model_.input, first_.box.first_input, first_.box.last_input);
    range(model_.output, first_.box.first_output, first_.box.last_output);
    for (const Guard& line : first_.lines) {
      if (line.a == 1 && line.b == 1) {
        words.push_back(fmt::format("input + output <= {}", TokenWords(line.c)));
      } else if (line.a == -1 && line.b == -1) {
        words.push_back(fmt::format("input + output > {}", TokenWords(-line.c - 1)));
      }
    }
  }

  // ------------------------------------------------------------ where, and what to do

  void AddPlaces(Diagnostic& diagnostic) const {
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    for (const Counterexample& one : all_) {
      const RouteModel& route = RouteOf(one);
      Related related{route.span, fmt::format("route `{}` takes these requests", route.name)};
      if (one.row != kNoIndex) {
        const CandidateEntry& row = LeafOf(one).rows[one.row];
        const std::string& name = model_.candidates[CandidateOf(one)].name;
        related.span = one.vectors ? route.cache_span : route.steps[row.step].span;
        const char* where = one.vectors ? "named here" : "tried here";
        related.message = &one == &first_ ? fmt::format("`{}` is {}", name, where)
                                          : fmt::format("nor for `{}`, {}", name, where);
      } else if (&one != &first_) {
        related.message = fmt::format("nor for requests of route `{}`", route.name);
      }
      if (!seen.emplace(related.span.file, related.span.begin).second) continue;
      if (diagnostic.related.size() == kMostRelated) break;
      diagnostic.related.push_back(std::move(related));
    }
    if (const Index judged = JudgedOf(first_); judged != kNoIndex) {
      const RouteModel& route = model_.routes[judged];
      diagnostic.related.push_back({model_.evaluators[route.quality_evaluator].span,
                                    fmt::format("judges the answers of route `{}`", route.name)});
    }
  }

  [[nodiscard]] bool Asks(ListFact fact) const {
    return std::any_of(assertion_.claim.atoms.begin(), assertion_.claim.atoms.end(),
                       [&](const CandidateAtom& atom) {
                         return atom.kind == CandidateAtom::Kind::kList && atom.list_fact == fact;
                       });
  }

  void AddHelp(Diagnostic& diagnostic) const {
    auto& help = diagnostic.help;
    switch (assertion_.kind) {
      case ClaimKind::kSurvivesProvider:
        help.emplace_back(
            "add a candidate of another provider, free of `live.` conditions, that "
            "takes the same requests");
        return;
      case ClaimKind::kSurvivesModel:
        help.emplace_back(
            "add a candidate that is no variant of it, free of `live.` conditions, "
            "that takes the same requests");
        return;
      case ClaimKind::kAlways:
      case ClaimKind::kNever:
        break;
    }
    if (first_.vectors) {
      help.emplace_back(
          "name an embedding model in `similar ... by` that the claim allows, or let equal prompts "
          "alone share an answer");
    } else if (JudgedOf(first_) != kNoIndex) {
      help.emplace_back(
          "let the judge's route try only what the claim allows, or let a route of its own judge "
          "these answers");
    } else if (Asks(ListFact::kChainCost)) {
      help.emplace_back("add `cost at most ... per call` to the route, or allow fewer attempts");
    } else if (Asks(ListFact::kAttemptCost)) {
      help.emplace_back("add `cost at most ...` to the route, or `within ...` to the step");
    } else if (Asks(ListFact::kChainTime)) {
      help.emplace_back("add a `deadline` to the route, or allow fewer attempts");
    } else if (first_.row != kNoIndex) {
      help.emplace_back(
          "keep it out with a `where` on the step, or take these requests into a "
          "route of their own");
    } else {
      help.emplace_back("change the route's candidates, or leave these requests out of the claim");
    }
  }

  const PolicyModel& model_;
  Diagram& diagram_;
  const AssertModel& assertion_;
  const ClaimRegion& region_;
  const std::vector<Counterexample>& all_;
  const Counterexample& first_;
  const bool dated_;
};

}  // namespace

void ReportRefuted(const RefutedClaim& claim, bool dated, Diagnostics& diagnostics) {
  Reporter(claim, dated).Report(diagnostics);
}

}  // namespace mlp::compiler
