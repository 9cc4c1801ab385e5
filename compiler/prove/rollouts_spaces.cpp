#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "compiler/prove/rollouts.hpp"

namespace mlp::compiler {
namespace {

/// The model that a provider is asked for, without the names of those who pass it on:
/// `openai/text-embedding-3-small` is `text-embedding-3-small`.
std::string_view PinnedModel(const CandidateModel& candidate) {
  const std::string_view id = candidate.id;
  const std::size_t slash = id.rfind('/');
  return slash == std::string_view::npos ? id : id.substr(slash + 1);
}

/// Why vectors of the two cannot be compared, or nothing where they can, or where neither makes
/// any.
std::optional<std::string> Difference(const CandidateModel& a, const CandidateModel& b) {
  const bool a_embeds = a.kind == ModelKind::kEmbedding;
  const bool b_embeds = b.kind == ModelKind::kEmbedding;
  if (!a_embeds && !b_embeds) return std::nullopt;
  if (a_embeds != b_embeds) {
    return fmt::format("`{}` makes vectors, `{}` does not", a_embeds ? a.name : b.name,
                       a_embeds ? b.name : a.name);
  }
  if (a.dimension != 0 && b.dimension != 0 && a.dimension != b.dimension) {
    return fmt::format("vectors of `{}` have {} dimensions, those of `{}` {}", a.name, a.dimension,
                       b.name, b.dimension);
  }
  if (PinnedModel(a) != PinnedModel(b)) {
    return fmt::format(
        "`{}` and `{}` are different embedding models, whose vectors mean nothing "
        "to each other",
        a.name, b.name);
  }
  return std::nullopt;
}

class Finder {
 public:
  Finder(const PolicyModel& model, Diagnostics& diagnostics)
      : model_(model), diagnostics_(diagnostics) {}

  void Find() {
    for (const RolloutModel& rollout : model_.rollouts) {
      if (rollout.from == kNoIndex || rollout.to == kNoIndex) continue;
      Compare(rollout.from, rollout.to, rollout.to_span, rollout.from_span);
    }
    for (const ExperimentModel& experiment : model_.experiments) {
      if (experiment.arms.empty()) continue;
      const bool replaces = experiment.replaces != kNoIndex;
      const Index first = replaces ? experiment.replaces : experiment.arms.front().candidate;
      const Span span = replaces ? experiment.span : experiment.arms.front().span;
      for (const ExperimentModel::Arm& arm : experiment.arms) {
        if (first == kNoIndex || arm.candidate == kNoIndex) continue;
        if (Compare(first, arm.candidate, arm.span, span)) break;
      }
    }
  }

 private:
  bool Compare(Index old, Index replacement, Span span, Span old_span) {
    const CandidateModel& from = model_.candidates[old];
    const CandidateModel& to = model_.candidates[replacement];
    const std::optional<std::string> difference = Difference(from, to);
    if (!difference) return false;
    Diagnostic& diagnostic = diagnostics_.Add(Code::k0604, span, *difference);
    if (old_span.begin != span.begin)
      diagnostic.related.push_back({old_span, fmt::format("`{}` stands here", from.name)});
    diagnostic.help.emplace_back(
        "what one part of the users stored, the other could not find: embed all of it anew with "
        "the new model, then let the route name that one");
    return true;
  }

  const PolicyModel& model_;
  Diagnostics& diagnostics_;
};

}  // namespace

void FindVectorSpaceProblems(const PolicyModel& model, Diagnostics& diagnostics) {
  Finder(model, diagnostics).Find();
}

}  // namespace mlp::compiler
