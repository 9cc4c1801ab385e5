// What budgets say to people.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/store/ledger_file.hpp"

namespace mlp::engine {

/// "budget `free-tier` of `acme`".
[[nodiscard]] std::string BudgetName(const LedgerAccount& account);
/// Why a request is denied, and until when.
[[nodiscard]] std::string UsedUp(const LedgerAccount& account, const LedgerUse& use,
                                 std::int64_t now_s);
/// Why a reservation was refused, and until when.
[[nodiscard]] std::string NoRoom(const LedgerAccount& account, const LedgerFile::Grant& grant,
                                 std::int64_t now_s);

}  // namespace mlp::engine
