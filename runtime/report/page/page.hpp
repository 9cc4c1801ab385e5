// What a report's page shows beside the Report: calls over time, flows, arms. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "mlp/error_class.hpp"
#include "runtime/core/histogram.hpp"
#include "runtime/core/money_sum.hpp"

namespace mlp {

struct PageSlot {
  std::int64_t calls = 0;
  std::int64_t answered = 0;
  std::int64_t attempts = 0;
  std::int64_t cache_asked = 0;
  std::int64_t cached = 0;
  MoneySum cost;
  Histogram latency;                                          ///< of answered calls
  std::array<std::int64_t, kErrorClassCount> attempt_ends{};  ///< by ErrorClass
  std::vector<MoneySum> cost_by_model;                        ///< parallel to ReportPage::models
  std::vector<MoneySum> cost_by_route;                        ///< parallel to ReportPage::routes
};

/// Calls that did not end with the model they were begun on.
struct PageFlow {
  std::string from;
  std::string to;  ///< empty: nothing answered
  std::int64_t calls = 0;
  std::array<std::int64_t, kErrorClassCount> reasons{};  ///< how their first attempts ended
};

struct PageArm {
  std::int64_t calls = 0;
  std::int64_t units = 0;
  std::int64_t failing_units = 0;  ///< at least one of whose first attempts failed
};

/// What the records of the window say of a rollout or experiment.
struct PageRollout {
  std::string name;
  PageArm canary;
  PageArm stable;
  /// Per slot, up to its end: ln E of the canary's units failing more often.
  std::vector<double> harm;
};

struct PageMark {
  std::size_t slot = 0;
  double value = 0;
  double usual = 0;  ///< the median of the slots before
};

/// A date on which something changes by itself.
struct PageDate {
  std::int64_t at_s = 0;
  std::string what;  ///< `retires`, `deprecated`, `price`, `policy ends`
  std::string model;
  std::string words;
  std::int64_t calls = 0;  ///< of the window that tried the model
};

/// Something that could be done, in words, with what it would save.
struct PageAdvice {
  std::string title;
  std::string evidence;
  std::string next;   ///< what a person has to do or decide; may be empty
  std::string patch;  ///< an edit of the policy that was checked in full; empty: none
  MoneySum saves;     ///< in 30 days at the window's pace; 0: not a matter of money
};

/// Slot i is [start_us + i * slot_us, start_us + (i + 1) * slot_us).
struct ReportPage {
  std::int64_t start_us = 0;
  std::int64_t slot_us = 0;
  std::vector<PageSlot> slots;
  std::vector<std::string> models;  ///< by cost, dearest first
  std::vector<std::string> routes;
  std::vector<PageFlow> flows;  ///< most calls first
  std::vector<PageRollout> rollouts;
  std::vector<PageMark> cost_marks;
  std::vector<PageMark> latency_marks;  ///< of p95, microseconds
  std::vector<PageMark> failure_marks;  ///< of the share of failed attempts
  bool has_policy = false;              ///< dates and advice are known
  std::vector<PageDate> dates;
  std::vector<PageAdvice> advice;
};

}  // namespace mlp
