// A request that a claim does not hold for, and under what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagram/cells.hpp"
#include "compiler/diagram/reach.hpp"
#include "compiler/prove/claim_region.hpp"
#include "compiler/prove/live_values.hpp"

namespace mlp::compiler {

/// What a claim is asked about: the requests of one label that end at one leaf at one instant, with
/// asks and tokens within `reached`.
struct ClaimCase {
  std::int64_t at_s = 0;
  std::size_t root = 0;
  const ReachedLeaf* reached = nullptr;
  std::uint32_t label = 0;
};

[[nodiscard]] inline TokenRange BoxOf(const ReachedLeaf& reached) {
  return {reached.first_input, reached.last_input, reached.first_output, reached.last_output};
}

struct Counterexample {
  std::int64_t at_s = 0;
  std::size_t root = 0;
  ReachedLeaf reached;
  std::uint32_t label = 0;
  Index row = kNoIndex;  ///< of the leaf; kNoIndex: the claim is about the list
  /// The row is whose endpoint the vectors' one is like: the prompt goes there for `similar`.
  bool vectors = false;
  TokenRange box;  ///< these and the lines: requests alike
  std::vector<Guard> lines;
  TokenPoint point;
  std::uint64_t asks = 0;
  std::vector<Index> canaries;                                 ///< rollouts
  std::vector<std::pair<Index, std::uint32_t>> budget_levels;  ///< millionths used
  std::vector<LiveValue> live;
  bool without_live = false;      ///< some `live.` condition does not hold
  std::vector<std::string> down;  ///< models and providers
  std::string because;
};

/// What a prover has found so far.
struct ClaimFindings {
  std::vector<Counterexample> counterexamples;  ///< one for each route, step and candidate
  bool incomplete = false;                      ///< past a limit: nothing more is known
};

}  // namespace mlp::compiler
