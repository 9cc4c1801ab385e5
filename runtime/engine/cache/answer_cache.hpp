// Answers in memory, by the digest of what was asked; the least recently used go first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "mlp/call.hpp"
#include "runtime/core/sha256.hpp"

namespace mlp::engine {

/// What is kept of an answer: never the prompt. Immutable.
struct CachedAnswer {
  std::string text;
  std::vector<ToolCall> tool_calls;
  FinishReason finish = FinishReason::kStop;
  Usage usage;  ///< of the call that was paid for
  std::string response_model;
  std::vector<std::string> left_out;
  std::int64_t cost_pico = 0;  ///< what that call cost, which a hit saves
  /// Bytes that keeping it takes, about.
  [[nodiscard]] std::size_t bytes() const noexcept;
};

/// Digests are as good as random: any eight bytes of them will do.
struct DigestHash {
  std::size_t operator()(const Sha256Digest& key) const noexcept {
    std::size_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof hash);
    return hash;
  }
};

/// Thread-safe. Instants are seconds since 1970 UTC.
class AnswerCache {
 public:
  /// `most_bytes` in all; 0: keeps nothing.
  explicit AnswerCache(std::size_t most_bytes) : shard_bytes_(most_bytes / kShards) {}

  /// Null where there is none that is still good.
  [[nodiscard]] std::shared_ptr<const CachedAnswer> Find(const Sha256Digest& key,
                                                         std::int64_t now_s);
  /// In place of one with the same key. One larger than a sixteenth of the cache is not kept.
  void Put(const Sha256Digest& key, std::shared_ptr<const CachedAnswer> answer,
           std::int64_t expires_s);

  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] std::size_t count() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct Entry {
    Sha256Digest key;
    std::shared_ptr<const CachedAnswer> answer;
    std::int64_t expires_s;
    std::size_t bytes;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> entries;  // the most recently used first
    std::unordered_map<Sha256Digest, std::list<Entry>::iterator, DigestHash> by_key;
    std::size_t bytes = 0;
    void Erase(std::list<Entry>::iterator entry);
  };
  [[nodiscard]] Shard& ShardOf(const Sha256Digest& key) noexcept {
    return shards_[key.back() % kShards];
  }

  const std::size_t shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace mlp::engine
