// The vectors of one scope, and the keys that they lead to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/core/sha256.hpp"

namespace hnswlib {
template <typename T>
class AlgorithmInterface;
class InnerProductSpace;
}  // namespace hnswlib

namespace mlp::engine {

/// Not thread-safe. Throws std::bad_alloc or std::runtime_error where memory is short.
class VectorIndex {
 public:
  explicit VectorIndex(std::size_t dimension);
  ~VectorIndex();
  VectorIndex(const VectorIndex&) = delete;
  VectorIndex& operator=(const VectorIndex&) = delete;

  struct Near {
    std::size_t entry;
    float cosine;
  };
  /// Entries in use that have not expired, the nearest first, of the eight nearest.
  [[nodiscard]] std::vector<Near> Search(const std::vector<float>& vector,
                                         std::int64_t now_s) const;
  void Add(const std::vector<float>& vector, const Sha256Digest& key, std::int64_t expires_s);
  /// It is found no more; its room comes back with the next Keep.
  void Drop(std::size_t entry) noexcept { entries_[entry].expires_s = kDropped; }
  /// Keeps the newest `most` of those in use.
  void Keep(std::size_t most);

  [[nodiscard]] const Sha256Digest& key(std::size_t entry) const noexcept {
    return entries_[entry].key;
  }
  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  struct Entry {
    Sha256Digest key;
    std::int64_t expires_s;
  };
  [[nodiscard]] bool graph() const noexcept { return capacity_ > kFew; }
  [[nodiscard]] std::vector<float> VectorOf(std::size_t entry) const;
  /// Makes an empty structure for so many.
  void Begin(std::size_t capacity);
  void Grow();

  static constexpr std::int64_t kDropped = INT64_MIN;
  /// Up to so many are compared one by one.
  static constexpr std::size_t kFew = 256;

  const std::size_t dimension_;
  const std::unique_ptr<hnswlib::InnerProductSpace> space_;
  std::unique_ptr<hnswlib::AlgorithmInterface<float>> algorithm_;
  std::size_t capacity_ = 0;
  std::vector<Entry> entries_;  // by the label in `algorithm_`
};

}  // namespace mlp::engine
