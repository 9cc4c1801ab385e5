// Policies from their files, compiled in this very process. Needs the target mlp::loader, which
// brings the compiler with it; services that only use their linked policy do without.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mlp/policy.hpp"
#include "mlp/result.hpp"

namespace mlp {

struct LoadOptions {
  /// Where imports are looked for beside the importing file's folder.
  std::vector<std::string> import_roots = {};
  /// Every analysis of `mlpc check`, and not only what compiling needs. Costs time.
  bool prove = true;
  /// The tables hold every model of the catalog, not only those that some decision may name. For
  /// tools; decisions and the hash are the same.
  bool all_models = false;
  /// Texts to take in place of what lies at these paths, as LoadPolicy is given them: an edit that
  /// is tried before it is written.
  std::map<std::string, std::string> instead = {};
};

/// Reads, checks and compiles the policy of a file: the same tables as `mlpc compile` writes. Any
/// error of the policy refuses it, and the context holds the compiler's messages as `mlpc check`
/// shows them. Thread-safe. The policy owns all that it refers to.
[[nodiscard]] Result<std::shared_ptr<const Policy>> LoadPolicy(const std::string& file,
                                                               const LoadOptions& options = {});

}  // namespace mlp
