#include "compiler/explain/chain.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <vector>

namespace mlp::compiler {
namespace {

std::int64_t Add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

}  // namespace

std::int64_t WorstChainCost(std::span<const std::int64_t> costs_pico, std::uint32_t retries,
                            std::uint32_t attempts) {
  const std::size_t tried = std::min<std::size_t>(costs_pico.size(), attempts);
  std::vector<std::int64_t> costs(costs_pico.begin(),
                                  costs_pico.begin() + static_cast<std::ptrdiff_t>(tried));
  std::int64_t sum = 0;
  for (const std::int64_t cost : costs) {
    if (cost < 0) return -1;
    sum = Add(sum, cost);
  }
  // With more candidates than attempts no retry keeps one for each later candidate, until the last
  // ones are near: then none is left. Otherwise what is over goes to the dearest.
  if (costs_pico.size() > attempts) return sum;
  std::size_t over = attempts - tried;
  std::sort(costs.begin(), costs.end(), std::greater<>());
  for (const std::int64_t cost : costs) {
    for (std::uint32_t retry = 0; retry < retries && over > 0; ++retry, --over)
      sum = Add(sum, cost);
  }
  return sum;
}

}  // namespace mlp::compiler
