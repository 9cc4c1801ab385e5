// What tools ask of the compiler beside tables: facts that no decision at run time reads, and
// diffs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mlp/loader.hpp"
#include "mlp/result.hpp"

namespace mlp {

struct CatalogModel {
  std::string name;
  bool active = false;                                        ///< its status
  std::vector<std::pair<std::string, std::int64_t>> quality;  ///< scores in millionths
};

/// Of every model that the policy's file declares or imports; the error is LoadPolicy's.
[[nodiscard]] Result<std::vector<CatalogModel>> LoadCatalog(const std::string& file,
                                                            const LoadOptions& options = {});

/// A unified diff that `git apply` and `patch -p1` take, run where `name` is a path; empty for
/// equal texts.
[[nodiscard]] std::string PatchOf(std::string_view old_text, std::string_view new_text,
                                  const std::string& name);

}  // namespace mlp
