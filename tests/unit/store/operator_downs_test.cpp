#include "runtime/store/operator_downs.hpp"

#include <boost/test/unit_test.hpp>

#include "runtime/store/ledger_file.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(operator_downs)

BOOST_AUTO_TEST_CASE(what_one_connection_sets_another_reads) {
  const ScratchFolder folder;
  const std::string path = folder / "m.db.ledger";
  OperatorDowns one;
  OperatorDowns two;
  BOOST_REQUIRE(one.Open(path).ok());
  BOOST_REQUIRE(two.Open(path).ok());
  BOOST_TEST(two.List()->empty());
  const std::int64_t before = two.Version().value();
  const OperatorDown opus{"opus", 2'000, "broken", "ada", 1'000};
  const OperatorDown gpt{"gpt", kForever, "", "bo", 1'001};
  BOOST_REQUIRE(one.Set(opus).ok());
  BOOST_REQUIRE(one.Set(gpt).ok());
  BOOST_TEST(two.Version().value() != before);
  const std::vector<OperatorDown> expected{gpt, opus};
  BOOST_TEST((two.List().value() == expected));
  BOOST_TEST(two.Clear("gpt").value());
  BOOST_TEST(!two.Clear("gpt").value());
  BOOST_TEST(one.List()->size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_later_entry_replaces_and_ended_ones_go) {
  const ScratchFolder folder;
  OperatorDowns file;
  BOOST_REQUIRE(file.Open(folder / "m.db.ledger").ok());
  BOOST_REQUIRE(file.Set({"opus", 2'000, "broken", "ada", 1'000}).ok());
  BOOST_REQUIRE(file.Set({"opus", 3'000, "still", "bo", 1'500}).ok());
  const std::vector<OperatorDown> one{{"opus", 3'000, "still", "bo", 1'500}};
  BOOST_TEST((file.List().value() == one));
  BOOST_REQUIRE(file.Set({"gpt", kForever, "", "bo", 3'000}).ok());
  BOOST_TEST(file.List()->size() == 1U);
  BOOST_TEST(file.List()->front().name == "gpt");
}

BOOST_AUTO_TEST_CASE(a_ledger_of_before_is_brought_up) {
  const ScratchFolder folder;
  const std::string path = folder / "m.db.ledger";
  {
    LedgerFile ledger;
    BOOST_REQUIRE(ledger.Open(path).ok());
  }
  Execute(path,
          "DROP TABLE operator_downs; DROP TABLE rollout_log; DROP TABLE rollout_units; "
          "DROP TABLE rollouts; DROP TABLE experiment_units; DROP TABLE experiments; "
          "PRAGMA user_version = 2");
  OperatorDowns file;
  BOOST_REQUIRE(file.Open(path).ok());
  BOOST_TEST(file.List()->empty());
}

BOOST_AUTO_TEST_CASE(another_programs_file_is_refused) {
  const ScratchFolder folder;
  const std::string path = folder / "m.db.ledger";
  Execute(path, "CREATE TABLE theirs(x)");
  OperatorDowns file;
  const Status opened = file.Open(path);
  BOOST_REQUIRE(!opened.ok());
  BOOST_TEST(opened.error().context.find("belongs to another program") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
