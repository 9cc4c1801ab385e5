// Which kinds of conditions, facts, statements, dates and guards a policy uses: what a family of
// random policies must not miss.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "mlp/tables.hpp"
#include "tests/property/facts.hpp"

namespace mlp::oracle {

/// As written: `when ordered <=`, `where quality >`, `step cheapest`, `model retires` ...
[[nodiscard]] std::set<std::string> KindsOf(const Facts& facts);
/// As compiled: `guard sum`, `axis text`, `leaf refuse` ...
[[nodiscard]] std::set<std::string> KindsOf(const Tables& tables);

/// Those that every family must use; some of them no condition can do without, others are rare.
[[nodiscard]] std::vector<std::string> RequiredKinds();

}  // namespace mlp::oracle
