#include "mlp/money.hpp"

namespace mlp {
namespace {

constexpr std::size_t kDecimals = 12;
constexpr std::size_t kLeastDecimals = 2;

constexpr bool IsDigit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace

std::string ToString(Money amount) {
  const bool negative = amount.pico_usd < 0;
  // Negated without sign, so that the smallest value has a magnitude too.
  const auto bits = static_cast<std::uint64_t>(amount.pico_usd);
  const std::uint64_t magnitude = negative ? 0 - bits : bits;
  constexpr auto kUnit = static_cast<std::uint64_t>(kPicoPerUsd);

  std::string decimals = std::to_string(magnitude % kUnit);
  decimals.insert(0, kDecimals - decimals.size(), '0');
  while (decimals.size() > kLeastDecimals && decimals.back() == '0') decimals.pop_back();

  std::string text = negative ? "-$" : "$";
  text += std::to_string(magnitude / kUnit);
  text += '.';
  text += decimals;
  return text;
}

std::optional<Money> ParseMoney(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (!text.starts_with('$')) return std::nullopt;
  text.remove_prefix(1);

  const std::size_t point = text.find('.');
  const std::string_view dollars = text.substr(0, point);
  const std::string_view decimals =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (dollars.empty() || decimals.size() > kDecimals) return std::nullopt;
  if (point != std::string_view::npos && decimals.empty()) return std::nullopt;

  // Summed with its sign, so that the smallest value can be read.
  std::int64_t pico_usd = 0;
  const auto append = [&](char c) {
    if (!IsDigit(c)) return false;
    const std::int64_t digit = negative ? -(c - '0') : c - '0';
    return !__builtin_mul_overflow(pico_usd, std::int64_t{10}, &pico_usd) &&
           !__builtin_add_overflow(pico_usd, digit, &pico_usd);
  };
  for (const char c : dollars) {
    if (!append(c)) return std::nullopt;
  }
  for (std::size_t i = 0; i < kDecimals; ++i) {
    if (!append(i < decimals.size() ? decimals[i] : '0')) return std::nullopt;
  }
  return Money{pico_usd};
}

}  // namespace mlp
