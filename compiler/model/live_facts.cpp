#include "compiler/model/live_facts.hpp"

#include <array>

namespace mlp::compiler {
namespace {

struct Row {
  LiveFact fact;
  std::string_view name;
  LiveUnit unit;
};

// In the order of LiveFact.
constexpr std::array<Row, 13> kFacts = {{
    {LiveFact::kLatencyP50, "latency.p50", LiveUnit::kMicroseconds},
    {LiveFact::kLatencyP95, "latency.p95", LiveUnit::kMicroseconds},
    {LiveFact::kLatencyP99, "latency.p99", LiveUnit::kMicroseconds},
    {LiveFact::kTtftP50, "ttft.p50", LiveUnit::kMicroseconds},
    {LiveFact::kTtftP95, "ttft.p95", LiveUnit::kMicroseconds},
    {LiveFact::kTtftP99, "ttft.p99", LiveUnit::kMicroseconds},
    {LiveFact::kErrorRate, "error-rate", LiveUnit::kPpm},
    {LiveFact::kSuccessRate, "success-rate", LiveUnit::kPpm},
    {LiveFact::kAvailability, "availability", LiveUnit::kPpm},
    {LiveFact::kQuality, "quality", LiveUnit::kPpm},
    {LiveFact::kInFlight, "in-flight", LiveUnit::kCount},
    {LiveFact::kRequestsPerMinute, "requests-per-minute", LiveUnit::kCount},
    {LiveFact::kTokensPerMinute, "tokens-per-minute", LiveUnit::kTokens},
}};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kFacts.size(); ++i) {
    if (static_cast<std::size_t>(kFacts[i].fact) != i) return false;
  }
  return static_cast<std::size_t>(LiveFact::kTokensPerMinute) + 1 == kFacts.size();
}
static_assert(InOrder());

}  // namespace

std::optional<LiveFact> FindLiveFact(std::string_view name) {
  for (const Row& row : kFacts) {
    if (row.name == name) return row.fact;
  }
  return std::nullopt;
}

std::string_view NameOf(LiveFact fact) { return kFacts[static_cast<std::size_t>(fact)].name; }
LiveUnit UnitOf(LiveFact fact) { return kFacts[static_cast<std::size_t>(fact)].unit; }

std::vector<std::string> LiveFactNames() {
  std::vector<std::string> names;
  for (const Row& row : kFacts) names.emplace_back(row.name);
  return names;
}

}  // namespace mlp::compiler
