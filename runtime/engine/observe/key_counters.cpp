#include "runtime/engine/observe/key_counters.hpp"

#include <array>
#include <string>
#include <utility>

namespace mlp::engine {

KeyCounters::KeyCounters(const Tables& tables, std::shared_ptr<CallCellStore> cells)
    : cells_(std::move(cells)) {
  for (const Provider& provider : tables.providers) {
    auto& keys = keys_.emplace_back();
    for (std::size_t key = 0; key < provider.key_env.size(); ++key) {
      keys.push_back(&cells_->keys.At(tables.name, provider.name, std::to_string(key)));
    }
  }
}

void KeyCounters::Count(std::uint16_t provider, std::uint32_t key, ErrorClass end) noexcept {
  if (key < keys_[provider].size()) (*keys_[provider][key])[IndexOf(end)] += 1;
}

void KeyCounters::Write(OpenMetricsWriter& out) const {
  out.Family("mlp_key_attempts", MetricType::kCounter, "",
             "Attempts by the number of the provider's key, in the policy's order of those set.");
  cells_->keys.ForEach([&](const auto& name, const auto& cells) {
    for (std::size_t end = 0; end < kErrorClassCount; ++end) {
      const std::array<MetricLabel, 4> labels = {
          {{"policy", name[0]},
           {"provider", name[1]},
           {"key", name[2]},
           {"outcome", ToString(static_cast<ErrorClass>(end))}}};
      out.Sample(labels, std::uint64_t{cells[end]});
    }
  });
}

}  // namespace mlp::engine
