// The policies that come with the project, and the catalogs that they import, have nothing wrong.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/check/check_support.hpp"

namespace mlp::compiler {
namespace {

class DiskReader : public FileReader {
 public:
  std::optional<std::string> Read(const std::string& path) override {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }
};

BOOST_AUTO_TEST_SUITE(policies)

BOOST_AUTO_TEST_CASE(nothing_is_wrong_in_what_comes_with_the_project) {
  int checked = 0;
  for (const std::string folder : {"/policies", "/policies/catalog"}) {
    for (const auto& entry : std::filesystem::directory_iterator(MLP_SOURCE_DIR + folder)) {
      if (entry.path().extension() != ".mlp") continue;
      ++checked;
      DiskReader reader;
      Checked one;
      const Program program =
          LoadProgram(reader, entry.path().string(), {}, one.sources, one.diagnostics);
      BOOST_TEST_REQUIRE(!program.trees.empty());
      one.model = Check(program, one.sources, one.diagnostics);
      BOOST_TEST(one.Short() == "");
      const auto by_name = [](const CandidateModel& a, const CandidateModel& b) {
        return a.name < b.name;
      };
      BOOST_TEST(std::is_sorted(one.model.candidates.begin(), one.model.candidates.end(), by_name));
    }
  }
  BOOST_TEST(checked > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
