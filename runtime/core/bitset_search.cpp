#include <array>
#include <bit>

#include "runtime/core/walk.hpp"

namespace mlp {
namespace {

constexpr std::uint32_t kNoTerm = UINT32_MAX;

/// The sets of one request's classes, read side by side word by word.
class CommonTerms {
 public:
  explicit CommonTerms(const BitsetIndex& index) noexcept : index_(index) {}

  void AddClass(std::uint32_t class_number) noexcept {
    next_word_[set_count_] = index_.words.data() + index_.first_word[class_number];
    summary_[set_count_] = index_.summary.data() + index_.first_summary[class_number];
    ++set_count_;
  }

  /// The least term in all sets, or kNoTerm.
  [[nodiscard]] std::uint32_t First() noexcept {
    const std::uint32_t word_count = (index_.term_count + 63) / 64;
    for (std::uint32_t i = 0; i * 64 < word_count; ++i) {
      std::uint64_t words_in_all = ~std::uint64_t{0};
      for (std::size_t set = 0; set < set_count_; ++set) words_in_all &= summary_[set][i];
      for (; words_in_all != 0; words_in_all &= words_in_all - 1) {
        const int bit = std::countr_zero(words_in_all);
        const std::uint64_t terms = CommonWord(i, bit);
        if (terms == 0) continue;
        return (i * 64 + static_cast<std::uint32_t>(bit)) * 64 +
               static_cast<std::uint32_t>(std::countr_zero(terms));
      }
      for (std::size_t set = 0; set < set_count_; ++set)
        next_word_[set] += std::popcount(summary_[set][i]);
    }
    return kNoTerm;
  }

 private:
  /// Word i * 64 + bit of all sets, each found by the number of stored words before it.
  [[nodiscard]] std::uint64_t CommonWord(std::uint32_t i, int bit) const noexcept {
    const std::uint64_t before = (std::uint64_t{1} << bit) - 1;
    std::uint64_t terms = ~std::uint64_t{0};
    for (std::size_t set = 0; set < set_count_; ++set) {
      terms &= next_word_[set][std::popcount(summary_[set][i] & before)];
    }
    return terms;
  }

  const BitsetIndex& index_;
  std::size_t set_count_ = 0;
  std::array<const std::uint64_t*, kMaxBitsetAxes> next_word_;
  std::array<const std::uint64_t*, kMaxBitsetAxes> summary_;
};

}  // namespace

std::uint32_t FirstTermEdge(const Tables& tables, std::uint32_t root,
                            const RequestView& request) noexcept {
  const BitsetIndex& index = tables.bitsets;
  CommonTerms common(index);
  for (std::uint32_t i = 0; i < index.axes.size(); ++i) {
    const std::int32_t code = CodeOn(tables, tables.axes[index.axes[i]], request);
    const std::uint32_t first = index.first_cut[i];
    const std::uint32_t below =
        CountCutsUpTo(tables.cuts.data(), first, index.first_cut[i + 1], code) - first;
    common.AddClass(first - index.first_cut[0] + i + below);
  }
  const std::uint32_t term = common.First();
  if (term == kNoTerm) return index.no_term_edge[root];
  return index.edge[std::size_t{root} * index.term_count + term];
}

}  // namespace mlp
