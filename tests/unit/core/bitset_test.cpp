// The bitset index against a search of the terms in order.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>
#include <vector>

#include "mlp/decide.hpp"
#include "runtime/core/bitset_layout.hpp"
#include "runtime/core/node_packing.hpp"

namespace mlp {
namespace {

constexpr std::uint32_t kSeed = 20261121;
constexpr std::uint32_t kNoTermLeaf = 999'999;
constexpr std::int32_t kSizes[] = {4, 3'000, 50'000};
constexpr std::size_t kAxisCount = 3;
const std::vector<Axis> kAxes = {
    {AxisKind::kCode, 0, 0, 0, 0}, {AxisKind::kCode, 1, 0, 0, 0}, {AxisKind::kCode, 2, 0, 0, 0}};

struct Interval {
  std::int32_t from;
  std::int32_t to;  ///< exclusive
};
using Term = std::array<Interval, kAxisCount>;

std::vector<Term> RandomTerms(std::mt19937& random, std::size_t count, bool wide) {
  std::vector<Term> terms(count);
  for (Term& term : terms) {
    for (std::size_t axis = 0; axis < kAxisCount; ++axis) {
      const auto size = static_cast<std::uint32_t>(kSizes[axis]);
      if (wide && random() % 2 == 0) {
        term[axis] = {0, kSizes[axis]};
        continue;
      }
      const auto from = static_cast<std::int32_t>(random() % size);
      const std::uint32_t most = wide ? size : 1 + size / 20;
      term[axis] = {from,
                    std::min(from + 1 + static_cast<std::int32_t>(random() % most), kSizes[axis])};
    }
  }
  return terms;
}

bool Holds(const Term& term, const std::array<std::int32_t, kAxisCount>& codes) {
  for (std::size_t axis = 0; axis < kAxisCount; ++axis) {
    if (codes[axis] < term[axis].from || codes[axis] >= term[axis].to) return false;
  }
  return true;
}

/// Tables of one bitset index; two roots, of which the second sends term t to leaf 500,000 + t.
struct Indexed {
  std::vector<std::int32_t> cuts = {7, 8, 9};  // others' cuts come first
  BitsetLayout layout;
  Tables tables{};
  std::vector<std::set<std::int32_t>> axis_cuts{kAxisCount};

