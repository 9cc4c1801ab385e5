// What operators took down: names of models and providers in the ledger file, which every process
// on a store reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/health.hpp"
#include "mlp/result.hpp"
#include "runtime/store/ledger_file.hpp"
#include "runtime/store/ledger_table.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

class OperatorDowns : public LedgerTable {
 public:
  OperatorDowns() : LedgerTable(kDownsSchema) {}

  /// Takes a name down, in place of an earlier entry of it, and forgets entries that ended before
  /// down.at_s. Done for good when it returns.
  [[nodiscard]] Status Set(const OperatorDown& down);
  /// False where the name was not down.
  [[nodiscard]] Result<bool> Clear(std::string_view name);

  /// By name; those that have ended may be among them.
  [[nodiscard]] Result<std::vector<OperatorDown>> List();

 private:
  Status Prepare() override;

  Statement set_, forget_, clear_, list_;
};

}  // namespace mlp
