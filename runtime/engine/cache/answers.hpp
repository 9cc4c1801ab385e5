// What calls ask of the cache: memory, the file behind it, and those who are already asking.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mlp/cache.hpp"
#include "runtime/engine/cache/answer_cache.hpp"
#include "runtime/engine/cache/flights.hpp"
#include "runtime/engine/cache/similar_answers.hpp"
#include "runtime/store/answer_file.hpp"

namespace mlp::engine {

/// Thread-safe. Instants are seconds since 1970 UTC.
class Answers {
 public:
  /// Appends to `warnings` where a file does not open: then there is memory alone.
  Answers(const CacheOptions& options, std::int64_t now_s, std::vector<std::string>& warnings);

  /// The answer, or null.
  [[nodiscard]] std::shared_ptr<const CachedAnswer> Find(const Sha256Digest& key,
                                                         std::int64_t now_s);
  /// After a Find that gave null: true for who is to ask a model, and must then End. Others are
  /// told of the answer as Flights says.
  [[nodiscard]] bool Lead(const Sha256Digest& key, Flights::Landed landed);
  /// The same for who will not wait: false where somebody else is asking.
  [[nodiscard]] bool LeadUnlessOthersDo(const Sha256Digest& key);
  /// The end of who leads: null where there is no answer to share.
  void End(const Sha256Digest& key, const std::shared_ptr<const CachedAnswer>& answer,
           std::int64_t expires_s);
  /// An answer to who waits for this one's, which is not kept under its key.
  void Share(const Sha256Digest& key, const std::shared_ptr<const CachedAnswer>& answer) {
    flights_.Land(key, answer);
  }
  /// The answer in memory to the prompt of the scope that says most nearly the same; null where
  /// none is so near. Vectors are of length 1.
  [[nodiscard]] std::shared_ptr<const CachedAnswer> FindSimilar(const Sha256Digest& scope,
                                                                const std::vector<float>& vector,
                                                                float least_cosine,
                                                                std::int64_t now_s);
  void PutSimilar(const Sha256Digest& scope, const std::vector<float>& vector,
                  const Sha256Digest& key, std::int64_t expires_s) {
    similar_.Put(scope, vector, key, expires_s);
  }
  void CountShared(const CachedAnswer& answer) noexcept;

  /// Waits until the file has all answers.
  void Flush();
  [[nodiscard]] CacheStats stats() const;

 private:
  [[nodiscard]] Status Warm(const std::string& path, std::int64_t now_s);

  AnswerCache memory_;
  const std::size_t memory_bytes_;
  SimilarAnswers similar_;
  Flights flights_;
  std::unique_ptr<AnswerFile> file_;  ///< null: memory alone
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> file_hits_{0};
  std::atomic<std::uint64_t> shared_{0};
  std::atomic<std::uint64_t> similar_hits_{0};
  std::atomic<std::uint64_t> misses_{0};
  std::atomic<std::int64_t> saved_pico_{0};
};

}  // namespace mlp::engine
