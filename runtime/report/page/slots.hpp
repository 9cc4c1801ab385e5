// How a window of time is cut into equal slots for plots.
#pragma once

#include <cstdint>

namespace mlp {

/// Of one plot: what a line or a row of columns of 960 pixels shows well.
inline constexpr std::int64_t kMostSlots = 130;

/// The widest span that a slot needs so that at most kMostSlots cover first_us to last_us, from a
/// minute upwards in steps that people count in.
[[nodiscard]] std::int64_t ChooseSlotUs(std::int64_t first_us, std::int64_t last_us);

}  // namespace mlp
