// Keeping answers for those who ask the same again, where the policy's routes say `cache`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mlp {

struct CacheOptions {
  /// Of answers kept in memory; the least recently used go first. 0: none.
  std::size_t memory_bytes = std::size_t{64} << 20;
  /// A file that keeps them over restarts and shares them between processes; empty: none. It holds
  /// answers in plain text, though no prompts.
  std::string file = {};
  std::int64_t file_bytes = std::int64_t{1} << 30;
  /// Such a file whose newest answers are taken into memory at the start, e.g. another machine's;
  /// it is only read. `file` warms by itself.
  std::string warm_from = {};
};

/// Counts of calls whose route caches, since the client began.
struct CacheStats {
  std::uint64_t hits = 0;       ///< in memory
  std::uint64_t file_hits = 0;  ///< in the file
  std::uint64_t shared = 0;     ///< waited for another call that asked the same
  std::uint64_t similar = 0;    ///< in memory, of a prompt that says nearly the same
  std::uint64_t misses = 0;
  std::int64_t saved_pico = 0;  ///< what the calls had cost whose answers were given again
  std::size_t answers = 0;      ///< in memory now
  std::size_t bytes = 0;        ///< of memory, about
  std::uint64_t dropped = 0;    ///< answers that were not written to the file
  std::string last_error;       ///< of the file, empty without one
};

/// Where a call's answer came from.
enum class CacheUse : std::uint8_t {
  kNone,     ///< from a model; its route does not cache, or not this request
  kMiss,     ///< from a model, and kept
  kHit,      ///< from the cache
  kShared,   ///< from the call of another that asked the same at the time
  kSimilar,  ///< from the cache: the answer to a prompt that says nearly the same
};
[[nodiscard]] std::string_view ToString(CacheUse use) noexcept;

}  // namespace mlp
