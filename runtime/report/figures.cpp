#include "runtime/report/figures.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "runtime/report/since.hpp"
#include "runtime/store/ledger_file.hpp"

namespace mlp {

std::string Grouped(std::int64_t value) {
  std::string text = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t i = text.size(); i > first + 3;) text.insert(i -= 3, 1, ',');
  return text;
}

std::string Percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "-";
  if (part == whole) return "100%";
  const std::int64_t hundredths = part * 10'000 / whole;
  return fmt::format("{}.{:02}%", hundredths / 100, hundredths % 100);
}

std::string Duration(std::int64_t us) {
  if (us < 1'000) return fmt::format("{} us", us);
  if (us < 9'950) return fmt::format("{:.1f} ms", static_cast<double>(us) / 1e3);
  if (us < 999'500) return fmt::format("{:.0f} ms", static_cast<double>(us) / 1e3);
  if (us < 99'950'000) return fmt::format("{:.1f} s", static_cast<double>(us) / 1e6);
  return fmt::format("{:.0f} s", static_cast<double>(us) / 1e6);
}

std::string Quantile(const Quantiles& quantiles, std::int64_t value_us) {
  return quantiles.count == 0 ? "-" : Duration(value_us);
}

std::string Minute(std::int64_t instant_us) {
  std::string text = FormatInstant(instant_us).substr(0, 16);
  text[10] = ' ';
  return text;
}

std::string RouteName(const ReportRow& row) { return row.name.empty() ? "(no route)" : row.name; }

std::string BudgetRowName(const BudgetRow& row) {
  return row.value.empty() ? row.budget : row.budget + " " + row.value;
}

std::string UsedShare(const BudgetRow& row) {
  if (row.limit.pico_usd == INT64_MAX) return "-";
  const std::int64_t used = row.spent.pico_usd + row.reserved.pico_usd;
  constexpr std::int64_t kPpm = 1'000'000;
  return Percent(SharePpm(used, row.limit.pico_usd), kPpm);
}

std::string Dollars(Money amount) {
  MoneySum sum;
  sum.Add(amount);
  return sum.Rounded();
}

std::string LimitWords(const BudgetRow& row) {
  return row.limit.pico_usd == INT64_MAX ? "-" : Dollars(row.limit);
}

std::string ForecastWords(const BudgetRow& row) {
  if (!row.forecast) return "-";
  return Dollars(*row.forecast) + (*row.forecast > row.limit ? " over" : "");
}

std::vector<std::string> Remarks(const Report& report) {
  const ReportRow& total = report.total;
  const std::pair<std::int64_t, std::string_view> remarks[] = {
      {report.dropped, "calls are missing: the store's queue was full"},
      {report.lost, "calls are missing: they could not be written"},
      {total.unpriced, "attempts have no price and count as $0.00"},
      {total.unverified, "attempts state a token total that their classes do not sum to"},
      {total.unreported, "successful attempts state no usage and count as no tokens"},
  };
  std::vector<std::string> sentences;
  for (const auto& [count, remark] : remarks) {
    if (count > 0) sentences.push_back(fmt::format("{} {}", Grouped(count), remark));
  }
  if (report.widened) {
    sentences.push_back("the window is wider than asked for, from " + Minute(report.from_us) +
                        ": older calls are kept in sums by hour or day");
  }
  if (report.summed) {
    sentences.emplace_back(
        "quantiles are read off histograms, within 1.1% of a time; counts and money are exact");
  }
  if (!report.budgets.empty()) {
    sentences.emplace_back(
        "a forecast goes on as the day or month began, every hour alike, without what is reserved");
  }
  const std::string& evidence_trouble = report.evidence.trouble;
  if (!evidence_trouble.empty() && evidence_trouble == report.budget_trouble) {
    sentences.push_back("budgets, rollouts and experiments: " + evidence_trouble);
    return sentences;
  }
  if (!report.budget_trouble.empty()) sentences.push_back("budgets: " + report.budget_trouble);
  if (!evidence_trouble.empty()) {
    sentences.push_back("rollouts and experiments: " + evidence_trouble);
  }
  return sentences;
}

}  // namespace mlp
