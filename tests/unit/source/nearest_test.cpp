#include "compiler/source/nearest.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(nearest)

struct NearestRow {
  std::string_view word;
  std::vector<std::string_view> candidates;
  std::string_view nearest;  // empty for none
};

BOOST_AUTO_TEST_CASE(the_fewest_edits_within_a_third_win) {
  const std::vector<NearestRow> rows{
      {"claude-sonet-4-5",
       {"gpt-5-4", "claude-sonnet-4-5", "claude-sonnet-5"},
       "claude-sonnet-4-5"},
      {"rout", {"request", "route", "rollout"}, "route"},
      {"tyr", {"cap", "try"}, "try"},      // a swap is one edit
      {"TASK", {"tier", "task"}, "task"},  // case is none
      {"gpt-5.4", {"gpt-5-4-mini", "gpt-5-4"}, "gpt-5-4"},
      {"abc", {"abd", "abe"}, "abd"},  // the first of equals
      {"prod", {"development", "production"}, "production"},
      {"pro", {"production", "provider"}, ""},  // begins two
      {"ab", {"abcdef"}, ""},                   // too short to begin anything
      {"xyz", {"abc"}, ""},
      {"route", {"route"}, ""},  // known already
      {"", {"a"}, "a"},
      {"try", {}, ""},
  };
  for (const NearestRow& row : rows) {
    BOOST_TEST_CONTEXT(row.word) {
      BOOST_TEST(NearestName(row.word, row.candidates).value_or("") == row.nearest);
    }
  }
}

// The definition, without bounds or rows: the recursion over all ways to edit.
int SlowDistance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return static_cast<int>(std::max(a.size(), b.size()));
  int least = SlowDistance(a.substr(1), b.substr(1)) + (a[0] == b[0] ? 0 : 1);
  least = std::min(least, SlowDistance(a.substr(1), b) + 1);
  least = std::min(least, SlowDistance(a, b.substr(1)) + 1);
  if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0]) {
    least = std::min(least, SlowDistance(a.substr(2), b.substr(2)) + 1);
  }
  return least;
}

BOOST_AUTO_TEST_CASE(distance_agrees_with_its_definition) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 2'000; ++round) {
    const auto word = [&random] {
      std::string text(random() % 6, 'a');
      for (char& c : text) c = static_cast<char>('a' + random() % 3);
      return text;
    };
    const std::string a = word();
    const std::string b = word();
    BOOST_TEST_CONTEXT(a << " and " << b) {
      BOOST_TEST(EditDistance(a, b, 10) == SlowDistance(a, b));
      BOOST_TEST(EditDistance(a, b, 1) == std::min(2, SlowDistance(a, b)));
    }
  }
}

BOOST_AUTO_TEST_CASE(very_long_words_are_compared_by_their_start) {
  const std::string a(1'000'000, 'a');
  BOOST_TEST(EditDistance(a, a + "b", 3) == 0);
  BOOST_TEST(EditDistance(a, std::string(1'000'000, 'b'), 3) == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
