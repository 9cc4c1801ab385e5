// What a budget's period is forecast to cost.
#include <optional>

#include <boost/test/unit_test.hpp>

#include "mlp/budgets.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kDay = 86'400;

std::int64_t Pico(std::optional<Money> money) { return money ? money->pico_usd : -1; }

BOOST_AUTO_TEST_CASE(a_forecast_goes_on_as_the_period_began) {
  struct Row {
    std::int64_t spent;
    std::int64_t from;
    std::int64_t to;
    std::int64_t now;
    std::int64_t forecast;  ///< -1: none
  };
  constexpr std::int64_t kMonth = 30 * kDay;
  const Row rows[] = {
      {0, 0, kDay, kDay / 2, 0},
      {100, 0, kDay, kDay / 2, 200},
      {100, 0, kDay, kDay / 4, 400},
      {100, 5 * kDay, 6 * kDay, 5 * kDay + kDay / 4, 400},
      {100, 0, kDay, 3'600, 2'400},
      {100, 0, kDay, 3'599, -1},
      {100, 0, kDay, -1, -1},
      {100, 0, kDay, kDay - 1, 100},
      {100, 0, kDay, kDay, -1},
      {90 * kPicoPerUsd, 0, kMonth, 9 * kDay, 300 * kPicoPerUsd},
      {INT64_MAX, 0, kDay, kDay / 2, INT64_MAX},
      {-5, 0, kDay, kDay / 2, 0},
      {100, 7, 7, 7, -1},
  };
  for (const Row& row : rows) {
    BOOST_TEST(Pico(ForecastSpend({row.spent}, row.from, row.to, row.now)) == row.forecast,
               row.spent << " by " << row.now);
  }
}

}  // namespace
}  // namespace mlp
