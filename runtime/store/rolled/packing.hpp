// How sums lie in a file: histograms and lists of counters as bytes, ends as words.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "mlp/error_class.hpp"
#include "runtime/core/histogram.hpp"

namespace mlp {

/// Appends whole numbers in as many groups of 7 bits as they need (LEB128).
class NumberPacker {
 public:
  void Add(std::uint64_t value);
  /// Near 0 short on both sides.
  void AddSigned(std::int64_t value);
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
};

/// Hands the numbers out again. After the end, and from bytes that are none of ours, 0 and not ok.
class NumberUnpacker {
 public:
  explicit NumberUnpacker(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t Next() noexcept;
  [[nodiscard]] std::int64_t NextSigned() noexcept;
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool at_end() const noexcept { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

/// Buckets as distances and counts; empty for an empty one.
[[nodiscard]] std::string PackHistogram(const Histogram& histogram);
/// Adds to `histogram`; false where the bytes are damaged.
[[nodiscard]] bool UnpackHistogram(std::string_view bytes, Histogram& histogram);

using EndCounts = std::array<std::int64_t, kErrorClassCount>;
/// `none=812 timeout=3`: by name, so that a new class never changes the meaning of old sums.
[[nodiscard]] std::string PackEnds(const EndCounts& ends);
/// Adds to `ends`; false at a class that this mlp does not know, and at damage.
[[nodiscard]] bool UnpackEnds(std::string_view words, EndCounts& ends);

}  // namespace mlp
