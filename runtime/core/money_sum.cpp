#include "runtime/core/money_sum.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kPicoPerCent = kPicoPerUsd / 100;
constexpr std::int64_t kPicoPerSmall = kPicoPerUsd / 10'000;  // the least that Rounded() shows

std::string Padded(std::int64_t value, std::size_t digits) {
  std::string text = std::to_string(value);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

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
  constexpr std::size_t kDecimals = 12;
  std::string text = (negative ? "-" : "") + std::to_string(usd) + "." + Padded(pico, kDecimals);
  const std::size_t shortest = text.find('.') + 3;
  while (text.size() > shortest && text.back() == '0') text.pop_back();
  return text;
}

std::string MoneySum::Rounded() const {
  if (usd_ < 0) return "$" + Decimal();
  if (usd_ == 0 && pico_ == 0) return "$0.00";
  if (usd_ == 0 && pico_ < kPicoPerSmall) return "<$0.0001";
  if (usd_ == 0 && pico_ < kPicoPerUsd - kPicoPerSmall / 2) {
    return "$0." + Padded((pico_ + kPicoPerSmall / 2) / kPicoPerSmall, 4);
  }
  const std::int64_t cents = (pico_ + kPicoPerCent / 2) / kPicoPerCent;
  return "$" + std::to_string(usd_ + cents / 100) + "." + Padded(cents % 100, 2);
}

}  // namespace mlp
