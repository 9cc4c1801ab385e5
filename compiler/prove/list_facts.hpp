// What a claim may ask of a whole list: how many candidates, what a call may cost, how long it
// takes.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/prove/list_case.hpp"

namespace mlp::compiler {

/// In the fact's unit; but for the costs, which depend on tokens.
[[nodiscard]] std::int64_t ListFactOf(const ListCase& here, const RowList& list, ListFact fact);

/// All attempts of a call together (WorstCallCost); -1 where one has no price.
[[nodiscard]] std::int64_t ChainCostAt(const ListCase& here, const RowList& list,
                                       const TokenPoint& point);

/// What a comparison is about, for `row` of the list, in words; empty for those of the request.
[[nodiscard]] std::string ListWords(const ListCase& here, const RowList& list, std::uint32_t row,
                                    const TokenPoint& point, const CandidateAtom& atom);

}  // namespace mlp::compiler
