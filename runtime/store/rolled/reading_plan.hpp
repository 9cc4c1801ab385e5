// From a window to what answers it: rows where every call is wanted and still there, and the widest
// sums that fit elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/store/rolled/cell.hpp"

namespace mlp {

/// From when on a store has what; microseconds since 1970, multiples of the next wider span.
struct KeptFrom {
  std::int64_t calls_us = 0;
  std::int64_t minutes_us = 0;
  std::int64_t hours_us = 0;
};

/// How coarse the store is at an instant, in microseconds: the span of the finest sums, 1 where
/// there are rows.
[[nodiscard]] std::int64_t StepAt(std::int64_t instant_us, const KeptFrom& kept) noexcept;

struct ReadingPiece {
  std::optional<RollLevel> level;  ///< nothing: rows
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
  friend bool operator==(const ReadingPiece&, const ReadingPiece&) = default;
};

/// The window with its ends moved outwards to where a span begins, where nothing finer is kept.
struct WidenedWindow {
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
  friend bool operator==(const WidenedWindow&, const WidenedWindow&) = default;
};
[[nodiscard]] WidenedWindow Widen(std::int64_t from_us, std::int64_t to_us, const KeptFrom& kept);

/// Pieces in the order of time that make up the window, which is a widened one. Sums of a span are
/// taken where `grain_us` is a multiple of it (0: always), and where there is nothing finer.
[[nodiscard]] std::vector<ReadingPiece> PlanReading(const WidenedWindow& window,
                                                    std::int64_t grain_us, const KeptFrom& kept);

}  // namespace mlp
