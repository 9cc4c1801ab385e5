// Whether a provider is there, from the answers to the questions how it is. Pure.
#pragma once

#include <cstdint>

#include "mlp/tables.hpp"

namespace mlp::engine {

/// Down after probe_down_after failures in a row, up again after probe_up_after successes in a row.
/// While it is up the questions keep their interval, so that an outage is found as fast as the
/// policy says; once it is down each further failure lengthens the wait by probe_backoff_ppm, up to
/// probe_max_ms.
class ProbeState {
 public:
  explicit ProbeState(const Provider& provider) noexcept
      : every_ms_(provider.probe_every_ms),
        most_ms_(provider.probe_max_ms),
        backoff_ppm_(provider.probe_backoff_ppm),
        down_after_(provider.probe_down_after),
        up_after_(provider.probe_up_after) {}

  /// The end of a question; returns the time until the next, in milliseconds.
  std::int64_t Report(bool success) noexcept;

  [[nodiscard]] bool up() const noexcept { return up_; }

 private:
  std::int64_t every_ms_;
  std::int64_t most_ms_;
  std::int64_t backoff_ppm_;
  std::uint32_t down_after_;
  std::uint32_t up_after_;
  bool up_ = true;
  std::uint32_t in_a_row_ = 0;  // against the present state
  std::int64_t wait_ms_ = 0;    // when down; 0: none yet
};

}  // namespace mlp::engine
