// What a store says about the calls of a window, per route and per model: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mlp/call.hpp"
#include "mlp/error_class.hpp"
#include "mlp/money.hpp"
#include "runtime/core/money_sum.hpp"
#include "runtime/report/evidence/evidence.hpp"

namespace mlp {

/// Quantiles of `count` samples by nearest rank: the least sample that at least p% of the samples
/// do not exceed; see Report::summed. 0 without samples.
struct Quantiles {
  std::int64_t count = 0;
  std::int64_t p50_us = 0;
  std::int64_t p95_us = 0;
  std::int64_t p99_us = 0;
  friend bool operator==(const Quantiles&, const Quantiles&) = default;
};

/// One route, one model, or everything. A call is answered when one of its attempts succeeded and
/// the call did too; the last such attempt is the one that answered. A call that the cache answered
/// has no attempt.
struct ReportRow {
  std::string name;           ///< of a route; empty: calls that no route took
  std::int64_t calls = 0;     ///< route: its calls; model: calls that tried it
  std::int64_t answered = 0;  ///< route: its calls that were; model: calls that it answered
  std::int64_t attempts = 0;
  std::int64_t succeeded = 0;  ///< attempts
  std::int64_t retries = 0;    ///< attempts of that kind
  std::int64_t hedges = 0;
  std::int64_t fallbacks = 0;  ///< answered calls that another model answered than was tried first
                               ///< (model: this one was tried first)
  std::int64_t cache_asked = 0;  ///< route: calls that its cache was for
  std::int64_t cached = 0;       ///< those of them that it answered, or another call at the time
  std::int64_t took_over = 0;    ///< model: answered calls that were begun on another
  Quantiles latency;             ///< route: of answered calls; model: of successful attempts
  Quantiles first_byte;          ///< of successful attempts that state it
  Usage tokens;                  ///< sums; its flags and stated cost are not used
  MoneySum cost;
  std::int64_t unpriced = 0;    ///< attempts without a price, which cost 0 here
  std::int64_t unverified = 0;  ///< attempts whose stated total is not what the classes sum to
  std::int64_t unreported = 0;  ///< successful attempts without usage
  /// By ErrorClass. Route: what calls ended with; model: what attempts ended with.
  std::array<std::int64_t, kErrorClassCount> outcomes{};

  friend bool operator==(const ReportRow&, const ReportRow&) = default;
};

/// A budget's money in the day or month of UTC that holds the report's instant, for one value of
/// its `per` attribute.
struct BudgetRow {
  std::string budget;
  std::string value;  ///< empty where the budget has one ledger for all
  bool month = false;
  std::int64_t from_s = 0;  ///< of the period, seconds since 1970
  std::int64_t to_s = 0;
  Money spent;
  Money reserved;                 ///< by calls under way
  Money limit = {INT64_MAX};      ///< INT64_MAX: none; else as of the last reservation
  std::optional<Money> forecast;  ///< see ForecastSpend
  friend bool operator==(const BudgetRow&, const BudgetRow&) = default;
};

/// Rows are in the order of calls, most first, then of names.
struct Report {
  std::vector<std::string> files;
  std::int64_t from_us = 0;   ///< the window, inclusive
  std::int64_t to_us = 0;     ///< exclusive
  std::int64_t first_us = 0;  ///< start of the first and the last call in it; 0 without calls
  std::int64_t last_us = 0;
  /// Sums were read in place of calls: quantiles are off by Histogram::kError_ppm at most. Counts
  /// and money are exact all the same.
  bool summed = false;
  bool widened = false;  ///< the window is wider than asked for: nothing finer is kept
  ReportRow total;       ///< as a route of all calls
  std::vector<ReportRow> routes;
  std::vector<ReportRow> models;
  std::vector<BudgetRow> budgets;  ///< by the used part of the limit, most first; see QueryBudgets
  std::string budget_trouble;      ///< why the ledger cannot be read, or empty
  Evidence evidence;               ///< see QueryEvidence
  std::int64_t dropped = 0;        ///< calls that are missing: the queue was full
  std::int64_t lost = 0;           ///< calls that are missing: they could not be written
};

}  // namespace mlp
