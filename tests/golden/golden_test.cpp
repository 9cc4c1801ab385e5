// Compares what each pass prints with the golden files, one test a file. MLP_UPDATE_GOLDENS=1
// rewrites them; the difference is then read in review.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/golden/golden_files.hpp"

namespace mlp::compiler::golden {
namespace {

bool Updates() {
  const char* update = std::getenv("MLP_UPDATE_GOLDENS");
  return update != nullptr && std::string(update) == "1";
}

/// The first line in which two texts differ, with its number.
std::string FirstDifference(const std::string& expected, const std::string& actual) {
  std::size_t line = 1;
  std::size_t begin = 0;
  for (;;) {
    const auto end_in = [begin](const std::string& text) {
      return std::min(text.find('\n', begin), text.size());
    };
    const std::size_t expected_end = end_in(expected);
    const std::size_t actual_end = end_in(actual);
    const std::string expected_line = expected.substr(begin, expected_end - begin);
    const std::string actual_line = actual.substr(begin, actual_end - begin);
    if (expected_line != actual_line || expected_end >= expected.size() ||
        actual_end >= actual.size()) {
      return "line " + std::to_string(line) + "\n  golden: " + expected_line +
             "\n  now:    " + actual_line;
    }
    begin = expected_end + 1;
    ++line;
  }
}

void Compare(const GoldenFile& file, RunPass run) {
  const std::string actual = run(file.name + ".mlp", ReadFile(file.input_path));
  if (Updates()) {
    std::ofstream(file.golden_path, std::ios::binary) << actual;
    BOOST_TEST(ReadFile(file.golden_path) == actual);
    return;
  }
  const std::string expected = ReadFile(file.golden_path);
  BOOST_TEST((expected == actual),
             file.golden_path << " differs at " << FirstDifference(expected, actual));
}

bool RegisterAll() {
  for (const Pass& pass : Passes()) {
    auto* suite = BOOST_TEST_SUITE(std::string(pass.folder));
    for (const GoldenFile& file : GoldenFiles()) {
      if (file.pass != pass.folder) continue;
      suite->add(boost::unit_test::make_test_case([file, run = pass.run] { Compare(file, run); },
                                                  file.name, __FILE__, __LINE__));
    }
    boost::unit_test::framework::master_test_suite().add(suite);
  }
  return true;
}

[[maybe_unused]] const bool registered = RegisterAll();

BOOST_AUTO_TEST_CASE(every_folder_of_inputs_has_a_pass_and_every_pass_inputs) {
  const std::vector<GoldenFile> files = GoldenFiles();
  for (const GoldenFile& file : files) {
    BOOST_TEST_CONTEXT(file.input_path) {
      BOOST_TEST(std::any_of(Passes().begin(), Passes().end(),
                             [&file](const Pass& pass) { return pass.folder == file.pass; }));
    }
  }
  for (const Pass& pass : Passes()) {
    BOOST_TEST_CONTEXT(pass.folder) {
      BOOST_TEST(std::any_of(files.begin(), files.end(),
                             [&pass](const GoldenFile& file) { return pass.folder == file.pass; }));
    }
  }
}

}  // namespace
}  // namespace mlp::compiler::golden
