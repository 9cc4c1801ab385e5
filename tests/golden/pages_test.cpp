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
    {"MLP0803", "only a comparison of two versions finds it"},
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
      BOOST_TEST(run("support.mlp", policies.back()) == "");
    }
  }
}

/// The codes that stand in a text as `[MLP0401]`, without those that are expected.
std::string OtherCodes(const std::string& findings, std::string_view expected) {
  std::string others;
  for (const CodeInfo& info : AllCodes()) {
    const bool there = findings.find("[" + std::string(info.name) + "]") != std::string::npos;
    if (there && info.name != expected) others += std::string(info.name) + " ";
  }
  return others;
}

BOOST_AUTO_TEST_CASE(the_first_policy_shows_nothing_else) {
  const RunPass run = AllFindings();
  for (const CodeInfo& info : AllCodes()) {
    const auto page = CodePage(info.code);
    if (!page) continue;  // reported by the test of the pages themselves
    const std::vector<std::string> policies = Policies(*page);
    if (policies.empty()) continue;
    const std::string findings = run("support.mlp", policies.front());
    BOOST_TEST(OtherCodes(findings, info.name) == "", info.name << " shows\n" << findings);
  }
}

BOOST_AUTO_TEST_CASE(a_page_says_what_and_why_around_its_policies) {
  for (const CodeInfo& info : AllCodes()) {
    const auto page = CodePage(info.code);
    if (!page) continue;
    BOOST_TEST_CONTEXT(info.name) {
      const std::size_t first = page->find("\n```mlp\n");
      const std::size_t first_end = page->find("\n```\n", first + 1);
      const std::size_t last = page->rfind("\n```mlp\n");
      BOOST_TEST_REQUIRE((first != last && first_end != std::string_view::npos));
      const std::size_t heading = page->find('\n');
      constexpr std::size_t kSentence = 40;  // bytes: shorter prose explains nothing
      BOOST_TEST(first - heading > kSentence, "what is missing");
      BOOST_TEST(last - first_end > kSentence, "why is missing");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler::golden
