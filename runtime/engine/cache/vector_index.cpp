#include "runtime/engine/cache/vector_index.hpp"

#include <algorithm>
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

using Graph = hnswlib::HierarchicalNSW<float>;

// Vectors are padded with zeros to a multiple of so many numbers: it changes no product, keeps the
// library on its fast loops and its labels aligned.
constexpr std::size_t kLane = 16;
constexpr std::size_t kNearest = 8;
// Up to so many are compared one by one where a graph may follow.
constexpr std::size_t kFew = 256;
// Links of an element, and candidates looked at: more finds more of the nearest, and takes longer.
constexpr std::size_t kLinks = 12;
constexpr std::size_t kCandidatesOfAdd = 40;
constexpr std::size_t kCandidatesOfSearch = 32;
// What the library allocates for a graph whatever its size (65,536 locks), and for an element
// about.
constexpr std::size_t kGraphBytes = 65'536 * sizeof(std::mutex);
constexpr std::size_t kLinkBytes = 3 * kLinks * sizeof(unsigned) + 64;
// Of a row by itself, and of a key's place among the keys.
constexpr std::size_t kRowBytes = 48;
constexpr std::size_t kKeyBytes = 72;
// The vector of a text may come a little different each time it is asked for.
constexpr float kSameDistance = 1e-5F;

std::size_t Padded(std::size_t dimension) { return (dimension + kLane - 1) / kLane * kLane; }

std::vector<float> Pad(std::vector<float> vector) {
  vector.resize(Padded(vector.size()));
  return vector;
}

}  // namespace

struct VectorIndex::Part {
  std::size_t first = 0;  // entry
  std::size_t count = 0;
  std::size_t most = 0;
  std::size_t in_use = 0;
  std::unique_ptr<Graph> graph;          // its labels count from `first`
  std::vector<std::vector<float>> rows;  // without one

  [[nodiscard]] const float* VectorOf(std::size_t entry) const {
    if (graph == nullptr) return rows[entry - first].data();
    const auto inside = graph->label_lookup_.find(entry - first);
    return reinterpret_cast<const float*>(graph->getDataByInternalId(inside->second));
  }
};

VectorIndex::VectorIndex(std::size_t dimension, std::size_t part_bytes)
    : dimension_(dimension),
      part_bytes_(part_bytes),
      space_(std::make_unique<hnswlib::InnerProductSpace>(Padded(dimension))) {}

VectorIndex::~VectorIndex() = default;

VectorIndex::Part& VectorIndex::PartOf(std::size_t entry) {
  const auto behind =
      std::upper_bound(parts_.begin(), parts_.end(), entry,
                       [](std::size_t number, const Part& part) { return number < part.first; });
  return *(behind - 1);
}

std::size_t VectorIndex::BytesOfEach(bool graph) const noexcept {
  return Padded(dimension_) * sizeof(float) + sizeof(Entry) + kKeyBytes +
         (graph ? kLinkBytes : kRowBytes);
}

void VectorIndex::SearchIn(Part& part, const std::vector<float>& padded, std::int64_t now_s,
                           std::vector<Near>& found) {
  if (part.in_use == 0) return;
  if (part.graph == nullptr) {
    const auto distance = space_->get_dist_func();
    for (std::size_t entry = part.first; entry < part.first + part.count; ++entry) {
      if (EntryOf(entry).expires_s == kDropped) continue;
      if (EntryOf(entry).expires_s <= now_s) {
        Drop(entry);
        continue;
      }
      found.push_back({entry, 1 - distance(padded.data(), part.VectorOf(entry),
                                           space_->get_dist_func_param())});
    }
    return;
  }
  // A graph finds no more than is asked for: what has expired makes room for what it hid.
  const std::size_t before = found.size();
  bool expired = true;
  for (std::size_t wanted = kNearest; expired && part.in_use != 0; wanted *= 2) {
    expired = false;
    found.resize(before);
    auto nearest = part.graph->searchKnn(padded.data(), std::min(wanted, part.in_use));
    for (; !nearest.empty(); nearest.pop()) {
      const auto [distance, label] = nearest.top();
      if (EntryOf(part.first + label).expires_s > now_s) {
        found.push_back({part.first + label, 1 - distance});
      } else {
        Drop(part.first + label);
        expired = true;
      }
    }
  }
}

