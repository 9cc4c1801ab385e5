#include "compiler/prove/list_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "compiler/prove/attempt.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

std::vector<Index> ProvidersOf(const ListCase& here, const RowList& list) {
  std::vector<Index> providers;
  for (const std::uint32_t row : list) {
    providers.push_back(here.model.candidates[here.leaf.rows[row].candidate].provider);
  }
  return providers;
}

std::vector<Index> CandidatesOf(const ListCase& here, const RowList& list) {
  std::vector<Index> candidates;
  for (const std::uint32_t row : list) candidates.push_back(here.leaf.rows[row].candidate);
  return candidates;
}

}  // namespace

std::int64_t ListFactOf(const ListCase& here, const RowList& list, ListFact fact) {
  const std::vector<Index> providers = ProvidersOf(here, list);
  switch (fact) {
    case ListFact::kCandidates:
      return static_cast<std::int64_t>(list.size());
    case ListFact::kProviders:
      return static_cast<std::int64_t>(std::set<Index>(providers.begin(), providers.end()).size());
    case ListFact::kAttempts:
      return MostAttempts(list.size(), here.limits);
    case ListFact::kChainTime:
      return WorstCallTimeMs(here.model, here.route, CandidatesOf(here, list));
    case ListFact::kAttemptCost:
    case ListFact::kChainCost:
      break;
  }
  return 0;
}

std::int64_t ChainCostAt(const ListCase& here, const RowList& list, const TokenPoint& point) {
  std::vector<std::int64_t> costs;
  const std::int64_t output = std::min(point.output, here.route.output_cap);
  for (const std::uint32_t row : list) {
    costs.push_back(
        AttemptCostAt(here.model, here.leaf.rows[row], here.place, point.input, output));
  }
  return WorstCallCost(costs, here.limits);
}

std::string ListWords(const ListCase& here, const RowList& list, std::uint32_t row,
                      const TokenPoint& point, const CandidateAtom& atom) {
  if (atom.kind != CandidateAtom::Kind::kList || atom.list_fact == ListFact::kAttemptCost) {
    const std::string words =
        CandidateWords(here.context, here.leaf.rows[row], here.place, point, atom);
    if (words.empty()) return words;
    return fmt::format("of `{}`: {}", here.model.candidates[here.leaf.rows[row].candidate].name,
                       words);
  }
  const std::int64_t value = ListFactOf(here, list, atom.list_fact);
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
      const std::int64_t cost = ChainCostAt(here, list, point);
      return cost < 0 ? std::string("an attempt has no price")
                      : fmt::format("all attempts of a call may cost {}", ToString(Money{cost}));
    }
    case ListFact::kAttemptCost:
      break;
  }
  return {};
}

}  // namespace mlp::compiler
