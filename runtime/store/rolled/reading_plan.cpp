#include "runtime/store/rolled/reading_plan.hpp"

#include <algorithm>
#include <utility>

#include "runtime/core/floor_divide.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicros = 1'000'000;

constexpr std::int64_t SpanUs(RollLevel level) { return SpanSeconds(level) * kMicros; }

class Planner {
 public:
  Planner(std::int64_t grain_us, const KeptFrom& kept) : grain_us_(grain_us), kept_(kept) {}

  // Covers [from, to) with `level` and finer.
  void Cover(std::size_t levels, std::int64_t from_us, std::int64_t to_us) {
    if (from_us >= to_us) return;
    if (levels == 0) return Append({std::nullopt, from_us, to_us});
    const RollLevel level = kRollLevels[levels - 1];
    const std::int64_t first = CeilTo(from_us, SpanUs(level));
    std::int64_t end = FloorTo(to_us, SpanUs(level));
    const bool fits = grain_us_ % SpanUs(level) == 0;
    if (!fits) end = std::min(end, FinerFrom(level));
    if (first >= end) return Cover(levels - 1, from_us, to_us);
    Cover(levels - 1, from_us, first);
    Append({level, first, end});
    Cover(levels - 1, end, to_us);
  }

  std::vector<ReadingPiece> pieces;

 private:
  [[nodiscard]] std::int64_t FinerFrom(RollLevel level) const {
    return level == RollLevel::kDay    ? kept_.hours_us
           : level == RollLevel::kHour ? kept_.minutes_us
                                       : kept_.calls_us;
  }
  void Append(const ReadingPiece& piece) { pieces.push_back(piece); }

  const std::int64_t grain_us_;
  const KeptFrom& kept_;
};

}  // namespace

std::int64_t StepAt(std::int64_t instant_us, const KeptFrom& kept) noexcept {
  if (instant_us < kept.hours_us) return SpanUs(RollLevel::kDay);
  if (instant_us < kept.minutes_us) return SpanUs(RollLevel::kHour);
  if (instant_us < kept.calls_us) return SpanUs(RollLevel::kMinute);
  return 1;
}

WidenedWindow Widen(std::int64_t from_us, std::int64_t to_us, const KeptFrom& kept) {
  return {FloorTo(from_us, StepAt(from_us, kept)), CeilTo(to_us, StepAt(to_us, kept))};
}

std::vector<ReadingPiece> PlanReading(const WidenedWindow& window, std::int64_t grain_us,
                                      const KeptFrom& kept) {
  Planner planner(grain_us, kept);
  planner.Cover(kRollLevels.size(), window.from_us, window.to_us);
  return std::move(planner.pieces);
}

}  // namespace mlp