std::vector<VectorIndex::Near> VectorIndex::Search(const std::vector<float>& vector,
                                                   std::int64_t now_s) {
  std::vector<Near> found;
  if (vector.size() != dimension_) return found;
  const std::vector<float> padded = Pad(vector);
  for (Part& part : parts_) SearchIn(part, padded, now_s, found);
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(kNearest, found.size()));
  std::partial_sort(found.begin(), end, found.end(),
                    [](const Near& a, const Near& b) { return a.cosine > b.cosine; });
  found.erase(end, found.end());
  return found;
}

void VectorIndex::Drop(std::size_t entry) {
  Entry& one = entries_[entry - first_];
  if (one.expires_s == kDropped) return;
  Part& part = PartOf(entry);
  if (part.graph != nullptr) part.graph->markDelete(entry - part.first);
  one.expires_s = kDropped;
  --part.in_use;
}

bool VectorIndex::Revive(const std::vector<float>& padded, const Sha256Digest& key,
                         std::int64_t expires_s) {
  const auto known = by_key_.find(key);
  if (known == by_key_.end()) return false;
  const std::size_t entry = known->second;
  Part& part = PartOf(entry);
  const float distance =
      space_->get_dist_func()(padded.data(), part.VectorOf(entry), space_->get_dist_func_param());
  if (distance > kSameDistance) {
    Drop(entry);
    return false;
  }
  Entry& one = entries_[entry - first_];
  if (one.expires_s == kDropped) {
    if (part.graph != nullptr) part.graph->unmarkDelete(entry - part.first);
    ++part.in_use;
  }
  one.expires_s = expires_s;
  return true;
}

VectorIndex::Part& VectorIndex::Open() {
  if (!parts_.empty() && parts_.back().count < parts_.back().most) return parts_.back();
  const bool graphs = part_bytes_ / 2 >= kGraphBytes;
  const bool graph = graphs && !parts_.empty();
  Part part;
  part.first = first_ + entries_.size();
  part.most = (part_bytes_ - (graph ? kGraphBytes : 0)) / BytesOfEach(graph);
  if (graphs && !graph) part.most = std::min(part.most, kFew);
  part.most = std::max<std::size_t>(part.most, 1);
  if (graph) {
    part.graph =
        std::make_unique<Graph>(space_.get(), std::min(part.most, kFew), kLinks, kCandidatesOfAdd);
    part.graph->setEf(kCandidatesOfSearch);
  }
  return parts_.emplace_back(std::move(part));
}

void VectorIndex::Add(const std::vector<float>& vector, const Sha256Digest& key,
                      std::int64_t expires_s) {
  if (vector.size() != dimension_) return;
  std::vector<float> padded = Pad(vector);
  if (Revive(padded, key, expires_s)) return;
  while (parts_.size() > 1 && parts_.front().in_use == 0) DropOldest();
  Part& part = Open();
  if (part.graph != nullptr) {
    const std::size_t room = part.graph->max_elements_;
    if (part.count == room) part.graph->resizeIndex(std::min(2 * room, part.most));
    part.graph->addPoint(padded.data(), part.count);
  } else {
    part.rows.push_back(std::move(padded));
  }
  by_key_[key] = first_ + entries_.size();
  entries_.push_back({key, expires_s});
  ++part.count;
  ++part.in_use;
}

void VectorIndex::DropOldest() {
  for (std::size_t left = parts_.front().count; left > 0; --left, ++first_) {
    // A later entry may have taken its key over.
    const auto known = by_key_.find(entries_.front().key);
    if (known != by_key_.end() && known->second == first_) by_key_.erase(known);
    entries_.pop_front();
  }
  parts_.erase(parts_.begin());
}

std::size_t VectorIndex::bytes() const noexcept {
  std::size_t sum = sizeof(VectorIndex);
  for (const Part& part : parts_) {
    const bool graph = part.graph != nullptr;
    sum += part.count * BytesOfEach(graph) + (graph ? kGraphBytes : 0);
  }
  return sum;
}

}  // namespace mlp::engine
