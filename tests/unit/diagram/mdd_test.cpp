#include "compiler/diagram/mdd.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

namespace mlp::compiler {
namespace {

constexpr std::int32_t kSizes[] = {3, 2, 5};

/// A function as its table over all 30 points, and as a diagram.
struct Function {
  std::vector<std::uint32_t> table;
  Ref ref = 0;
};

std::uint32_t ValueAt(const Mdd& mdd, Ref ref, const std::vector<std::int32_t>& codes) {
  while (!IsTerminal(ref)) ref = mdd.Child(ref, codes[mdd.axis(ref)]);
  return Label(ref);
}

std::vector<std::uint32_t> TableOf(const Mdd& mdd, Ref ref) {
  std::vector<std::uint32_t> table;
  for (std::int32_t a = 0; a < kSizes[0]; ++a) {
    for (std::int32_t b = 0; b < kSizes[1]; ++b) {
      for (std::int32_t c = 0; c < kSizes[2]; ++c) table.push_back(ValueAt(mdd, ref, {a, b, c}));
    }
  }
  return table;
}

Mdd Small(MddBudget budget = {}) { return Mdd({3, 2, 5}, budget); }

BOOST_AUTO_TEST_SUITE(mdd)

BOOST_AUTO_TEST_CASE(equal_functions_are_equal_references) {
  Mdd mdd = Small();
  std::mt19937 random(11);
  std::vector<Function> all;
  const auto add = [&](Ref ref) { all.push_back({TableOf(mdd, ref), ref}); };
  for (std::uint32_t axis = 0; axis < 3; ++axis) {
    for (std::int32_t first = -1; first < 4; ++first) {
      add(mdd.Interval(axis, first, first + static_cast<std::int32_t>(random() % 3)));
    }
  }
  for (int i = 0; i < 400; ++i) {
    const Function a = all[random() % all.size()];
    const Function b = all[random() % all.size()];
    switch (random() % 3) {
      case 0:
        add(mdd.And(a.ref, b.ref));
        for (std::size_t p = 0; p < a.table.size(); ++p) {
          BOOST_TEST(all.back().table[p] == (a.table[p] & b.table[p]));
        }
        break;
      case 1:
        add(mdd.Or(a.ref, b.ref));
        for (std::size_t p = 0; p < a.table.size(); ++p) {
          BOOST_TEST(all.back().table[p] == (a.table[p] | b.table[p]));
        }
        break;
      default:
        add(mdd.Not(a.ref));
        for (std::size_t p = 0; p < a.table.size(); ++p) {
          BOOST_TEST(all.back().table[p] == 1 - a.table[p]);
        }
        break;
    }
  }
  for (const Function& a : all) {
    for (const Function& b : all) BOOST_TEST((a.table == b.table) == (a.ref == b.ref));
  }
}

BOOST_AUTO_TEST_CASE(first_match_and_gate_keep_labels) {
  Mdd mdd = Small();
  const Ref low = mdd.Interval(2, 0, 2);
  const Ref a = mdd.Gate(low, Terminal(7));
  const Ref b = mdd.Gate(mdd.Interval(0, 1, 2), Terminal(9));
  const Ref both = mdd.FirstMatch(a, b);
  BOOST_TEST(ValueAt(mdd, both, {1, 0, 1}) == 7U);
  BOOST_TEST(ValueAt(mdd, both, {1, 0, 4}) == 9U);
  BOOST_TEST(ValueAt(mdd, both, {0, 0, 4}) == 0U);
  // Associative: how a list is split into halves does not matter.
  const Ref c = Terminal(3);
  BOOST_TEST(mdd.FirstMatch(both, c) == mdd.FirstMatch(a, mdd.FirstMatch(b, c)));
}

BOOST_AUTO_TEST_CASE(nodes_are_reduced) {
  Mdd mdd = Small();
  const std::vector<MddEdge> same{{0, kTrue}, {2, kTrue}};
  BOOST_TEST(mdd.MakeNode(0, same) == kTrue);
  const std::vector<MddEdge> joined{{1, kFalse}, {3, kTrue}, {4, kTrue}};
  BOOST_TEST(mdd.edges(mdd.MakeNode(2, joined)).size() == 2U);
  BOOST_TEST(mdd.Interval(2, -5, 99) == kTrue);
  BOOST_TEST(mdd.Interval(2, 5, 99) == kFalse);
}

BOOST_AUTO_TEST_CASE(budgets_end_in_over_budget_and_stay_there) {
  for (const MddBudget budget :
       {MddBudget{2, 1'000}, MddBudget{1'000, 3}, MddBudget{1'000, 1'000, 200}}) {
    Mdd mdd = Small(budget);
    const Ref a = mdd.Interval(0, 0, 0);
    const Ref b = mdd.Interval(2, 1, 3);
    const Ref both = mdd.Or(mdd.And(a, b), mdd.Not(b));
    BOOST_TEST(both == kOverBudget);
    BOOST_TEST(mdd.over_budget());
    BOOST_TEST(mdd.And(both, kTrue) == kOverBudget);
    mdd.SetBudget({});
    BOOST_TEST(!mdd.over_budget());
    BOOST_TEST(mdd.And(a, b) != kOverBudget);
  }
}

BOOST_AUTO_TEST_CASE(what_is_truncated_is_made_again_alike) {
  Mdd mdd = Small();
  const Ref a = mdd.Interval(0, 0, 0);
  const Ref b = mdd.Interval(2, 1, 3);
  const std::uint32_t before = mdd.node_count();
  const Ref both = mdd.And(a, b);
  const Ref either = mdd.Or(a, mdd.Not(b));
  const std::uint32_t after = mdd.node_count();
  mdd.Truncate(before);
  BOOST_TEST(mdd.node_count() == before);
  BOOST_TEST(mdd.Interval(0, 0, 0) == a);
  BOOST_TEST(mdd.Interval(2, 1, 3) == b);
  BOOST_TEST(mdd.And(a, b) == both);
  BOOST_TEST(mdd.Or(a, mdd.Not(b)) == either);
  BOOST_TEST(mdd.node_count() == after);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
