#include "runtime/core/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

constexpr double kBucketsPerOctave = 32;

bool Before(const std::pair<std::int32_t, std::uint32_t>& entry, std::int32_t bucket) {
  return entry.first < bucket;
}

}  // namespace

std::int32_t Histogram::BucketOf(std::int64_t value_us) {
  if (value_us <= 1) return -1;  // 1 = g^0 is the upper bound of (g^-1, g^0]
  const double position = std::log2(static_cast<double>(value_us)) * kBucketsPerOctave;
  return static_cast<std::int32_t>(std::ceil(position)) - 1;
}

double Histogram::MiddleOf(std::int32_t bucket) {
  const double base = std::exp2(1 / kBucketsPerOctave);
  return 2 * std::exp2((bucket + 1) / kBucketsPerOctave) / (base + 1);
}

void Histogram::AddTo(std::int32_t bucket, std::uint32_t count) {
  const auto at = std::lower_bound(buckets_.begin(), buckets_.end(), bucket, Before);
  if (at != buckets_.end() && at->first == bucket) {
    at->second += count;
  } else {
    buckets_.insert(at, {bucket, count});
  }
  count_ += count;
}

void Histogram::Merge(const Histogram& other) {
  for (const auto& [bucket, count] : other.buckets_) AddTo(bucket, count);
}

void Histogram::Subtract(const Histogram& other) {
  for (const auto& [bucket, count] : other.buckets_) {
    const auto at = std::lower_bound(buckets_.begin(), buckets_.end(), bucket, Before);
    if (at == buckets_.end() || at->first != bucket) continue;
    const std::uint32_t taken = std::min(at->second, count);
    at->second -= taken;
    count_ -= taken;
    if (at->second == 0) buckets_.erase(at);
  }
}

std::optional<std::int64_t> Histogram::Quantile(double share) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (const auto& [bucket, count] : buckets_) {
    seen += count;
    if (seen >= rank) return static_cast<std::int64_t>(std::llround(MiddleOf(bucket)));
  }
  return static_cast<std::int64_t>(std::llround(MiddleOf(buckets_.back().first)));
}

}  // namespace mlp
