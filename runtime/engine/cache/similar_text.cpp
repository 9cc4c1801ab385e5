#include "runtime/engine/cache/similar_text.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mlp::engine {
namespace {

constexpr std::int64_t kBytesPerToken = 3;

}  // namespace

std::optional<std::string> TextToCompare(const Prompt& prompt, std::int64_t most_tokens) {
  if (prompt.messages.empty()) return std::nullopt;
  const Message& last = prompt.messages.back();
  if (last.role != "user") return std::nullopt;
  std::string text;
  for (const Part& part : last.parts) {
    if (part.kind != PartKind::kText) return std::nullopt;
    if (!text.empty()) text += '\n';
    text += part.data;
  }
  const auto tokens = static_cast<std::int64_t>(text.size()) / kBytesPerToken;
  if (text.empty() || tokens > most_tokens) return std::nullopt;
  return text;
}

bool Normalize(std::vector<float>& vector) noexcept {
  const double square = std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0);
  if (!(square > 0) || !std::isfinite(square)) return false;
  const auto scale = static_cast<float>(1 / std::sqrt(square));
  std::transform(vector.begin(), vector.end(), vector.begin(),
                 [scale](float x) { return x * scale; });
  return true;
}

}  // namespace mlp::engine
