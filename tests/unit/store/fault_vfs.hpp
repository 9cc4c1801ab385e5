// SQLite's file layer with faults on demand: the nth operation fails, or all from the nth on.
#pragma once

#include <cstdint>
#include <string>

namespace mlp {

/// Registers itself as the default file layer for as long as it lives; one at a time. The control
/// functions are thread-safe.
class FaultVfs {
 public:
  enum class Mode { kOnce, kFromThenOn };

  FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();

  /// The nth operation from now (1-based) fails, and with kFromThenOn all after it.
  void Arm(std::int64_t nth, Mode mode);
  void Disarm();
  /// Whether any operation failed since Arm().
  [[nodiscard]] bool fired() const;
  /// The operation that failed first, as in `write of m.db-wal`.
  [[nodiscard]] std::string victim() const;
};

}  // namespace mlp
