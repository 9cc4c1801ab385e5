// A mergeable histogram of times: OpenTelemetry's base-2 exponential histogram at scale 5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mlp {

/// Bucket i holds (g^i, g^(i+1)] with g = 2^(1/32), as OpenTelemetry's and Prometheus' native
/// histograms of that scale, so counts go over without loss. A bucket speaks for 2 g^(i+1) / (g +
/// 1), which is off by (g - 1) / (g + 1) = 1.083% of a value at most. Merging adds counts, so it is
/// exact and in any order. Values are whole microseconds; below 1 counts as 1.
class Histogram {
 public:
  void Add(std::int64_t value_us) { AddTo(BucketOf(value_us)); }
  void AddTo(std::int32_t bucket, std::uint32_t count = 1);
  void Merge(const Histogram& other);
  /// Takes away what was merged before.
  void Subtract(const Histogram& other);
  void Clear() {
    buckets_.clear();
    count_ = 0;
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// By nearest rank, within 1.083%; nothing without values. 0 < share <= 1.
  [[nodiscard]] std::optional<std::int64_t> Quantile(double share) const;
  /// (bucket, count), ascending, no count 0.
  [[nodiscard]] const std::vector<std::pair<std::int32_t, std::uint32_t>>& buckets() const {
    return buckets_;
  }

  [[nodiscard]] static std::int32_t BucketOf(std::int64_t value_us);
  [[nodiscard]] static double MiddleOf(std::int32_t bucket);
  /// What a bucket's middle is off at most, in parts per million.
  static constexpr std::int64_t kError_ppm = 10'831;

  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  // Few calls of a model share a slot of time, so most buckets are empty.
  std::vector<std::pair<std::int32_t, std::uint32_t>> buckets_;
  std::uint64_t count_ = 0;
};

}  // namespace mlp
