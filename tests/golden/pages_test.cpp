// The examples of the explanation pages are true: the first policy of each shows the page's code,
// the last one nothing at all.
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/pages.hpp"
#include "tests/golden/golden_files.hpp"

namespace mlp::compiler::golden {
namespace {

BOOST_AUTO_TEST_SUITE(pages)

std::vector<std::string> Policies(std::string_view page) {
  constexpr std::string_view kOpen = "\n```mlp\n";
  constexpr std::string_view kClose = "\n```\n";
  std::vector<std::string> policies;
  for (std::size_t at = page.find(kOpen); at != std::string_view::npos; at = page.find(kOpen, at)) {
    const std::size_t begin = at + kOpen.size();
    at = page.find(kClose, begin);
    policies.emplace_back(page.substr(begin, at + 1 - begin));
  }
  return policies;
}

RunPass AllFindings() {
  for (const Pass& pass : Passes()) {
    if (pass.folder == "prove") return pass.run;
  }
  return nullptr;
}

struct Exemption {
  std::string_view code;
  std::string_view reason;
};
constexpr Exemption kNotShown[] = {
    {"MLP0802", "its page shows the shape; a policy past the budget has thousands of routes"},
};

BOOST_AUTO_TEST_CASE(the_first_policy_shows_the_code_and_the_last_one_is_mended) {
  const RunPass run = AllFindings();
  BOOST_REQUIRE(run != nullptr);
  for (const CodeInfo& info : AllCodes()) {
    const auto page = CodePage(info.code);
    if (!page) continue;  // reported by the test of the pages themselves
    const std::vector<std::string> policies = Policies(*page);
    BOOST_TEST_CONTEXT(info.name) {
      BOOST_REQUIRE(policies.size() >= 2U);
      const std::string first = run("support.mlp", policies.front());
      const bool shown = first.find("[" + std::string(info.name) + "]") != std::string::npos;
      bool exempt = false;
      for (const Exemption& exemption : kNotShown) exempt = exempt || exemption.code == info.name;
      BOOST_TEST(shown != exempt,
                 (exempt ? "the exemption is stale" : "not shown, but:\n" + first));
      // A diagram, or findings, each of which begins with its place.
      const std::string last = run("support.mlp", policies.back());
      BOOST_TEST(last.find("support.mlp:") == std::string::npos, last);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler::golden
