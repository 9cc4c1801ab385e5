// The dictionary of texts that repeat: each is kept once and named by a small number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/store/sqlite.hpp"

namespace mlp {

/// The writer's side of the table `names`, with a bounded cache of what was asked before.
class NameTable {
 public:
  [[nodiscard]] int Prepare(Database& database);

  /// The number of `text`, made where it is new; 0 after a failure, which Failure() then tells.
  /// Call within a transaction; after a rollback call Forget().
  [[nodiscard]] std::int64_t Number(std::string_view text);
  [[nodiscard]] int Failure() const noexcept { return failure_; }
  void Forget() noexcept;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  [[nodiscard]] std::int64_t FindOrInsert(std::string_view text);

  Database* database_ = nullptr;
  Statement find_;
  Statement insert_;
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> cache_;
  std::string buffer_;
  int failure_ = SQLITE_OK;
};

}  // namespace mlp
