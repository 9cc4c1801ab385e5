#include "runtime/engine/observe/key_counters.hpp"

#include <array>
#include <string>

namespace mlp::engine {

KeyCounters::KeyCounters(const Tables& tables) : tables_(tables), first_{0} {
  for (const Provider& provider : tables.providers) {
    first_.push_back(first_.back() + provider.key_env.size());
  }
  cells_ = std::make_unique<OutcomeCells<RelaxedCell>[]>(first_.back());
}

void KeyCounters::Count(std::uint16_t provider, std::uint32_t key, ErrorClass end) noexcept {
  const std::size_t at = first_[provider] + key;
  if (at < first_[provider + std::size_t{1}]) cells_[at][IndexOf(end)] += 1;
}

void KeyCounters::Write(OpenMetricsWriter& out) const {
  out.Family("mlp_key_attempts", MetricType::kCounter, "",
             "Attempts by the number of the provider's key, in the policy's order of those set.");
  for (std::size_t provider = 0; provider < tables_.providers.size(); ++provider) {
    for (std::size_t at = first_[provider]; at < first_[provider + 1]; ++at) {
      const std::string key = std::to_string(at - first_[provider]);
      for (std::size_t end = 0; end < kErrorClassCount; ++end) {
        const std::array<MetricLabel, 4> labels = {
            {{"policy", tables_.name},
             {"provider", tables_.providers[provider].name},
             {"key", key},
             {"outcome", ToString(static_cast<ErrorClass>(end))}}};
        out.Sample(labels, std::uint64_t{cells_[at][end]});
      }
    }
  }
}

}  // namespace mlp::engine
