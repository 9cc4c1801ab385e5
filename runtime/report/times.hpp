// Times while a report is made: each by itself, or as histograms where only those are kept.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/core/histogram.hpp"
#include "runtime/report/report.hpp"

namespace mlp {

class Times {
 public:
  void Add(std::int64_t us) { samples_.push_back(us); }
  void Merge(const Histogram& histogram) { histogram_.Merge(histogram); }

  /// Exact where no histogram came, else within Histogram::kError_ppm. Nothing may be added
  /// afterwards.
  [[nodiscard]] Quantiles Finish();

 private:
  std::vector<std::int64_t> samples_;
  Histogram histogram_;
};

}  // namespace mlp
