#include "compiler/prove/similar.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/prove/onlookers.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kSoon = std::int64_t{30} * 86'400;

/// A statement, and the routes that have it: several where `defaults` gives it to them.
struct Statement {
  Span span;
  Index vectors = kNoIndex;
  std::vector<Index> routes;
};

std::vector<Statement> Statements(const PolicyModel& model) {
  std::vector<Statement> all;
  for (Index route = 0; route < model.routes.size(); ++route) {
    const RouteModel& facts = model.routes[route];
    if (facts.cache_vectors == kNoIndex || facts.cache_ttl_ms == 0) continue;
    const auto at = std::find_if(all.begin(), all.end(), [&](const Statement& one) {
      return one.span == facts.cache_span && one.vectors == facts.cache_vectors;
    });
    Statement& statement = at == all.end() ? all.emplace_back() : *at;
    statement.span = facts.cache_span;
    statement.vectors = facts.cache_vectors;
    statement.routes.push_back(route);
  }
  return all;
}

class Finder {
 public:
  Finder(const PolicyModel& model, const Diagram& diagram, Diagnostics& diagnostics)
      : model_(model), diagram_(diagram), diagnostics_(diagnostics) {}

  void Look(const Statement& statement, std::optional<std::int64_t> as_of_s) {
    NoEndpoint(statement);
    if (!Retired(statement) && as_of_s) Deprecated(statement, *as_of_s);
  }

 private:
  void NoEndpoint(const Statement& statement) {
    const CandidateEntry* beside = nullptr;
    for (const DiagramLeaf& leaf : diagram_.leaves) {
      const bool here = leaf.cache_ttl_ms != 0 &&
                        std::find(statement.routes.begin(), statement.routes.end(), leaf.route) !=
                            statement.routes.end();
      for (const CandidateEntry& row : leaf.rows) {
        if (!here) break;
        if (VectorsEndpoint(model_, statement.vectors, row)) return;
        if (beside == nullptr) beside = &row;
      }
    }
    if (beside == nullptr) return;
    const CandidateModel& vectors = model_.candidates[statement.vectors];
    const CandidateModel& first = model_.candidates[beside->candidate];
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0405, statement.span,
        fmt::format(
            "`{}` is never asked for vectors: no endpoint of `{}` has the same places as one "
            "of a candidate, such as `{}`",
            vectors.name, model_.providers[vectors.provider].name, first.name));
    diagnostic.severity = Severity::kError;
    diagnostic.related.push_back(
        {model_.providers[first.provider].span, fmt::format("serves `{}`", first.name)});
    diagnostic.help.emplace_back(
        "give its provider an endpoint with exactly the places of a candidate's, name another "
        "embedding model, or leave `similar` out");
  }

  bool Retired(const Statement& statement) {
    const CandidateModel& vectors = model_.candidates[statement.vectors];
    const ModelStatus first = StatusAt(vectors, model_.valid.from_s);
    const bool from_start = first == ModelStatus::kRetired || first == ModelStatus::kArchived;
    if (!from_start && vectors.retires_s >= model_.valid.to_s) return false;
    Add(Code::k0502, statement, from_start ? Severity::kError : Severity::kWarning,
        from_start ? "is retired"
                   : fmt::format("is retired from {} on", FormatInstant(vectors.retires_s)));
    return true;
  }

  void Deprecated(const Statement& statement, std::int64_t as_of_s) {
    const CandidateModel& vectors = model_.candidates[statement.vectors];
    const bool now = StatusAt(vectors, as_of_s) == ModelStatus::kDeprecated;
    const bool soon = vectors.retires_s != kForever && vectors.retires_s - as_of_s <= kSoon;
    if (!now && !soon) return;
    std::string what = now ? "is deprecated" : "";
    if (vectors.retires_s != kForever) {
      what += fmt::format("{}retires on {}", now ? " and " : "", FormatInstant(vectors.retires_s));
    }
    Add(Code::k0503, statement, soon ? Severity::kWarning : Severity::kNote, what);
  }

  void Add(Code code, const Statement& statement, Severity severity, const std::string& what) {
    const CandidateModel& vectors = model_.candidates[statement.vectors];
    Diagnostic& diagnostic =
        diagnostics_.Add(code, statement.span,
                         fmt::format("`similar` compares by `{}`, which {}", vectors.name, what));
    diagnostic.severity = severity;
    diagnostic.related.push_back({vectors.span, "the embedding model"});
    diagnostic.help.emplace_back(
        "name another embedding model: answers that are kept by the old vectors are then shared by "
        "equal prompts alone");
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  Diagnostics& diagnostics_;
};

}  // namespace

void FindSimilarProblems(const PolicyModel& model, const Diagram& diagram,
                         std::optional<std::int64_t> as_of_s, Diagnostics& diagnostics) {
  Finder finder(model, diagram, diagnostics);
  for (const Statement& statement : Statements(model)) finder.Look(statement, as_of_s);
}

}  // namespace mlp::compiler
