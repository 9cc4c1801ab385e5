// mlpc import: declarations on standard output, conflicts on standard error, and that check takes
// what import wrote.
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

// One model that can be declared, one that cannot: nobody says whose it is.
constexpr const char* kLiteLlm = R"({
  "acme/fast-1": {
    "litellm_provider": "acme", "mode": "chat",
    "max_input_tokens": 128000, "max_output_tokens": 8192,
    "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06
  },
  "orphan": {"mode": "chat", "max_input_tokens": 1000}
})";

struct Files {
  ScratchFolder folder;
  std::string list = WriteWhole(folder / "list.json", kLiteLlm);
};

BOOST_FIXTURE_TEST_SUITE(import_command, Files)

BOOST_AUTO_TEST_CASE(declarations_and_conflicts_are_apart) {
  const Finished finished = Mlpc({"import", "litellm", list});
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.out.find("language 1") != std::string::npos);
  BOOST_TEST(finished.out.find("model ") != std::string::npos);
  BOOST_TEST(finished.out.find("$1/M") != std::string::npos);
  BOOST_TEST(finished.out.find("orphan") == std::string::npos);
  BOOST_TEST(finished.err.find("orphan: no litellm_provider; left out") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(check_takes_what_import_wrote) {
  const Finished imported = Mlpc({"import", "litellm", list});
  WriteWhole(folder / "imported.mlp", imported.out);
  // The list says nothing of protocols and addresses, so a catalog adds the provider.
  const std::string catalog = WriteWhole(folder / "catalog.mlp",
                                         "language 1\nimport \"imported.mlp\"\n"
                                         "provider acme {\n  protocol openai\n"
                                         "  endpoint us \"https://acme.example/v1\"\n}\n");
  const Finished checked = Mlpc({"check", catalog});
  BOOST_TEST_INFO(checked.err);
  BOOST_TEST(checked.exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_folder_takes_the_files) {
  const Finished finished = Mlpc({"import", "litellm", list, "-o", folder / "out"});
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.out == "");
  BOOST_TEST(std::filesystem::is_regular_file(folder / "out/litellm.mlp"));
}

BOOST_AUTO_TEST_CASE(what_is_no_list_exits_2_and_writes_nothing) {
  const std::string broken = WriteWhole(folder / "broken.json", "{\"a\": ");
  const Finished finished = Mlpc({"import", "litellm", broken, "-o", folder / "out"});
  BOOST_TEST(finished.exit_code == 2);
  BOOST_TEST(finished.out == "");
  BOOST_TEST(finished.err.find("broken.json") != std::string::npos);
  BOOST_TEST(!std::filesystem::exists(folder / "out"));
  BOOST_TEST(Mlpc({"import", "litellm", folder / "absent.json"}).exit_code == 2);
  BOOST_TEST(Mlpc({"import", "no-such-source", list}).exit_code == 2);
  BOOST_TEST(Mlpc({"import", "litellm"}).exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
