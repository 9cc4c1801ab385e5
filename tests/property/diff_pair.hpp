// Random pairs of policies for comparisons, and every request of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mlp/request.hpp"
#include "tests/property/compiled.hpp"

namespace mlp::oracle {

struct DiffPair {
  std::unique_ptr<Compiled> older;
  std::unique_ptr<Compiled> newer;
  std::string older_text;
  std::string newer_text;
};

/// The same pair for the same seed: two of three times a policy and an edit of it, one of twelve
/// times one that tries another bound where a live condition fails, else two of their own. Nothing
/// where an attribute has two types, so that they are not asked the same words.
[[nodiscard]] std::optional<DiffPair> MakePair(std::uint64_t seed);

/// Every request that one of the policies declares, as words: all values, of texts one of each
/// class that either tells apart, one key, all subsets of sets.
[[nodiscard]] std::vector<AttributeWords> EveryRequest(const DiffPair& pair);

/// Within the horizons every date that either text writes, and what lies 30 days before it, each
/// with the second before: both ends of each interval between dates on which something may change.
[[nodiscard]] std::vector<std::int64_t> EveryDate(const DiffPair& pair);

}  // namespace mlp::oracle
