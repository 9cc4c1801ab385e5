// Holds goldens, codes and kinds together: every code of codes.def has a golden file named after
// it, every kind of kinds.def stands in a dump, and no golden is named after a code that does not
// exist.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "tests/golden/golden_files.hpp"

namespace mlp::compiler::golden {
namespace {

BOOST_AUTO_TEST_SUITE(coverage)

struct Exemption {
  std::string_view code;
  std::string_view reason;
};
const std::vector<Exemption>& Exemptions() {
  static const std::vector<Exemption> exemptions{
      {"MLP0803", "only a comparison of two versions finds it: tests/unit/diff"}};
  return exemptions;
}

bool HasGolden(std::string_view code) {
  const std::vector<GoldenFile> files = GoldenFiles();
  return std::any_of(files.begin(), files.end(), [code](const GoldenFile& file) {
    return file.name.compare(0, code.size(), code) == 0;
  });
}

BOOST_AUTO_TEST_CASE(every_code_has_a_golden_file) {
  for (const CodeInfo& info : AllCodes()) {
    const auto exempt = std::find_if(Exemptions().begin(), Exemptions().end(),
                                     [&info](const Exemption& e) { return e.code == info.name; });
    BOOST_TEST_CONTEXT(info.name) {
      if (exempt == Exemptions().end()) {
        BOOST_TEST(HasGolden(info.name), "no file tests/golden/*/" << info.name << "*.mlp");
      } else {
        BOOST_TEST(!HasGolden(info.name), "the exemption is stale: " << exempt->reason);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_exemption_names_a_code_and_has_a_reason) {
  for (const Exemption& exemption : Exemptions()) {
    BOOST_TEST(ParseCode(exemption.code).has_value(), exemption.code);
    BOOST_TEST(!exemption.reason.empty(), exemption.code);
  }
}

BOOST_AUTO_TEST_CASE(no_golden_file_is_named_after_an_unknown_code) {
  for (const GoldenFile& file : GoldenFiles()) {
    if (file.name.compare(0, 3, "MLP") != 0) continue;
    BOOST_TEST(ParseCode(file.name.substr(0, 7)).has_value(), file.input_path);
  }
}

BOOST_AUTO_TEST_CASE(a_golden_named_after_a_code_shows_that_code) {
  for (const GoldenFile& file : GoldenFiles()) {
    if (file.name.compare(0, 3, "MLP") != 0) continue;
    const std::string golden = ReadFile(file.golden_path);
    BOOST_TEST((golden.find("[" + file.name.substr(0, 7) + "]") != std::string::npos),
               file.golden_path);
  }
}

BOOST_AUTO_TEST_CASE(every_kind_of_node_stands_in_a_dump) {
  std::string dumps;
  for (const GoldenFile& file : GoldenFiles()) {
    if (file.pass == "parse") dumps += ReadFile(file.golden_path);
  }
  const auto check = [&dumps](const std::string& kind) {
    const bool found = dumps.find("(" + kind + " ") != std::string::npos ||
                       dumps.find("(" + kind + ")") != std::string::npos ||
                       dumps.find("(" + kind + "\n") != std::string::npos;
    BOOST_TEST(found, kind << " stands in no golden of the parser");
  };
#define MLP_KIND(name, children) check(#name);
#include "compiler/ast/kinds.def"
#undef MLP_KIND
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler::golden
