#include "compiler/prove/gates.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/residual.hpp"
#include "compiler/prove/claim_terms.hpp"
#include "runtime/core/comparison.hpp"

namespace mlp::compiler {
namespace {

class Gate {
 public:
  Gate(const PolicyModel& model, Index candidate, std::int64_t at_s)
      : model_(model), facts_(model.candidates[candidate]) {
    site_.candidate = candidate;
    site_.at_s = at_s;
  }

  GateVerdict Ask() const {
    const std::vector<Truth> measured = Truths(true);
    if (Evaluate(facts_.gate, measured) == Truth::kYes) return {};
    const std::vector<Truth> written = Truths(false);
    const Truth truth = Evaluate(facts_.gate, written);
    const GateState state = truth == Truth::kYes  ? GateState::kByWord
                            : truth == Truth::kNo ? GateState::kFails
                                                  : GateState::kUnknown;
    const auto words = [&](const CandidateAtom& atom) { return Words(atom, state); };
    return {state, WhyNot(facts_.gate, state == GateState::kByWord ? measured : written,
                          Truth::kYes, words)};
  }

 private:
  [[nodiscard]] const ScoreModel* ScoreOf(const CandidateAtom& atom) const {
    if (atom.kind != CandidateAtom::Kind::kFact || atom.fact != FactKind::kQuality) return nullptr;
    const auto score = std::find_if(facts_.quality.begin(), facts_.quality.end(),
                                    [&](const ScoreModel& one) { return one.name == atom.name; });
    return score == facts_.quality.end() ? nullptr : &*score;
  }

  [[nodiscard]] std::vector<Truth> Truths(bool measured) const {
    std::vector<Truth> truths;
    for (const CandidateAtom& atom : facts_.gate.atoms) truths.push_back(Of(atom, measured));
    return truths;
  }

  [[nodiscard]] Truth Of(const CandidateAtom& atom, bool measured) const {
    if (const ScoreModel* score = ScoreOf(atom)) {
      if (score->measured_micro) {
        return TruthOf(Compare(*score->measured_micro, atom.comparison, atom.value));
      }
      return measured ? Truth::kUnknown
                      : TruthOf(Compare(score->micro, atom.comparison, atom.value));
    }
    if (ExpandAtom(model_, atom, site_, true).kind == Residual::Kind::kAlways) return Truth::kYes;
    if (ExpandAtom(model_, atom, site_, false).kind == Residual::Kind::kAlways) return Truth::kNo;
    return Truth::kUnknown;
  }

  [[nodiscard]] std::string Words(const CandidateAtom& atom, GateState state) const {
    const ScoreModel* score = ScoreOf(atom);
    if (score == nullptr || state != GateState::kByWord) {
      return FactWords(model_, facts_, site_, atom);
    }
    return score->source.empty() ? fmt::format("`{}` has no source", score->name)
                                 : fmt::format("`{}` is from \"{}\"", score->name, score->source);
  }

  const PolicyModel& model_;
  const CandidateModel& facts_;
  CandidateSite site_;
};

}  // namespace

GateVerdict AskGate(const PolicyModel& model, Index candidate, std::int64_t at_s) {
  return Gate(model, candidate, at_s).Ask();
}

}  // namespace mlp::compiler
