#include "runtime/engine/cache/vector_index.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

// Its hints to the processor's cache read one link beyond the last: they are left out.
#if defined(__SSE__)
#include <x86intrin.h>
#undef _mm_prefetch
// NOLINTNEXTLINE(bugprone-reserved-identifier): it is the hint's own name.
#define _mm_prefetch(address, hint) static_cast<void>(0)
#endif
// The library defines these in its header, not inline: under these names they are nobody else's.
#define AVXCapable mlp_hnswlib_AVXCapable
#define AVX512Capable mlp_hnswlib_AVX512Capable
#define cpuid mlp_hnswlib_cpuid
#define xgetbv mlp_hnswlib_xgetbv
#include <hnswlib/hnswlib.h>
#undef AVXCapable
#undef AVX512Capable
#undef cpuid
#undef xgetbv
#undef _mm_prefetch

namespace mlp::engine {
namespace {

using Algorithm = hnswlib::AlgorithmInterface<float>;
using Brute = hnswlib::BruteforceSearch<float>;
using Graph = hnswlib::HierarchicalNSW<float>;

// Vectors are padded with zeros to a multiple of so many numbers: it changes no product, keeps the
// library on its fast loops and its labels aligned.
constexpr std::size_t kLane = 16;
constexpr std::size_t kNearest = 8;
// Links of an element, and candidates looked at: more finds more of the nearest, and takes longer.
constexpr std::size_t kLinks = 12;
constexpr std::size_t kCandidatesOfAdd = 40;
constexpr std::size_t kCandidatesOfSearch = 32;
// What the library allocates for a graph whatever its size (65,536 locks), and for an element
// about.
constexpr std::size_t kGraphBytes = 65'536 * sizeof(std::mutex);
constexpr std::size_t kLinkBytes = 3 * kLinks * sizeof(unsigned) + 64;

std::size_t Padded(std::size_t dimension) { return (dimension + kLane - 1) / kLane * kLane; }

std::vector<float> Pad(std::vector<float> vector) {
  vector.resize(Padded(vector.size()));
  return vector;
}

}  // namespace

VectorIndex::VectorIndex(std::size_t dimension)
    : dimension_(dimension),
      space_(std::make_unique<hnswlib::InnerProductSpace>(Padded(dimension))) {
  Begin(kFew);
}

VectorIndex::~VectorIndex() = default;

void VectorIndex::Begin(std::size_t capacity) {
  capacity_ = capacity;
  entries_.clear();
  if (!graph()) {
    algorithm_ = std::make_unique<Brute>(space_.get(), capacity);
    return;
  }
  auto made = std::make_unique<Graph>(space_.get(), capacity, kLinks, kCandidatesOfAdd);
  made->setEf(kCandidatesOfSearch);
  algorithm_ = std::move(made);
}

std::vector<VectorIndex::Near> VectorIndex::Search(const std::vector<float>& vector,
                                                   std::int64_t now_s) const {
  std::vector<Near> found;
  if (entries_.empty() || vector.size() != dimension_) return found;
  const std::vector<float> padded = Pad(vector);
  auto nearest = algorithm_->searchKnn(padded.data(), std::min(kNearest, entries_.size()));
  for (; !nearest.empty(); nearest.pop()) {
    const auto [distance, label] = nearest.top();
    if (entries_[label].expires_s > now_s) found.push_back({label, 1 - distance});
  }
  std::reverse(found.begin(), found.end());
  return found;
}

void VectorIndex::Add(const std::vector<float>& vector, const Sha256Digest& key,
                      std::int64_t expires_s) {
  if (vector.size() != dimension_) return;
  if (entries_.size() == capacity_) Grow();
  const std::vector<float> padded = Pad(vector);
  algorithm_->addPoint(padded.data(), entries_.size());
  entries_.push_back({key, expires_s});
}

void VectorIndex::Grow() {
  const std::size_t capacity = 2 * capacity_;
  if (graph()) {
    static_cast<Graph&>(*algorithm_).resizeIndex(capacity);
    capacity_ = capacity;
    return;
  }
  std::vector<Entry> entries = entries_;
  const std::unique_ptr<Algorithm> before = std::move(algorithm_);
  const auto& brute = static_cast<const Brute&>(*before);
  Begin(capacity);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    algorithm_->addPoint(brute.data_ + i * brute.size_per_element_, i);
  }
  entries_ = std::move(entries);
}

std::vector<float> VectorIndex::VectorOf(std::size_t entry) const {
  std::vector<float> vector;
  if (graph()) {
    vector = static_cast<const Graph&>(*algorithm_).getDataByLabel<float>(entry);
    vector.resize(dimension_);
    return vector;
  }
  const auto& brute = static_cast<const Brute&>(*algorithm_);
  vector.resize(dimension_);
  std::memcpy(vector.data(), brute.data_ + entry * brute.size_per_element_,
              dimension_ * sizeof(float));
  return vector;
}

void VectorIndex::Keep(std::size_t most) {
  std::vector<std::pair<std::vector<float>, Entry>> kept;
  for (std::size_t i = entries_.size(); i > 0 && kept.size() < most; --i) {
    if (entries_[i - 1].expires_s != kDropped) kept.emplace_back(VectorOf(i - 1), entries_[i - 1]);
  }
  Begin(kFew);
  for (; !kept.empty(); kept.pop_back()) {
    Add(kept.back().first, kept.back().second.key, kept.back().second.expires_s);
  }
}

std::size_t VectorIndex::bytes() const noexcept {
  const std::size_t each =
      Padded(dimension_) * sizeof(float) + sizeof(Entry) + (graph() ? kLinkBytes : 32);
  return sizeof(VectorIndex) + entries_.size() * each + (graph() ? kGraphBytes : 0);
}

}  // namespace mlp::engine
