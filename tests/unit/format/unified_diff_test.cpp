// The difference of two texts: its face, and that the second text can be made from the first by it.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compiler/format/unified_diff.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(unified_diff)

std::string Diff(const std::string& before, const std::string& after) {
  return UnifiedDiff(before, after, "a", "b");
}

BOOST_AUTO_TEST_CASE(equal_texts_have_none) {
  BOOST_TEST(Diff("", "") == "");
  BOOST_TEST(Diff("x\ny\n", "x\ny\n") == "");
}

BOOST_AUTO_TEST_CASE(three_lines_around_a_change) {
  BOOST_TEST(Diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n") ==
             "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  BOOST_TEST(Diff("", "x\n") == "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n");
  BOOST_TEST(Diff("x\n", "") == "--- a\n+++ b\n@@ -1 +0,0 @@\n-x\n");
  BOOST_TEST(Diff("x", "x\n") ==
             "--- a\n+++ b\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n");
}

BOOST_AUTO_TEST_CASE(near_changes_share_a_hunk_and_far_ones_do_not) {
  const std::string text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  const auto hunks = [](const std::string& diff) {
    std::size_t count = 0;
    for (std::size_t at = diff.find("\n@@ "); at != std::string::npos;
         at = diff.find("\n@@ ", at + 1))
      ++count;
    return count;
  };
  BOOST_TEST(hunks(Diff(text, "x\n2\n3\n4\n5\n6\n7\ny\n9\n")) == 1U);
  BOOST_TEST(hunks(Diff(text, "x\n2\n3\n4\n5\n6\n7\n8\ny\n")) == 2U);
}

/// Applies a diff to the text that it was made from; whether every line of it fits.
bool Applies(const std::string& before, const std::string& diff, const std::string& after) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
      all.push_back(text.substr(begin, end - begin));
      begin = end;
    }
    return all;
  };
  const std::vector<std::string> old_lines = lines(before);
  std::string made;
  std::size_t at = 0;
  for (const std::string& line : lines(diff)) {
    if (line.starts_with("--- ") || line.starts_with("+++ ")) continue;
    if (line.starts_with("@@ -")) {
      const std::size_t comma = line.find(',');
      const std::size_t number = std::stoul(line.substr(4));
      const bool none = comma < line.find(" +") && line.compare(comma, 3, ",0 ") == 0;
      for (const std::size_t first = none ? number : number - 1; at < first; ++at)
        made += old_lines[at];
    } else if (line[0] == '+') {
      made += line.substr(1);
    } else {
      if (at >= old_lines.size() || old_lines[at] != line.substr(1)) return false;
      if (line[0] == ' ') made += old_lines[at];
      ++at;
    }
  }
  for (; at < old_lines.size(); ++at) made += old_lines[at];
  return made == after;
}

BOOST_AUTO_TEST_CASE(any_diff_makes_the_second_text_from_the_first) {
  constexpr unsigned kSeed = 20261121;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 3'000; ++round) {
    std::string before;
    std::string after;
    // Few different lines, so that many of them agree by chance; long runs of the same as well.
    const auto lines = static_cast<unsigned>(random() % 40);
    for (unsigned i = 0; i < lines; ++i) {
      const std::string line = std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
      const auto fate = static_cast<unsigned>(random() % 8);
      if (fate != 0) before += line;
      if (fate != 1) after += fate == 2 ? "z\n" : line;
    }
    const std::string diff = Diff(before, after);
    BOOST_TEST(Applies(before, diff, after), "seed " << kSeed << "\n"
                                                     << before << "--\n"
                                                     << after << "--\n"
                                                     << diff);
  }
}

BOOST_AUTO_TEST_CASE(texts_that_have_nothing_in_common_take_no_time) {
  std::string before;
  std::string after;
  for (int i = 0; i < 20'000; ++i) {
    before += "old " + std::to_string(i) + "\n";
    after += "new " + std::to_string(i) + "\n";
  }
  BOOST_TEST(Applies(before, Diff(before, after), after));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
