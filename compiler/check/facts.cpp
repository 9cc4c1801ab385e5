#include "compiler/check/facts.hpp"

#include <array>

namespace mlp::compiler::check {
namespace {

constexpr FactInfo Price(std::string_view name, TokenClass price_class) {
  return {FactKind::kPrice, Unit::kRate, price_class, name};
}

constexpr std::array kFacts = std::to_array<FactInfo>({
    {FactKind::kContext, Unit::kTokens, {}, "context"},
    {FactKind::kMaxInput, Unit::kTokens, {}, "input"},
    {FactKind::kMaxOutput, Unit::kTokens, {}, "output"},
    Price("price.input", TokenClass::kInput),
    Price("price.output", TokenClass::kOutput),
    Price("price.cache-read", TokenClass::kCacheRead),
    Price("price.cache-write", TokenClass::kCacheWrite),
    Price("price.cache-write-1h", TokenClass::kCacheWriteLong),
    Price("price.reasoning", TokenClass::kReasoning),
    Price("price.batch-input", TokenClass::kBatchInput),
    Price("price.batch-output", TokenClass::kBatchOutput),
    {FactKind::kPriorP50, Unit::kDuration, {}, "latency.p50"},
    {FactKind::kPriorP95, Unit::kDuration, {}, "latency.p95"},
    {FactKind::kProvider, Unit::kText, {}, "provider"},
    {FactKind::kModel, Unit::kText, {}, "model"},
    {FactKind::kPlace, Unit::kText, {}, "place"},
    {FactKind::kStatus, Unit::kText, {}, "status"},
    {FactKind::kRetiresIn, Unit::kDuration, {}, "retires-in"},
});

// Latencies are kept in microseconds, ratios in millionths.
constexpr std::array kLiveFacts = std::to_array<LiveInfo>({
    {LiveFact::kLatencyP50, Unit::kDuration, 1'000, "latency.p50"},
    {LiveFact::kLatencyP95, Unit::kDuration, 1'000, "latency.p95"},
    {LiveFact::kLatencyP99, Unit::kDuration, 1'000, "latency.p99"},
    {LiveFact::kTtftP50, Unit::kDuration, 1'000, "ttft.p50"},
    {LiveFact::kTtftP95, Unit::kDuration, 1'000, "ttft.p95"},
    {LiveFact::kTtftP99, Unit::kDuration, 1'000, "ttft.p99"},
    {LiveFact::kErrorRate, Unit::kRatio, 1, "error-rate"},
    {LiveFact::kSuccessRate, Unit::kRatio, 1, "success-rate"},
    {LiveFact::kAvailability, Unit::kRatio, 1, "availability"},
    {LiveFact::kQuality, Unit::kRatio, 1, "quality"},
    {LiveFact::kInFlight, Unit::kCount, 1, "in-flight"},
    {LiveFact::kRequestsPerMinute, Unit::kCount, 1, "requests-per-minute"},
    {LiveFact::kTokensPerMinute, Unit::kTokens, 1, "tokens-per-minute"},
});

constexpr std::array kListFacts = std::to_array<ListInfo>({
    {ListFact::kCandidates, Unit::kCount, "candidates"},
    {ListFact::kProviders, Unit::kCount, "providers"},
    {ListFact::kAttempts, Unit::kCount, "attempts"},
    {ListFact::kAttemptCost, Unit::kMoney, "attempt.cost"},
    {ListFact::kChainCost, Unit::kMoney, "chain.cost"},
    {ListFact::kChainTime, Unit::kDuration, "chain.time"},
});

struct TokenClassName {
  TokenClass token_class;
  std::string_view name;
};
constexpr std::array kTokenClasses = std::to_array<TokenClassName>({
    {TokenClass::kInput, "input"},
    {TokenClass::kOutput, "output"},
    {TokenClass::kCacheRead, "cache-read"},
    {TokenClass::kCacheWrite, "cache-write"},
    {TokenClass::kReasoning, "reasoning"},
    {TokenClass::kBatchInput, "batch-input"},
    {TokenClass::kBatchOutput, "batch-output"},
});

template <typename Table>
auto Find(const Table& table, std::string_view name) -> std::optional<typename Table::value_type> {
  for (const auto& row : table) {
    if (row.name == name) return row;
  }
  return std::nullopt;
}

template <typename Table>
std::vector<std::string> NamesIn(const Table& table) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.name);
  return names;
}

}  // namespace

std::optional<FactInfo> FindFact(std::string_view dotted) { return Find(kFacts, dotted); }
std::vector<std::string> FactNames() { return NamesIn(kFacts); }
std::optional<LiveInfo> FindLiveFact(std::string_view dotted) { return Find(kLiveFacts, dotted); }
std::vector<std::string> LiveFactNames() { return NamesIn(kLiveFacts); }
std::optional<ListInfo> FindListFact(std::string_view dotted) { return Find(kListFacts, dotted); }
std::vector<std::string> ListFactNames() { return NamesIn(kListFacts); }

std::optional<TokenClass> FindTokenClass(std::string_view name, bool long_write) {
  const auto row = Find(kTokenClasses, name);
  if (!row) return std::nullopt;
  if (!long_write) return row->token_class;
  return row->token_class == TokenClass::kCacheWrite ? std::optional(TokenClass::kCacheWriteLong)
                                                     : std::nullopt;
}
std::vector<std::string> TokenClassNames() { return NamesIn(kTokenClasses); }

}  // namespace mlp::compiler::check
