#include "compiler/check/facts.hpp"

#include <array>

#include "compiler/model/live_facts.hpp"

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

Unit Written(LiveUnit unit) {
  switch (unit) {
    case LiveUnit::kMicroseconds:
      return Unit::kDuration;
    case LiveUnit::kPpm:
      return Unit::kRatio;
    case LiveUnit::kCount:
      return Unit::kCount;
    case LiveUnit::kTokens:
      return Unit::kTokens;
  }
  return Unit::kCount;
}

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

std::optional<std::int64_t> ReadLiveValue(Context& context, View literal, LiveFact fact) {
  const auto value = Read(context, literal, Written(UnitOf(fact)));
  if (!value || UnitOf(fact) != LiveUnit::kMicroseconds) return value;
  std::int64_t kept = 0;
  return __builtin_mul_overflow(*value, kMicrosecondsPerMs, &kept) ? kUnlimited : kept;
}

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
