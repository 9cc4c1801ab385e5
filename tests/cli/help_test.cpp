// mlpc help and the texts of --help and --version.
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(help_command)

BOOST_AUTO_TEST_CASE(everything_listed_is_explained) {
  const Finished list = Mlpc({"help"});
  BOOST_TEST(list.exit_code == 0);
  BOOST_TEST(list.err == "");
  std::istringstream lines(list.out);
  int codes = 0;
  int commands = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.substr(0, 2) != "  ") continue;  // a heading
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    const Finished page = Mlpc({"help", name});
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(page.exit_code == 0);
      BOOST_TEST(page.err == "");
      if (name.substr(0, 3) == "MLP") {
        BOOST_TEST(page.out.find("# " + name + ": ") == 0);
        BOOST_TEST(page.out.find("```mlp") != std::string::npos);
        ++codes;
      } else {
        BOOST_TEST(page.out == Mlpc({name, "--help"}).out);
        BOOST_TEST(page.out.find("Usage: ") != std::string::npos);
        ++commands;
      }
    }
  }
  BOOST_TEST(codes >= 20);
  BOOST_TEST(commands >= 5);
}

BOOST_AUTO_TEST_CASE(a_code_may_be_written_in_small_letters_or_as_its_number) {
  const std::string page = Mlpc({"help", "MLP0401"}).out;
  BOOST_TEST(page.find("# MLP0401: ") == 0);
  BOOST_TEST(Mlpc({"help", "mlp0401"}).out == page);
  BOOST_TEST(Mlpc({"help", "0401"}).out == page);
}

BOOST_AUTO_TEST_CASE(an_unknown_code_exits_2_and_the_nearest_is_named) {
  const auto expect = [](const std::string& word, const std::string& error) {
    BOOST_TEST_CONTEXT(word) {
      const Finished finished = Mlpc({"help", word});
      BOOST_TEST(finished.exit_code == 2);
      BOOST_TEST(finished.out == "");
      BOOST_TEST(finished.err == "mlpc help: there is no code or command `" + word + "`; " + error);
    }
  };
  expect("MLP0499", "the nearest is `MLP0409`, `mlpc help` lists all\n");
  expect("chek", "the nearest is `check`, `mlpc help` lists all\n");
  expect("nonsense", "`mlpc help` lists all\n");
}

BOOST_AUTO_TEST_CASE(help_states_exit_codes_and_limits) {
  const Finished finished = Mlpc({"--help"});
  BOOST_TEST(finished.exit_code == 0);
  for (const char* text : {"check", "compile", "explain", "fmt", "import", "test", "help",
                           "Exit codes", "Limits", "16 MiB", "nesting up to 200"}) {
    BOOST_TEST_INFO(text);
    BOOST_TEST(finished.out.find(text) != std::string::npos);
  }
  for (const char* command : {"check", "compile", "explain", "fmt", "import", "test", "help"}) {
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
