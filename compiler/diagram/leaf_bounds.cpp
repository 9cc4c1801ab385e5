#include "compiler/diagram/leaf_bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/guards.hpp"
#include "mlp/money.hpp"
#include "runtime/core/pricing.hpp"

namespace mlp::compiler {
namespace {

/// The box cut into cells in which every bound with a negative factor is constant. The other bounds
/// only tighten as tokens grow, so a cell's largest corner is the hardest to serve, its smallest
/// the easiest. Negative factors stand only in bounds of one axis.
struct Cell {
  std::int64_t first_input;
  std::int64_t last_input;
  std::int64_t first_output;
  std::int64_t last_output;
};

std::vector<std::int64_t> Begins(std::int64_t first, std::int64_t last,
                                 std::vector<std::int64_t> cuts) {
  std::vector<std::int64_t> begins{first};
  std::sort(cuts.begin(), cuts.end());
  for (const std::int64_t cut : cuts) {
    if (begins.back() < cut && cut <= last) begins.push_back(cut);
  }
  return begins;
}

std::vector<Cell> Cells(std::span<const CandidateEntry> rows, const ReachedLeaf& reached,
                        std::int64_t output_cap) {
  std::vector<std::int64_t> input_cuts;
  std::vector<std::int64_t> output_cuts;
  for (const CandidateEntry& row : rows) {
    for (const Guard& guard : row.guards) {
      // -a * x <= c begins to hold at x = ceil(-c / a).
      if (guard.a < 0) input_cuts.push_back((-guard.c + -guard.a - 1) / -guard.a);
      if (guard.b < 0) output_cuts.push_back((-guard.c + -guard.b - 1) / -guard.b);
    }
  }
  const std::int64_t first_output = std::min(reached.first_output, output_cap);
  const std::int64_t last_output = std::min(reached.last_output, output_cap);
  const auto inputs = Begins(reached.first_input, reached.last_input, std::move(input_cuts));
  const auto outputs = Begins(first_output, last_output, std::move(output_cuts));
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      cells.push_back({inputs[i], i + 1 < inputs.size() ? inputs[i + 1] - 1 : reached.last_input,
                       outputs[o], o + 1 < outputs.size() ? outputs[o + 1] - 1 : last_output});
    }
  }
  return cells;
}

std::uint64_t MostAsks(const PolicyModel& model, const ReachedLeaf& reached) {
  return model.asks == kNoIndex ? 0 : model.attributes[model.asks].members & ~reached.asks_none;
}

/// The output before the cap that the route sees as `capped`.
std::int64_t Uncapped(std::int64_t capped, const ReachedLeaf& reached, std::int64_t output_cap) {
  return capped == output_cap ? std::max(capped, reached.first_output) : capped;
}

/// A bound in picodollars: limits of tokens have no factor but 1.
bool IsCost(const Guard& guard) {
  const auto counts = [](std::int64_t factor) { return -1 <= factor && factor <= 1; };
  return !counts(guard.a) || !counts(guard.b);
}

/// The least value of [first, last] at which `fails` holds; it holds at `last` and from the least
/// one on.
template <typename Fails>
std::int64_t Least(std::int64_t first, std::int64_t last, const Fails& fails) {
  while (first < last) {
    const std::int64_t middle = first + (last - first) / 2;
    if (fails(middle)) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return last;
}

}  // namespace

bool RowHolds(const CandidateEntry& row, const LeafPoint& point, std::int64_t output_cap) {
  const std::int64_t output = std::min(point.output, output_cap);
  return (point.asks & ~row.capabilities) == 0 &&
         std::all_of(row.guards.begin(), row.guards.end(),
                     [&](const Guard& guard) { return Holds(guard, point.input, output); });
}

bool IsServed(const DiagramLeaf& leaf, const LeafPoint& point, std::int64_t output_cap) {
  return std::any_of(leaf.rows.begin(), leaf.rows.end(), [&](const CandidateEntry& row) {
    return row.rollout == kNoIndex && RowHolds(row, point, output_cap);
  });
}

