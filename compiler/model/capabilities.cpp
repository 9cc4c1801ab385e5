#include "compiler/model/capabilities.hpp"

#include <algorithm>
#include <array>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {
namespace {

// The order is part of the table format: append only.
constexpr std::array<std::string_view, 24> kBuiltIn = {
    "text-input",        "image-input",         "audio-input",       "video-input",
    "document-input",    "text-output",         "image-output",      "audio-output",
    "structured-output", "function-calling",    "json-mode",         "streaming",
    "batch-api",         "prompt-caching",      "extended-thinking", "chain-of-thought",
    "code-generation",   "math-reasoning",      "content-filtering", "system-messages",
    "embeddings",        "sampling-parameters", kLargeContext,       kExtraLargeContext,
};

constexpr std::int64_t kLarge = 100'000;
constexpr std::int64_t kExtraLarge = 1'000'000;

std::uint64_t Bit(std::string_view name) { return std::uint64_t{1} << *BuiltInCapability(name); }

}  // namespace

std::span<const std::string_view> BuiltInCapabilities() { return kBuiltIn; }

std::optional<std::uint8_t> BuiltInCapability(std::string_view name) {
  const auto found = std::find(kBuiltIn.begin(), kBuiltIn.end(), name);
  if (found == kBuiltIn.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - kBuiltIn.begin());
}

std::uint64_t DerivedCapabilities(std::int64_t context) {
  if (context == kUnlimited) return 0;  // not stated, so nothing follows from it
  std::uint64_t bits = 0;
  if (context > kLarge) bits |= Bit(kLargeContext);
  if (context >= kExtraLarge) bits |= Bit(kExtraLargeContext);
  return bits;
}

}  // namespace mlp::compiler
