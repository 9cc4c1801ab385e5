// Sums of money beyond what one Money can hold: exact to the picodollar, up to 9 * 10^18 dollars.
#pragma once

#include <cstdint>
#include <string>

#include "mlp/money.hpp"

namespace mlp {

class MoneySum {
 public:
  MoneySum() = default;
  /// As usd() and pico() tell it; 0 <= pico < kPicoPerUsd.
  MoneySum(std::int64_t usd, std::int64_t pico) noexcept : usd_(usd), pico_(pico) {}

  void Add(Money amount) noexcept;
  void Add(const MoneySum& other) noexcept;
  void Subtract(const MoneySum& other) noexcept;

  /// The exact decimal without a sign of currency, at least two decimals: `12.345`, `0.00`.
  [[nodiscard]] std::string Decimal() const;
  /// For people: `$12.35`; below a dollar four decimals, below those `<$0.0001`.
  [[nodiscard]] std::string Rounded() const;

  /// Near the sum, for the height of a plot.
  [[nodiscard]] double Approximate() const noexcept {
    return static_cast<double>(usd_) +
           static_cast<double>(pico_) / static_cast<double>(kPicoPerUsd);
  }

  /// Whole dollars, rounded down, and the rest.
  [[nodiscard]] std::int64_t usd() const noexcept { return usd_; }
  [[nodiscard]] std::int64_t pico() const noexcept { return pico_; }

  friend bool operator==(const MoneySum&, const MoneySum&) = default;

 private:
  std::int64_t usd_ = 0;
  std::int64_t pico_ = 0;  // 0 <= pico_ < kPicoPerUsd: a negative sum is -1 dollar and a rest
};

}  // namespace mlp
