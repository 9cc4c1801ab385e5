// Figures of a report in the words of its text and its page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/report/report.hpp"

namespace mlp {

/// 1234567 as `1,234,567`.
[[nodiscard]] std::string Grouped(std::int64_t value);

/// A share with two decimals, cut and not rounded, so that what is not all never reads 100%; `-` of
/// nothing.
[[nodiscard]] std::string Percent(std::int64_t part, std::int64_t whole);

/// `950 us`, `9.9 ms`, `12 ms`, `1.2 s`, `100 s`.
[[nodiscard]] std::string Duration(std::int64_t us);

/// The quantile, `-` where there was no sample.
[[nodiscard]] std::string Quantile(const Quantiles& quantiles, std::int64_t value_us);

/// `2026-11-20 14:00`
[[nodiscard]] std::string Minute(std::int64_t instant_us);

[[nodiscard]] std::string RouteName(const ReportRow& row);

/// `free-tier` or `free-tier acme`.
[[nodiscard]] std::string BudgetRowName(const BudgetRow& row);
/// Of its limit, reservations included; `-` without a limit.
[[nodiscard]] std::string UsedShare(const BudgetRow& row);
/// As MoneySum::Rounded.
[[nodiscard]] std::string Dollars(Money amount);
[[nodiscard]] std::string LimitWords(const BudgetRow& row);
/// `$12.35`, `$120.00 over` where it passes the limit, `-` where it is too early to tell.
[[nodiscard]] std::string ForecastWords(const BudgetRow& row);

/// What a reader must know before trusting the numbers, one sentence each.
[[nodiscard]] std::vector<std::string> Remarks(const Report& report);

}  // namespace mlp
