// The requests that a claim speaks of, each with its leaf and with what the claim asks of the
// request itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/prove/bit_sets.hpp"

namespace mlp::compiler {

/// Request attributes but for input and output tokens, which are bounds of a leaf, the place that a
/// route asks for, and the budgets that apply are bits: they are asked in the diagram, so that they
/// are constant in each label.
class ClaimRegion {
 public:
  /// Keeps references.
  ClaimRegion(const PolicyModel& model, Diagram& diagram, const AssertModel& assertion);

  /// False where the diagram's budget is passed, or there are more than 64 bits.
  [[nodiscard]] bool Build();

  /// A leaf that serves, and the bits. Labels of the diagrams below; 0 is every other request.
  struct Label {
    std::uint32_t leaf = 0;
    std::uint64_t bits = 0;
    /// A route whose answers are judged: then the leaf is where the judge's own request ends, and
    /// the bits are that request's.
    Index judged = kNoIndex;
  };
  [[nodiscard]] const std::vector<Label>& labels() const { return labels_; }
  /// Over labels, one for each root of the diagram.
  [[nodiscard]] const std::vector<Ref>& roots() const { return roots_; }
  /// The requests of the claim whose answers a model judges, by their route.
  struct Judged {
    Index route = kNoIndex;
    std::vector<Ref> requests;  ///< labels 0 and 1, one for each root of the diagram
    std::vector<Ref> roots;     ///< over labels, the requests that the judge is asked with
  };
  [[nodiscard]] const std::vector<Judged>& judged() const { return judged_; }
  /// The roots over labels that the label stands in.
  [[nodiscard]] const std::vector<Ref>& RootsOf(const Label& label) const;
  /// The assertion's `when`.
  [[nodiscard]] Ref when() const { return when_; }

  /// Preconditions of all: asked by the claim, or a budget that may restrict.
  [[nodiscard]] bool Holds(const RequestAtom& atom, std::uint64_t bits) const;
  /// The bits of budgets alone.
  [[nodiscard]] std::uint64_t BudgetBits() const;
  [[nodiscard]] bool Applies(Index budget, std::uint64_t bits) const;
  /// The code of a place attribute; nothing where the claim does not ask for places.
  [[nodiscard]] std::optional<std::uint32_t> PlaceLabel(Index attribute, std::uint64_t bits) const;

 private:
  [[nodiscard]] Ref AddFacts(Ref asked, bool without_asks);
  void AddJudged(Index route);
  void Collect(const CandidateCondition& condition);
  void AddAtom(const RequestAtom& atom);
  void AddLabels(Index attribute);
  [[nodiscard]] bool IsTokens(Index attribute) const {
    return attribute == model_.input || attribute == model_.output;
  }

  const PolicyModel& model_;
  Diagram& diagram_;
  const AssertModel& assertion_;
  std::vector<Ref> facts_;  ///< per bit
  std::map<std::string, std::size_t> atom_bits_;
  std::map<Index, std::size_t> budget_bits_;
  BitSets sets_;
  std::vector<Label> labels_;
  std::vector<Ref> roots_;
  std::vector<Judged> judged_;
  Ref when_ = kFalse;
};

}  // namespace mlp::compiler
