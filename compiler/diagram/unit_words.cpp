#include "compiler/diagram/unit_words.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "mlp/money.hpp"

namespace mlp::compiler {

std::string DurationWords(std::int64_t ms) {
  constexpr std::array<std::pair<std::int64_t, const char*>, 4> kUnits{
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}}};
  if (ms == 0) return "0s";
  for (const auto& [size, name] : kUnits) {
    if (ms % size == 0) return fmt::format("{}{}", ms / size, name);
  }
  return fmt::format("{}ms", ms);
}

std::string RatioWords(std::int64_t micro) {
  std::string text = fmt::format("{}.{:06}", micro / 1'000'000, micro % 1'000'000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string ShareWords(std::int64_t micro) { return RatioWords(micro * 100) + "%"; }

std::string PriceWords(std::int64_t pico_per_token) {
  if (pico_per_token < 0) return "none";
  Money per_million{};
  if (__builtin_mul_overflow(pico_per_token, 1'000'000, &per_million.pico_usd)) return "very high";
  std::string text = ToString(per_million);
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  return text + "/M";
}

std::string CostWords(std::int64_t pico) { return pico < 0 ? "unknown" : ToString(Money{pico}); }

}  // namespace mlp::compiler