std::vector<LeafPoint> UnservedPoints(const PolicyModel& model, const DiagramLeaf& leaf,
                                      const ReachedLeaf& reached) {
  const std::int64_t cap = model.routes[leaf.route].output_cap;
  std::vector<LeafPoint> points;
  for (const Cell& cell : Cells(leaf.rows, reached, cap)) {
    const LeafPoint hardest{MostAsks(model, reached), cell.last_input,
                            Uncapped(cell.last_output, reached, cap)};
    if (IsServed(leaf, hardest, cap)) continue;
    const auto fewer_asks = [&](LeafPoint point) {
      for (unsigned bit = 0; bit < 64; ++bit) {
        LeafPoint fewer = point;
        fewer.asks &= ~(std::uint64_t{1} << bit) | reached.asks_all;
        if (!IsServed(leaf, fewer, cap)) point = fewer;
      }
      return point;
    };
    // Within a cell what is out stays out as tokens grow, so halving finds the least exactly.
    const auto fewer_tokens = [&](LeafPoint point) {
      const auto least_output =
          Least(cell.first_output, std::min(point.output, cap), [&](std::int64_t output) {
            return !IsServed(leaf, {point.asks, point.input, output}, cap);
          });
      point.output = Uncapped(least_output, reached, cap);
      point.input = Least(cell.first_input, point.input, [&](std::int64_t input) {
        return !IsServed(leaf, {point.asks, input, point.output}, cap);
      });
      return point;
    };
    points.push_back(fewer_tokens(fewer_asks(hardest)));
    const LeafPoint small = fewer_asks(fewer_tokens(hardest));
    if (small.asks != points.back().asks) points.push_back(small);
    return points;
  }
  return points;
}

std::optional<LeafPoint> ServedPoint(const PolicyModel& model, Index route,
                                     const CandidateEntry& row, const ReachedLeaf& reached) {
  const std::int64_t cap = model.routes[route].output_cap;
  for (const Cell& cell : Cells({&row, 1}, reached, cap)) {
    const LeafPoint point{reached.asks_all, cell.first_input,
                          Uncapped(cell.first_output, reached, cap)};
    if (RowHolds(row, point, cap)) return point;
  }
  return std::nullopt;
}

bool MayServe(const PolicyModel& model, Index route, const CandidateEntry& row,
              const ReachedLeaf& reached) {
  return ServedPoint(model, route, row, reached).has_value();
}

std::uint32_t ReasonsAt(const DiagramLeaf& leaf, const LeafPoint& point, std::int64_t output_cap) {
  std::uint32_t reasons = 0;
  const std::int64_t output = std::min(point.output, output_cap);
  for (const CandidateEntry& row : leaf.rows) {
    if (row.rollout != kNoIndex) continue;
    if ((point.asks & ~row.capabilities) != 0) {
      reasons |= 1;
      continue;
    }
    for (const Guard& guard : row.guards) {
      if (Holds(guard, point.input, output)) continue;
      reasons |= IsCost(guard) ? 4 : 2;
      break;
    }
  }
  return reasons;
}

std::string BrokenBound(const PolicyModel& model, const CandidateEntry& row, const LeafPoint& point,
                        std::int64_t output_cap) {
  const std::uint64_t lacking = point.asks & ~row.capabilities;
  if (lacking != 0) return "lacks " + CapabilityWords(model, lacking);
  const std::int64_t output = std::min(point.output, output_cap);
  for (const Guard& guard : row.guards) {
    if (Holds(guard, point.input, output)) continue;
    if (guard.a == 1 && guard.b == 1) {
      return fmt::format("takes at most {} tokens of input and output", TokenWords(guard.c));
    }
    if (guard.a == 1 && guard.b == 0) {
      return fmt::format("takes at most {} tokens of input", TokenWords(guard.c));
    }
    if (guard.a == 0 && guard.b == 1) {
      return fmt::format("takes at most {} tokens of output", TokenWords(guard.c));
    }
    if (guard.a == -1 && guard.b == 0) {
      return fmt::format("is tried for {} tokens of input and more", TokenWords(-guard.c));
    }
    if (guard.a == 0 && guard.b == -1) {
      return fmt::format("is tried for {} tokens of output and more", TokenWords(-guard.c));
    }
    const ProviderModel& provider = model.providers[model.candidates[row.candidate].provider];
    const std::int64_t price_micro =
        row.endpoint == kNoIndex ? 1'000'000 : provider.endpoints[row.endpoint].price_micro;
    const UInt128 cost = TokensTimesPrice(point.input, guard.a) + TokensTimesPrice(output, guard.b);
    return fmt::format("may cost {} for one attempt, above the bound",
                       ToString(Money{ApplyPriceFactor(
                           cost, static_cast<std::uint32_t>(price_micro), Rounding::kUp)}));
  }
  return "is out";
}

}  // namespace mlp::compiler
