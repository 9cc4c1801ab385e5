// The facts that conditions over candidates may ask for, by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/literal.hpp"
#include "compiler/model/condition.hpp"

namespace mlp::compiler::check {

/// A fact and the unit in which it is compared; kText for facts that are names.
struct FactInfo {
  FactKind fact = FactKind::kContext;
  Unit unit = Unit::kTokens;
  TokenClass price_class = TokenClass::kInput;
  std::string_view name;  ///< as written, with dots
};

/// A fact without parameters: `context`, `price.output`, `latency.p95`, `provider` ...; not quality
/// or live.
[[nodiscard]] std::optional<FactInfo> FindFact(std::string_view dotted);
/// Every name that FindFact knows, for help.
[[nodiscard]] std::vector<std::string> FactNames();

/// A literal as a value of a live fact, in the fact's own unit; nothing after a finding.
[[nodiscard]] std::optional<std::int64_t> ReadLiveValue(Context& context, View literal,
                                                        LiveFact fact);

struct ListInfo {
  ListFact fact = ListFact::kCandidates;
  Unit unit = Unit::kCount;
  std::string_view name;
};
/// A fact of the list of candidates: `candidates`, `attempt.cost` ...
[[nodiscard]] std::optional<ListInfo> FindListFact(std::string_view dotted);
[[nodiscard]] std::vector<std::string> ListFactNames();

/// `cache-write`, with `long_write` for its one-hour class.
[[nodiscard]] std::optional<TokenClass> FindTokenClass(std::string_view name, bool long_write);
/// Every price class that a catalog may name.
[[nodiscard]] std::vector<std::string> TokenClassNames();

}  // namespace mlp::compiler::check
