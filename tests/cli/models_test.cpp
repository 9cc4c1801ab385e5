// mlpc models: its table and JSON over catalogs and policies, and its errors.
#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/cli/policies.hpp"
#include "tests/cli/shapes.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

using nlohmann::json;

BOOST_AUTO_TEST_SUITE(models_command)

struct Files {
  ScratchFolder folder;
  std::string catalog = WriteWhole(folder / "models/catalog.mlp", Catalog());
};

BOOST_FIXTURE_TEST_CASE(a_catalog_a_folder_and_a_policy_list_the_same_models, Files) {
  const std::string policy =
      WriteWhole(folder / "models/desk.mlp", Desk("catalog.mlp", SoundRoutes()));
  const Finished of_catalog = Mlpc({"models", "--on", "2026-11-21", catalog});
  BOOST_TEST(of_catalog.exit_code == 0);
  BOOST_TEST(of_catalog.err == "");
  BOOST_TEST(of_catalog.out ==
             "MODEL  PROVIDER  CONTEXT  OUTPUT  INPUT/M  OUTPUT/M  STATUS  RETIRES\n"
             "large  main         200K     64K       $1        $2  active  -\n"
             "small  main         200K     64K       $1        $2  active  2027-06-01\n"
             "wide   main           1M     64K       $1        $2  active  -\n");
  for (const std::string& file : {policy, std::string(folder / "models")}) {
    const Finished finished = Mlpc({"models", "--on", "2026-11-21", file});
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.out == of_catalog.out);
  }
}

BOOST_FIXTURE_TEST_CASE(filters_and_json, Files) {
  const Finished finished =
      Mlpc({"models", "--format", "json", "--on", "2027-06-01", "--context-at-least", "1M", "--can",
            "text-input", "--provider", "main", "--price-below", "$3/M", catalog});
  BOOST_TEST(finished.exit_code == 0);
  const json all = ReadValid(finished.out, "compiler/catalog/schema/models.schema.json");
  BOOST_TEST(all["version"] == 1);
  BOOST_TEST(all["models"].size() == 1U);
  BOOST_TEST(all["models"][0]["name"] == "wide");

  const Finished none = Mlpc({"models", "--price-below", "1", catalog});
  BOOST_TEST(none.exit_code == 0);
  BOOST_TEST(none.err == "none of 3 models fits\n");
}

BOOST_FIXTURE_TEST_CASE(wrong_words_exit_2_and_name_the_nearest, Files) {
  struct Row {
    std::vector<std::string> words;
    const char* says;
  };
  const Row rows[] = {
      {{"--can", "text-imput"}, "the nearest is `text-input`"},
      {{"--prefer", "streamin"}, "the nearest is `streaming`"},
      {{"--provider", "mian"}, "the nearest is `main`"},
      {{"--price-below", "cheap"}, "`cheap` is not a price such as $3/M"},
      {{"--context-at-least", "many"}, "`many` is not a number of tokens such as 200K"},
      {{"--on", "soon"}, "`soon` is not a date such as 2026-12-01"},
  };
  for (const Row& row : rows) {
    std::vector<std::string> words = {"models"};
    words.insert(words.end(), row.words.begin(), row.words.end());
    words.push_back(catalog);
    const Finished finished = Mlpc(words);
    BOOST_TEST_CONTEXT(row.says) {
      BOOST_TEST(finished.exit_code == 2);
      BOOST_TEST(finished.out == "");
      BOOST_TEST(finished.err.find(row.says) != std::string::npos, finished.err);
    }
  }
  BOOST_TEST(Mlpc({"models", folder / "missing.mlp"}).exit_code == 2);
}

BOOST_FIXTURE_TEST_CASE(errors_in_a_catalog_exit_1, Files) {
  const std::string broken = WriteWhole(folder / "broken.mlp", "language 1\nmodel x { }\n");
  const Finished finished = Mlpc({"models", broken});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.out == "");
  BOOST_TEST(finished.err.find("broken.mlp:2:") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(without_files_the_catalog_at_hand_is_read, Files) {
  const Finished here = Mlpc({"models"}, {.folder = MLP_SOURCE_DIR});
  BOOST_TEST(here.exit_code == 0);
  BOOST_TEST(here.err == "models of policies/catalog\n");
  BOOST_TEST(here.out.find("claude-sonnet-4-5 ") != std::string::npos);
  // Nor is one installed beside the binary that the tests run.
  const Finished nowhere = Mlpc({"models"}, {.folder = folder / "models"});
  BOOST_TEST(nowhere.exit_code == 2);
  BOOST_TEST(nowhere.err.find("name catalogs") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
