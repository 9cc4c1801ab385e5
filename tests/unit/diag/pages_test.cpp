#include "compiler/diag/pages.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(pages)

std::size_t Count(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

BOOST_AUTO_TEST_CASE(every_code_has_a_page_with_its_title_and_two_policies) {
  for (const CodeInfo& info : AllCodes()) {
    BOOST_TEST_CONTEXT(info.name) {
      const auto page = CodePage(info.code);
      BOOST_REQUIRE(page.has_value());
      const std::string heading =
          "# " + std::string(info.name) + ": " + std::string(info.title) + "\n";
      BOOST_TEST(page->substr(0, heading.size()) == heading);
      BOOST_TEST(Count(*page, "\n```mlp\nlanguage 1\n") >= 2U);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_page_belongs_to_a_code) {
  const std::string folder = std::string(MLP_SOURCE_DIR) + "/compiler/diag/pages";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    BOOST_TEST(ParseCode(entry.path().stem().string()).has_value(), entry.path());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
