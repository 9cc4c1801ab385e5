// The keys of one provider: calls are spread over them, and one that was refused or limited rests
// while others serve.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/error_class.hpp"

namespace mlp::engine {

/// Thread-safe and lock-free; const where only turns and rests change. Instants are microseconds of
/// one monotonic clock.
class KeyRing {
 public:
  KeyRing() = default;
  explicit KeyRing(std::vector<std::string> keys);

  [[nodiscard]] bool empty() const noexcept { return keys_.empty(); }
  /// Whether its keys are these, in this order.
  [[nodiscard]] bool Holds(const std::vector<std::string>& keys) const { return keys_ == keys; }
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
  [[nodiscard]] std::string_view key(std::size_t index) const noexcept { return keys_[index]; }

  /// The next key in turn that does not rest; where all do, the one that wakes up first.
  /// Precondition: not empty.
  [[nodiscard]] std::size_t Next(std::int64_t now_us) const noexcept;
  /// Whether Next would give one that does not rest.
  [[nodiscard]] bool AnyAwake(std::int64_t now_us) const noexcept;

  /// How an attempt with the key ended that began at `begun_us`. A good answer ends its rest.
  /// Refused (auth), it rests for a minute, which doubles each time up to an hour; over its quota
  /// the same, or as long as the provider says; limited, as long as the provider says, else from a
  /// second up to a minute. What began before the rest did neither ends, doubles nor shortens it.
  void Note(std::size_t index, ErrorClass end, std::int64_t retry_after_ms, std::int64_t begun_us,
            std::int64_t now_us) const noexcept;

 private:
  struct Rest {
    std::atomic<std::int64_t> until_us{0};
    std::atomic<std::int64_t> since_us{INT64_MIN};  ///< the last refusal that counted
    std::atomic<std::uint32_t> in_a_row{0};
  };
  std::vector<std::string> keys_;
  std::unique_ptr<Rest[]> rests_;
  std::unique_ptr<std::atomic<std::uint32_t>> turn_;
};

}  // namespace mlp::engine
