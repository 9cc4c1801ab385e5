#include "runtime/engine/cache/similar_answers.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "runtime/engine/cache/vector_index.hpp"

namespace mlp::engine {
namespace {

// Of products of some thousand rounded numbers.
constexpr float kRounding = 1e-6F;
// Of the one scope that is left: room is made by the older of two halves.
constexpr std::size_t kParts = 2;

}  // namespace

SimilarAnswers::SimilarAnswers(std::size_t most_bytes) : most_bytes_(most_bytes) {}
SimilarAnswers::~SimilarAnswers() = default;

void SimilarAnswers::Find(const Sha256Digest& scope, const std::vector<float>& vector,
                          float least_cosine, std::int64_t now_s,
                          const std::function<bool(const Sha256Digest&)>& take) {
  const std::lock_guard lock(mutex_);
  const auto found = by_digest_.find(scope);
  if (found == by_digest_.end()) return;
  scopes_.splice(scopes_.begin(), scopes_, found->second);
  VectorIndex& index = *found->second->index;
  try {
    for (const VectorIndex::Near& near : index.Search(vector, now_s)) {
      if (near.cosine + kRounding < least_cosine) return;
      if (take(index.key(near.entry))) return;
      index.Drop(near.entry);
    }
  } catch (const std::exception&) {
    // Short of memory: nothing is found.
  }
}

void SimilarAnswers::Put(const Sha256Digest& scope, const std::vector<float>& vector,
                         const Sha256Digest& key, std::int64_t expires_s) {
  if (most_bytes_ == 0 || vector.empty()) return;
  const std::lock_guard lock(mutex_);
  try {
    auto found = by_digest_.find(scope);
    if (found == by_digest_.end()) {
      scopes_.push_front(
          {scope, std::make_unique<VectorIndex>(vector.size(), most_bytes_ / kParts)});
      found = by_digest_.emplace(scope, scopes_.begin()).first;
      bytes_ += scopes_.front().index->bytes();
    }
    scopes_.splice(scopes_.begin(), scopes_, found->second);
    VectorIndex& index = *found->second->index;
    bytes_ -= index.bytes();
    index.Add(vector, key, expires_s);
    bytes_ += index.bytes();
    MakeRoom();
  } catch (const std::exception&) {
    // Short of memory: what was kept goes.
    by_digest_.clear();
    scopes_.clear();
    bytes_ = 0;
  }
}

void SimilarAnswers::MakeRoom() {
  while (bytes_ > most_bytes_ && scopes_.size() > 1) {
    bytes_ -= scopes_.back().index->bytes();
    by_digest_.erase(scopes_.back().digest);
    scopes_.pop_back();
  }
  VectorIndex& only = *scopes_.front().index;
  while (bytes_ > most_bytes_ && only.size() > 0) {
    only.DropOldest();
    bytes_ = only.bytes();
  }
}

std::size_t SimilarAnswers::count() const {
  const std::lock_guard lock(mutex_);
  std::size_t sum = 0;
  for (const Scope& scope : scopes_) sum += scope.index->size();
  return sum;
}

std::size_t SimilarAnswers::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace mlp::engine
