// Whatever a well-formed file looks like, its layout is a fixed point that says the same; and how
// it was laid out before makes no difference.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/property/random_policy.hpp"
#include "tests/unit/format/format_support.hpp"

namespace mlp::compiler {
namespace {

using test::Formatted;
using test::Meaning;
using test::MeaningOf;

constexpr unsigned kSeed = 20261121;

BOOST_AUTO_TEST_SUITE(format_properties)

/// Every .mlp file of the repository that parses.
std::vector<std::string> WholeFiles() {
  std::vector<std::filesystem::path> paths;
  for (const char* folder : {"/policies", "/tests"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::string(MLP_SOURCE_DIR) + folder)) {
      if (entry.path().extension() == ".mlp") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const auto& path : paths) {
    std::ifstream stream(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (MeaningOf(text)) texts.push_back(std::move(text));
  }
  return texts;
}

/// No line has blanks at its end, no two blank lines follow each other, and code that could be
/// broken stops at column 100.
std::string LayoutFault(const std::string& text) {
  if (!text.empty() && text.back() != '\n') return "no line end at the end";
  if (text.find("\n\n\n") != std::string::npos) return "two blank lines";
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (!line.empty() && line.back() == ' ') return "blanks at the end of: " + line;
    // Commas in strings and comments aside, a break would have helped.
    bool quoted = false;
    std::size_t bytes = 0;
    std::size_t last_comma = 0;
    for (; bytes < line.size(); ++bytes) {
      if (line[bytes] == '\\') ++bytes;
      if (line[bytes] == '"') quoted = !quoted;
      if (quoted) continue;
      if (line.compare(bytes, 2, "//") == 0) break;
      if (line[bytes] == '\t' || line[bytes] == '\r') return "a blank of another kind in: " + line;
      if (line[bytes] == ',') last_comma = bytes;
    }
    const bool ascii = std::all_of(line.begin(), line.end(), [](char c) { return c > 0; });
    const bool last = last_comma + 3 > bytes;
    if (ascii && bytes > 102 && last_comma > 0 && !last) return "a line that is too long: " + line;
  }
  return {};
}

/// Formats and checks what must hold; returns the canonical text.
std::string CheckFormat(const std::string& text) {
  const std::string once = Formatted(text);
  const bool same = MeaningOf(once) == MeaningOf(text);
  BOOST_TEST(same, "another meaning, seed " << kSeed << ", before:\n"
                                            << text << "\nafter:\n"
                                            << once);
  if (same) {
    const std::string twice = Formatted(once);
    BOOST_TEST((once == twice), "no fixed point, seed " << kSeed << ", before:\n"
                                                        << text << "\nonce:\n"
                                                        << once << "\ntwice:\n"
                                                        << twice);
  }
  const std::string fault = LayoutFault(once);
  BOOST_TEST(fault.empty(), fault << "\nin\n" << once);
  return once;
}

/// The places of a text outside of strings and comments at which blanks stand or may be put.
std::vector<std::size_t> Places(const std::string& text) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i) {
        if (text[i] == '\\') ++i;
      }
    } else if (text.compare(i, 2, "//") == 0) {
      i = std::min(text.find('\n', i), text.size()) - 1;
    } else if (std::string_view(" \n,;(){}<>=").find(text[i]) != std::string_view::npos) {
      places.push_back(i);
    }
  }
  return places;
}

/// Puts blanks, line ends and comments into a well-formed text; each change is kept only where it
/// leaves the file well-formed.
std::string Disturbed(std::string text, std::mt19937& random, int changes, bool comments) {
  const std::vector<std::string> blanks{"  ", "\t", " \r\n", "\n", "\n\n\n \n", ";", " ; "};
  const std::vector<std::string> remarks{" // x\n", "\n// y\n", " /// z\n", "\n\n  /// d\t\n",
                                         "//\n//// four \n"};
  for (int i = 0; i < changes; ++i) {
    const std::vector<std::size_t> places = Places(text);
    if (places.empty()) break;
    const std::size_t place = places[random() % places.size()];
    const auto& kinds = comments && random() % 2 == 0 ? remarks : blanks;
    std::string changed = text;
    if (random() % 4 == 0 && (changed[place] == ' ' || changed[place] == '\n')) {
      changed.erase(place, 1);
    } else {
      changed.insert(place + random() % 2, kinds[random() % kinds.size()]);
    }
    if (MeaningOf(changed)) text = std::move(changed);
  }
  return text;
}

BOOST_AUTO_TEST_CASE(every_file_of_the_repository) {
  const std::vector<std::string> texts = WholeFiles();
  BOOST_TEST(texts.size() > 40U);
  for (const std::string& text : texts) CheckFormat(text);
}

BOOST_AUTO_TEST_CASE(files_with_blanks_and_comments_anywhere) {
  std::mt19937 random(kSeed);
  std::size_t changed = 0;
  for (const std::string& text : WholeFiles()) {
    if (text.size() > 6'000) continue;
    for (int round = 0; round < 3; ++round) {
      const std::string disturbed = Disturbed(text, random, 40, true);
      changed += disturbed != text ? 1U : 0U;
      CheckFormat(disturbed);
    }
  }
  BOOST_TEST(changed > 100U);
}

BOOST_AUTO_TEST_CASE(random_policies_with_blanks_and_comments_anywhere) {
  std::mt19937 random(kSeed);
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    const std::string text = oracle::MakeRandomPolicy(seed).text;
    CheckFormat(text);
    CheckFormat(Disturbed(text, random, 40, true));
  }
}

/// Blanks inside a line, and line ends after commas, are the layout's alone: one canonical form.
BOOST_AUTO_TEST_CASE(blanks_make_no_difference) {
  std::mt19937 random(kSeed);
  std::vector<std::string> texts = WholeFiles();
  for (std::uint64_t seed = 0; seed < 60; ++seed)
    texts.push_back(oracle::MakeRandomPolicy(seed).text);
  for (const std::string& text : texts) {
    if (text.size() > 60'000) continue;
    const std::string canonical = Formatted(text);
    // A block on one line that is broken after a comma would become one of several lines.
    const bool breaks = canonical.find(" { ") == std::string::npos;
    std::string other;
    std::size_t last = 0;
    for (const std::size_t place : Places(canonical)) {
      other += canonical.substr(last, place + 1 - last);
      last = place + 1;
      if (canonical[place] == ' ')
        other += std::string(random() % 3, random() % 2 == 0 ? ' ' : '\t');
      if (breaks && canonical[place] == ',' && random() % 4 == 0) other += "\r\n\n ";
    }
    other += canonical.substr(last);
    BOOST_TEST((Formatted(other) == canonical), "seed " << kSeed << ", before:\n" << other);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
