// Which kept answer was given to the prompt that says nearly the same: vectors of prompts, and the
// keys of the answers they got.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "runtime/engine/cache/answer_cache.hpp"

namespace mlp::engine {

class VectorIndex;

/// Only prompts of one scope are compared: those that ask the same model for the same in all but
/// the user's last words. Searched exactly in a small scope, by HNSW (hnswlib) in a large one,
/// which may miss a neighbour but never invents one. Vectors are of length 1, all of a scope of the
/// same dimension. Nothing of it is written to disk: prompts can be guessed from their vectors.
/// Thread-safe. Instants are seconds since 1970 UTC.
class SimilarAnswers {
 public:
  /// `most_bytes` in all, about; 0: keeps nothing. The scope least recently used goes first, then
  /// the older half of the only one; neither takes longer the more is kept.
  explicit SimilarAnswers(std::size_t most_bytes);
  ~SimilarAnswers();
  SimilarAnswers(const SimilarAnswers&) = delete;
  SimilarAnswers& operator=(const SimilarAnswers&) = delete;

  /// Keys whose vectors have at least this cosine (1e-6 of rounding allowed), the nearest first, at
  /// most eight, until `take` returns true. Where it returns false its answer is gone: the vector
  /// goes too.
  void Find(const Sha256Digest& scope, const std::vector<float>& vector, float least_cosine,
            std::int64_t now_s, const std::function<bool(const Sha256Digest&)>& take);
  void Put(const Sha256Digest& scope, const std::vector<float>& vector, const Sha256Digest& key,
           std::int64_t expires_s);

  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Scope {
    Sha256Digest digest;
    std::unique_ptr<VectorIndex> index;
  };
  using Scopes = std::list<Scope>;

  void MakeRoom();

  const std::size_t most_bytes_;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  Scopes scopes_;  // the most recently used first
  std::unordered_map<Sha256Digest, Scopes::iterator, DigestHash> by_digest_;
};

}  // namespace mlp::engine
