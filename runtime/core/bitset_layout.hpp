// Builds what BitsetIndex (mlp/tables.hpp) points at: which terms admit which class of which axis.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "mlp/tables.hpp"

namespace mlp {

/// A set of terms: bit t % 64 of word t / 64 is term t; ceil(term_count / 64) words.
using TermSet = std::vector<std::uint64_t>;

/// Owns the arrays of one BitsetIndex. Give it all axes, then fill `edge` and `no_term_edge`, then
/// take View().
class BitsetLayout {
 public:
  explicit BitsetLayout(std::uint32_t term_count) : term_count_(term_count) {}

  /// Adds an asked axis. Its cuts are appended to `table_cuts`, the later Tables::cuts, to which
  /// nothing else may be appended between the first axis and the last. class_terms[c] are the terms
  /// that admit a code with c cuts at or below it; cuts.size() + 1 sets. Equal sets are stored
  /// once. At most kMaxBitsetAxes axes.
  void AddAxis(std::uint16_t axis, std::span<const std::int32_t> cuts,
               std::span<const TermSet> class_terms, std::vector<std::int32_t>& table_cuts);

  /// Views into this object, which must outlive them unchanged.
  [[nodiscard]] BitsetIndex View() const noexcept;

  std::vector<std::uint32_t> edge;          ///< [root * term_count + term]
  std::vector<std::uint32_t> no_term_edge;  ///< [root]

 private:
  struct Place {
    std::uint32_t first_word;
    std::uint32_t first_summary;
  };
  Place Store(const TermSet& terms);

  std::uint32_t term_count_;
  std::vector<std::uint16_t> axes_;
  std::vector<std::uint32_t> first_cut_;
  std::vector<std::uint32_t> first_word_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> summary_;
  std::vector<std::uint32_t> first_summary_;
  std::map<TermSet, Place> stored_;
};

}  // namespace mlp
