#include <algorithm>

#include <fmt/format.h>

#include "runtime/report/page/page_query.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kYear = 366 * std::int64_t{86'400};

std::int64_t CallsOf(const Report& report, std::string_view model) {
  for (const ReportRow& row : report.models) {
    if (row.name == model) return row.calls;
  }
  return 0;
}

std::string PerMillion(std::int64_t pico_per_token) {
  // Picodollars per token are millionths of dollars per million tokens.
  return pico_per_token < 0 ? "-" : ToString(Money{pico_per_token * 1'000'000}) + "/M";
}

std::string PriceWords(const Price& price) {
  return fmt::format("input {}, output {}{}",
                     PerMillion(price.per_token[static_cast<std::size_t>(TokenClass::kInput)]),
                     PerMillion(price.per_token[static_cast<std::size_t>(TokenClass::kOutput)]),
                     price.days != 0 ? ", at peak hours" : "");
}

}  // namespace

void AddCalendar(const Tables& tables, const Report& report, std::int64_t now_s, ReportPage& page) {
  page.has_policy = true;
  const auto ahead = [now_s](std::int64_t at_s) { return at_s >= now_s && at_s < now_s + kYear; };
  const auto add = [&](std::int64_t at_s, const char* what, const Model& model, std::string words) {
    if (!ahead(at_s)) return;
    page.dates.push_back(
        {at_s, what, std::string(model.name), std::move(words), CallsOf(report, model.name)});
  };
  for (const Model& model : tables.models) {
    const std::string successor = model.successor.empty()
                                      ? "no successor is named"
                                      : fmt::format("successor {}", model.successor);
    add(model.deprecated_s, "deprecated", model, successor);
    add(model.retires_s, "retires", model, successor);
    for (const Price& price : model.prices) {
      // A price that begins with a model's release changes nothing.
      const bool replaces = std::any_of(
          model.prices.begin(), model.prices.end(),
          [&](const Price& one) { return one.from_s < price.from_s && one.days == price.days; });
      if (replaces) add(price.from_s, "price", model, PriceWords(price));
    }
  }
  if (ahead(tables.valid_to_s)) {
    page.dates.push_back({tables.valid_to_s, "policy ends", "", "the policy's horizon ends", 0});
  }
  std::stable_sort(page.dates.begin(), page.dates.end(),
                   [](const PageDate& a, const PageDate& b) { return a.at_s < b.at_s; });
}

}  // namespace mlp
