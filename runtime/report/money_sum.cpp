#include "runtime/report/money_sum.hpp"

#include <fmt/format.h>

namespace mlp {
namespace {

constexpr std::int64_t kPicoPerCent = kPicoPerUsd / 100;
constexpr std::int64_t kPicoPerSmall = kPicoPerUsd / 10'000;  // the least that Rounded() shows

}  // namespace

void MoneySum::Add(Money amount) noexcept {
  usd_ += amount.pico_usd / kPicoPerUsd;
  pico_ += amount.pico_usd % kPicoPerUsd;
  if (pico_ >= kPicoPerUsd) {
    pico_ -= kPicoPerUsd;
    ++usd_;
  } else if (pico_ < 0) {
    pico_ += kPicoPerUsd;
    --usd_;
  }
}

void MoneySum::Add(const MoneySum& other) noexcept {
  usd_ += other.usd_;
  Add(Money{other.pico_});
}

void MoneySum::Subtract(const MoneySum& other) noexcept {
  usd_ -= other.usd_;
  Add(Money{-other.pico_});
}

std::string MoneySum::Decimal() const {
  const bool negative = usd_ < 0;
  const std::int64_t usd = negative && pico_ > 0 ? -(usd_ + 1) : (negative ? -usd_ : usd_);
  const std::int64_t pico = negative && pico_ > 0 ? kPicoPerUsd - pico_ : pico_;
  std::string text = fmt::format("{}{}.{:012}", negative ? "-" : "", usd, pico);
  const std::size_t shortest = text.find('.') + 3;
  while (text.size() > shortest && text.back() == '0') text.pop_back();
  return text;
}

std::string MoneySum::Rounded() const {
  if (usd_ < 0) return "$" + Decimal();
  if (usd_ == 0 && pico_ == 0) return "$0.00";
  if (usd_ == 0 && pico_ < kPicoPerSmall) return "<$0.0001";
  if (usd_ == 0 && pico_ < kPicoPerUsd - kPicoPerSmall / 2) {
    return fmt::format("$0.{:04}", (pico_ + kPicoPerSmall / 2) / kPicoPerSmall);
  }
  const std::int64_t cents = (pico_ + kPicoPerCent / 2) / kPicoPerCent;
  return fmt::format("${}.{:02}", usd_ + cents / 100, cents % 100);
}

}  // namespace mlp
