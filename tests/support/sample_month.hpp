// A month of calls as a service might have made them, for pages that people look at: days and
// nights, weekends, an incident of a provider, a jump in cost, a rollout that does some harm.
#pragma once

#include <cstdint>
#include <functional>

#include "mlp/record.hpp"

namespace mlp {

struct SampleMonth {
  std::int64_t start_s = 1'792'972'800;  // 2026-10-26T00:00Z, a Monday
  int days = 30;
  double calls_per_hour = 60;  ///< at the middle of a working day
  std::uint64_t seed = 1;
};

/// In the order of time; the same for the same month.
void MakeSampleMonth(const SampleMonth& month, const std::function<void(CallRecord)>& visit);

}  // namespace mlp
