// mlpc help and the texts of --help and --version.
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(help_command)

BOOST_AUTO_TEST_CASE(every_listed_code_has_a_page) {
  const Finished list = Mlpc({"help"});
  BOOST_TEST(list.exit_code == 0);
  BOOST_TEST(list.err == "");
  std::istringstream lines(list.out);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::string code = line.substr(0, line.find(' '));
    const Finished page = Mlpc({"help", code});
    BOOST_TEST_CONTEXT(code) {
      BOOST_TEST(page.exit_code == 0);
      BOOST_TEST(page.err == "");
      BOOST_TEST(page.out.find("# " + code + ": ") == 0);
      BOOST_TEST(page.out.find("```mlp") != std::string::npos);
    }
  }
  BOOST_TEST(count >= 20);
}

BOOST_AUTO_TEST_CASE(an_unknown_code_exits_2) {
  for (const std::string code : {"MLP9999", "nonsense", "0401x"}) {
    const Finished finished = Mlpc({"help", code});
    BOOST_TEST_CONTEXT(code) {
      BOOST_TEST(finished.exit_code == 2);
      BOOST_TEST(finished.out == "");
      BOOST_TEST(finished.err.find(code) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(help_states_exit_codes_and_limits) {
  const Finished finished = Mlpc({"--help"});
  BOOST_TEST(finished.exit_code == 0);
  for (const char* text : {"check", "compile", "explain", "fmt", "import", "help", "Exit codes",
                           "Limits", "16 MiB", "nesting up to 200"}) {
    BOOST_TEST_INFO(text);
    BOOST_TEST(finished.out.find(text) != std::string::npos);
  }
  for (const char* command : {"check", "compile", "explain", "fmt", "import", "help"}) {
    BOOST_TEST_INFO(command);
    BOOST_TEST(Mlpc({command, "--help"}).exit_code == 0);
  }
  const Finished version = Mlpc({"--version"});
  BOOST_TEST(version.exit_code == 0);
  BOOST_TEST(version.out.find("mlpc ") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
