#include "runtime/report/page/slots.hpp"

#include <array>

#include "runtime/core/floor_divide.hpp"

namespace mlp {

std::int64_t ChooseSlotUs(std::int64_t first_us, std::int64_t last_us) {
  constexpr std::int64_t kMinuteUs = 60'000'000;
  constexpr std::int64_t kDayUs = 1'440 * kMinuteUs;
  constexpr std::array kSpans{kMinuteUs,       5 * kMinuteUs, 15 * kMinuteUs, 60 * kMinuteUs,
                              360 * kMinuteUs, kDayUs,        7 * kDayUs,     28 * kDayUs};
  const auto slots = [=](std::int64_t span) {
    return FloorDivide(last_us, span) - FloorDivide(first_us, span) + 1;
  };
  for (const std::int64_t span : kSpans) {
    if (slots(span) <= kMostSlots) return span;
  }
  std::int64_t span = kSpans.back();
  while (slots(span) > kMostSlots) span *= 2;
  return span;
}

}  // namespace mlp
