// A window that slides: the last stretch of time in N slots of equal width.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mlp::engine {

/// Holds the slots of the N newest widths of time, so between (N - 1) / N and the whole of the
/// window. `Slot` is default-constructible and has Clear(). Not thread-safe; times in microseconds
/// of one clock, and one that lies before what was seen counts as no newer.
template <typename Slot, std::size_t N>
class SlidingRing {
 public:
  explicit SlidingRing(std::int64_t window_us)
      : width_us_((window_us + static_cast<std::int64_t>(N) - 1) / static_cast<std::int64_t>(N)) {
    if (width_us_ < 1) width_us_ = 1;
  }

  /// Moves on to an instant; `leaving` sees each slot with something in it before it is cleared.
  template <typename Leaving>
  void Advance(std::int64_t now_us, Leaving&& leaving) {
    const std::int64_t now = now_us / width_us_;
    if (now <= newest_) return;
    const std::int64_t behind = now - newest_;
    const std::int64_t count = behind < kSize ? behind : kSize;
    for (std::int64_t i = 1; i <= count; ++i) {
      Slot& slot = SlotOf(now - count + i);
      leaving(slot);
      slot.Clear();
    }
    newest_ = now;
  }
  void Advance(std::int64_t now_us) {
    Advance(now_us, [](const Slot&) {});
  }

  /// The slot of an instant after Advance to it or later; null where it has left the window.
  [[nodiscard]] Slot* At(std::int64_t at_us) {
    const std::int64_t at = at_us / width_us_;
    if (at <= newest_ - kSize) return nullptr;
    return &SlotOf(at < newest_ ? at : newest_);
  }

  [[nodiscard]] const std::array<Slot, N>& slots() const { return slots_; }

  void Clear() {
    for (Slot& slot : slots_) slot.Clear();
  }

 private:
  static constexpr auto kSize = static_cast<std::int64_t>(N);
  Slot& SlotOf(std::int64_t number) {
    return slots_[static_cast<std::size_t>(((number % kSize) + kSize) % kSize)];
  }

  std::int64_t width_us_;
  std::int64_t newest_ = 0;
  std::array<Slot, N> slots_{};
};

}  // namespace mlp::engine
