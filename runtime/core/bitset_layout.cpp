#include "runtime/core/bitset_layout.hpp"

namespace mlp {

void BitsetLayout::AddAxis(std::uint16_t axis, std::span<const std::int32_t> cuts,
                           std::span<const TermSet> class_terms,
                           std::vector<std::int32_t>& table_cuts) {
  if (first_cut_.empty()) first_cut_.push_back(static_cast<std::uint32_t>(table_cuts.size()));
  axes_.push_back(axis);
  table_cuts.insert(table_cuts.end(), cuts.begin(), cuts.end());
  first_cut_.push_back(static_cast<std::uint32_t>(table_cuts.size()));
  for (const TermSet& terms : class_terms) {
    const Place place = Store(terms);
    first_word_.push_back(place.first_word);
    first_summary_.push_back(place.first_summary);
  }
}

BitsetLayout::Place BitsetLayout::Store(const TermSet& terms) {
  const Place place{static_cast<std::uint32_t>(words_.size()),
                    static_cast<std::uint32_t>(summary_.size())};
  const auto [found, added] = stored_.try_emplace(terms, place);
  if (!added) return found->second;
  const std::size_t word_count = (std::size_t{term_count_} + 63) / 64;
  summary_.resize(summary_.size() + (word_count + 63) / 64, 0);
  for (std::size_t word = 0; word < word_count; ++word) {
    if (terms[word] == 0) continue;
    summary_[place.first_summary + word / 64] |= std::uint64_t{1} << (word % 64);
    words_.push_back(terms[word]);
  }
  return place;
}

BitsetIndex BitsetLayout::View() const noexcept {
  return {term_count_, axes_,          first_cut_, first_word_, words_,
          summary_,    first_summary_, edge,       no_term_edge};
}

}  // namespace mlp
