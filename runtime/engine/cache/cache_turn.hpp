// One call's turn at the answers that are kept: whether it asks a model for others too, and what it
// leaves behind.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "mlp/client.hpp"
#include "mlp/protocol.hpp"
#include "runtime/engine/cache/answers.hpp"
#include "runtime/engine/cache/cache_key.hpp"

namespace mlp::engine {

/// Touched where the call runs.
class CacheTurn {
 public:
  /// `answers` outlive it.
  explicit CacheTurn(Answers& answers) : answers_(answers) {}

  /// What is asked for, and of whom; before all that follows.
  void AskFor(std::string_view provider, const WireCall& wire) { key_ = CacheKey(provider, wire); }
  /// The answer, or null.
  [[nodiscard]] std::shared_ptr<const CachedAnswer> Find() const;
  /// After a Find that gave null: true for who is to ask a model; others are told of the answer as
  /// Flights says, maybe on another thread before this returns.
  [[nodiscard]] bool Lead(Flights::Landed landed);
  /// The answer to a prompt that says nearly the same as one that asks for all but its last words
  /// like this one, or null; `vector` stands for these words, and is kept with the answer where
  /// there is one in the end.
  [[nodiscard]] std::shared_ptr<const CachedAnswer> FindSimilar(const Sha256Digest& scope,
                                                                std::vector<float> vector,
                                                                float least_cosine);
  /// The end of a call that gives such an answer: who waits for it gets it too.
  void Share(const std::shared_ptr<const CachedAnswer>& answer);
  /// The end of a call: who leads keeps the reply for `ttl_s` where it may be given again, and
  /// tells who waits for it. Null: there is none.
  void End(const Reply* reply, bool of_first_candidate, std::int64_t ttl_s);

 private:
  Answers& answers_;
  Sha256Digest key_{};
  Sha256Digest scope_{};
  std::vector<float> vector_;  ///< empty: not compared
  bool leads_ = false;
};

}  // namespace mlp::engine
