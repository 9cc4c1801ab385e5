// Text of the OpenMetrics 1.0 format, as Prometheus and its kin scrape it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/core/wide.hpp"

namespace mlp {

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram, kInfo, kStateSet };

struct MetricLabel {
  std::string_view name;
  std::string_view value;  ///< any bytes; those that are not UTF-8 become U+FFFD
};

/// Writes one exposition: families one after another, each with all of its samples. What the
/// format demands of names, order, labels and numbers is done here; that a family's samples are
/// distinct and its names are new is the caller's part.
class OpenMetricsWriter {
 public:
  /// Begins a family. Its name ends with `unit` where there is one; `_total`, `_info` and the
  /// suffixes of a histogram are added to its samples.
  void Family(std::string_view name, MetricType type, std::string_view unit, std::string_view help);

  using Labels = std::span<const MetricLabel>;
  void Sample(Labels labels, std::uint64_t value);
  void Sample(Labels labels, std::int64_t value);
  /// `value` / 10^decimals, exactly.
  void Decimal(Labels labels, UInt128 value, int decimals);
  /// Of a kStateSet: `state` is its label's value.
  void State(Labels labels, std::string_view state, bool on);
  /// `counts` are those of each bucket alone, the last one of what lies beyond every bound; `sum`
  /// is in units of 10^-decimals. `bounds` are canonical, ascending, one fewer than counts.
  void Histogram(Labels labels, std::span<const std::string_view> bounds,
                 std::span<const std::uint64_t> counts, UInt128 sum, int decimals);

  /// The whole text; the writer is empty afterwards.
  [[nodiscard]] std::string Finish();

 private:
  void Begin(std::string_view suffix, Labels labels, MetricLabel extra);
  void End(std::string_view number);

  std::string text_;
  std::string name_;
  MetricType type_ = MetricType::kGauge;
};

/// What a scrape's answer names as its content.
inline constexpr std::string_view kOpenMetricsContentType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `value` / 10^decimals without trailing zeros behind the point: `0.5`, `12`.
[[nodiscard]] std::string DecimalText(UInt128 value, int decimals);

}  // namespace mlp
