// The vectors of one scope, and the keys that they lead to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "runtime/core/sha256.hpp"
#include "runtime/engine/cache/answer_cache.hpp"

namespace hnswlib {
class InnerProductSpace;
}  // namespace hnswlib

namespace mlp::engine {

/// Kept in parts that are filled one after another: the first is compared one by one, later ones
/// are graphs where that is worth their room. Room is made by whole parts, so that no vector is
/// ever put in a second time. Not thread-safe. Throws std::bad_alloc or std::runtime_error where
/// memory is short.
class VectorIndex {
 public:
  /// `part_bytes`: how large a part becomes, about.
  VectorIndex(std::size_t dimension, std::size_t part_bytes);
  ~VectorIndex();
  VectorIndex(const VectorIndex&) = delete;
  VectorIndex& operator=(const VectorIndex&) = delete;

  struct Near {
    std::size_t entry;  ///< counted from the first Add
    float cosine;
  };
  /// The eight nearest of those in use, the nearest first. What has expired and is as near is
  /// dropped.
  [[nodiscard]] std::vector<Near> Search(const std::vector<float>& vector, std::int64_t now_s);
  /// In place of the entry with this key, if there is one.
  void Add(const std::vector<float>& vector, const Sha256Digest& key, std::int64_t expires_s);
  /// It is found no more; its room comes back with that of its part.
  void Drop(std::size_t entry);
  /// The oldest part goes. Precondition: size() > 0.
  void DropOldest();

  [[nodiscard]] const Sha256Digest& key(std::size_t entry) const { return EntryOf(entry).key; }
  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
  /// Those that were dropped included.
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  struct Part;
  struct Entry {
    Sha256Digest key;
    std::int64_t expires_s;
  };
  static constexpr std::int64_t kDropped = INT64_MIN;

  [[nodiscard]] const Entry& EntryOf(std::size_t entry) const { return entries_[entry - first_]; }
  [[nodiscard]] Part& PartOf(std::size_t entry);
  [[nodiscard]] std::size_t BytesOfEach(bool graph) const noexcept;
  /// The part that has room for one more.
  Part& Open();
  /// Where the same was kept under this key it is in use again.
  [[nodiscard]] bool Revive(const std::vector<float>& padded, const Sha256Digest& key,
                            std::int64_t expires_s);
  void SearchIn(Part& part, const std::vector<float>& padded, std::int64_t now_s,
                std::vector<Near>& found);

  const std::size_t dimension_;
  const std::size_t part_bytes_;
  const std::unique_ptr<hnswlib::InnerProductSpace> space_;
  std::vector<Part> parts_;    // the oldest first
  std::deque<Entry> entries_;  // of all parts, in order
  std::size_t first_ = 0;      // the number of the first of them
  std::unordered_map<Sha256Digest, std::size_t, DigestHash> by_key_;
};

}  // namespace mlp::engine