  explicit Indexed(const std::vector<Term>& terms)
      : layout(static_cast<std::uint32_t>(terms.size())) {
    for (std::size_t axis = 0; axis < kAxisCount; ++axis) AddAxis(terms, axis);
    for (const std::uint32_t first_leaf : {0U, 500'000U}) {
      for (std::uint32_t t = 0; t < terms.size(); ++t)
        layout.edge.push_back(kLeafBit | (first_leaf + t));
      layout.no_term_edge.push_back(kLeafBit | kNoTermLeaf);
    }
    tables.axes = kAxes;
    tables.cuts = cuts;
    tables.bitsets = layout.View();
  }

  void AddAxis(const std::vector<Term>& terms, std::size_t axis) {
    std::set<std::int32_t>& set = axis_cuts[axis];
    for (const Term& term : terms) {
      if (term[axis].from > 0) set.insert(term[axis].from);
      if (term[axis].to < kSizes[axis]) set.insert(term[axis].to);
    }
    const std::vector<std::int32_t> sorted(set.begin(), set.end());
    std::vector<TermSet> class_terms(sorted.size() + 1, TermSet((terms.size() + 63) / 64, 0));
    for (std::size_t c = 0; c < class_terms.size(); ++c) {
      const std::int32_t code = c == 0 ? 0 : sorted[c - 1];
      for (std::size_t t = 0; t < terms.size(); ++t) {
        if (terms[t][axis].from <= code && code < terms[t][axis].to) {
          class_terms[c][t / 64] |= std::uint64_t{1} << (t % 64);
        }
      }
    }
    layout.AddAxis(static_cast<std::uint16_t>(axis), sorted, class_terms, cuts);
  }
};

void CompareWithSearch(std::mt19937& random, std::size_t term_count, bool wide, int requests) {
  const std::vector<Term> terms = RandomTerms(random, term_count, wide);
  const Indexed indexed(terms);
  for (int i = 0; i < requests; ++i) {
    std::array<std::int32_t, kAxisCount> codes;
    // Two in three requests sit in a corner of a term, at its edge or just outside.
    const Term& near = terms[random() % terms.size()];
    for (std::size_t axis = 0; axis < kAxisCount; ++axis) {
      const std::int32_t corner = random() % 2 == 0 ? near[axis].from : near[axis].to - 1;
      const auto offset = static_cast<std::int32_t>(random() % 8 == 0) -
                          static_cast<std::int32_t>(random() % 8 == 0);
      const auto anywhere =
          static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(kSizes[axis]));
      codes[axis] = i % 3 == 0 ? anywhere : std::clamp(corner + offset, 0, kSizes[axis] - 1);
    }
    const auto found = std::find_if(terms.begin(), terms.end(),
                                    [&](const Term& term) { return Holds(term, codes); });
    const auto expected = static_cast<std::uint32_t>(found - terms.begin());
    const RequestView request{codes, {}, {}};
    const std::uint32_t first = FindLeaf(indexed.tables, 0, request);
    const std::uint32_t second = FindLeaf(indexed.tables, 1, request);
    BOOST_REQUIRE_EQUAL(first, found == terms.end() ? kNoTermLeaf : expected);
    BOOST_REQUIRE_EQUAL(second, found == terms.end() ? kNoTermLeaf : 500'000 + expected);
  }
}

BOOST_AUTO_TEST_SUITE(bitset)

BOOST_AUTO_TEST_CASE(first_term_in_order) {
  std::mt19937 random(kSeed);
  for (const std::size_t term_count : {1U, 2U, 63U, 64U, 65U, 128U, 500U}) {
    for (const bool wide : {false, true}) CompareWithSearch(random, term_count, wide, 2'000);
  }
  // More than 64 words, so that the summary has a second word.
  CompareWithSearch(random, 4'096, false, 2'000);
  CompareWithSearch(random, 4'097, false, 2'000);
  CompareWithSearch(random, 9'000, false, 2'000);
}

BOOST_AUTO_TEST_CASE(the_walk_goes_on_from_the_term) {
  std::mt19937 random(kSeed);
  const std::vector<Term> terms = {{{{1, 2}, {0, kSizes[1]}, {0, kSizes[2]}}}};
  Indexed indexed(terms);
  NodeArrays arrays;
  arrays.cuts = indexed.cuts;
  const std::int32_t cut[] = {100};
  const std::uint32_t edges[] = {kLeafBit | 5, kLeafBit | 6};
  indexed.layout.edge[0] = AppendNodeAs(arrays, NodeKind::kSorted, 1, kSizes[1], cut, edges);
  Tables tables = indexed.tables;
  tables.cuts = arrays.cuts;
  tables.nodes = arrays.nodes;
  tables.edges = arrays.edges;
  const auto leaf = [&](std::int32_t task, std::int32_t input) {
    const std::int32_t codes[] = {task, input, 0};
    return FindLeaf(tables, 0, {codes, {}, {}});
  };
  BOOST_TEST(leaf(1, 99) == 5U);
  BOOST_TEST(leaf(1, 100) == 6U);
  BOOST_TEST(leaf(2, 100) == kNoTermLeaf);
}

BOOST_AUTO_TEST_CASE(equal_classes_are_stored_once) {
  // One term that constrains one axis only: the other axis has one class, whose set equals
  // another's.
  BitsetLayout layout(1);
  std::vector<std::int32_t> cuts;
  const std::int32_t axis_cuts[] = {10, 20};
  const TermSet in = {1};
  const TermSet out = {0};
  const TermSet classes[] = {out, in, out};
  layout.AddAxis(0, axis_cuts, classes, cuts);
  layout.AddAxis(1, {}, {&in, 1}, cuts);
  const BitsetIndex index = layout.View();
  BOOST_TEST(index.words.size() == 1U);
  BOOST_TEST(index.summary.size() == 2U);
  BOOST_TEST(index.first_word.size() == 4U);
  BOOST_TEST(index.first_cut.size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
