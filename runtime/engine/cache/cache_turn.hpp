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

  /// What is asked for, and of which of the policy's models; before all that follows.
  void AskFor(std::uint16_t model, std::string_view provider, const WireCall& wire,
              const QualityBar& bar) {
    model_ = model;
    key_ = CacheKey(provider, wire, bar);
  }
  /// The answer, or null.
  [[nodiscard]] std::shared_ptr<const CachedAnswer> Find() const;
  /// After a Find that gave null: true for who is to ask a model; others are told of the answer as
  /// Flights says, maybe on another thread before this returns.
  [[nodiscard]] bool Lead(Flights::Landed landed);
  /// The same for who will not wait: leads where nobody does by now.
  void LeadUnlessOthersDo();
  /// The answer to a prompt that says nearly the same as one that asks for all but its last words
  /// like this one, or null; `vector` stands for these words, and is kept with the answer where
  /// there is one in the end.
  [[nodiscard]] std::shared_ptr<const CachedAnswer> FindSimilar(const Sha256Digest& scope,
                                                                std::vector<float> vector,
                                                                float least_cosine);
  /// The end of a call that gives such an answer: who waits for it gets it too.
  void Share(const std::shared_ptr<const CachedAnswer>& answer);
  /// The end of a call: who leads keeps the reply of `model` for `ttl_s` where it may be given
  /// again, and tells who waits for it. Null: there is none.
  void End(const Reply* reply, std::uint16_t model, std::int64_t ttl_s);

 private:
  Answers& answers_;
  std::uint16_t model_ = kNone16;  ///< whose answer `key_` stands for
  Sha256Digest key_{};
  Sha256Digest scope_{};
  std::vector<float> vector_;  ///< empty: not compared
  bool leads_ = false;
};

}  // namespace mlp::engine
