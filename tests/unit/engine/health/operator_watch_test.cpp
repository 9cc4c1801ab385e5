// What is taken down in a ledger file, as a service sees it: names, files that come and go, files
// that cannot be read.
#include "runtime/engine/operator_watch.hpp"

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace mlp::engine {
namespace {

bool Await(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

struct Fixture {
  ScratchFolder folder;
  TestPolicy policy;
  std::string path = folder / "m.db.ledger";
  std::optional<Health> health;
  std::optional<OperatorWatch> watch;

  void Watch() {
    health.emplace(policy.policy(), HealthOptions{}, 7, 1'000'000);
    watch.emplace(policy.policy().tables(), *health, path, 5);
  }
  void TakeDown(const std::string& name) {
    OperatorDowns file;
    BOOST_REQUIRE(file.Open(path).ok());
    BOOST_REQUIRE(file.Set({.name = name, .why = {}, .who = {}, .at_s = 1}).ok());
  }
  /// Which models are up, by number.
  std::string Up() {
    std::string up;
    for (std::uint16_t model = 0; model < 3; ++model) {
      if (policy.policy().live().model_up(model)) up += std::to_string(model);
    }
    return up;
  }
  HealthReport Report() {
    HealthReport report;
    health->Describe(report, 1'000'000, 0);
    watch->Describe(report);
    return report;
  }
};

BOOST_FIXTURE_TEST_SUITE(operator_watch, Fixture)

BOOST_AUTO_TEST_CASE(a_model_goes_with_its_variants_and_a_provider_with_its_models) {
  policy.model(1).provider = 0;
  policy.model(1).id = "opus-id";
  TakeDown("gpt");
  Watch();
  BOOST_TEST(Up() == "2");
  TakeDown("ollama");
  BOOST_REQUIRE(Await([&] { return Up().empty(); }));
  BOOST_TEST(Report().providers[2].taken_down.has_value());
  OperatorDowns file;
  BOOST_REQUIRE(file.Open(path).ok());
  BOOST_TEST(file.Clear("gpt").value());
  BOOST_REQUIRE(Await([&] { return Up() == "01"; }));
}

BOOST_AUTO_TEST_CASE(a_provider_is_known_by_its_aliases) {
  static constexpr std::string_view kAlias[] = {"claude"};
  policy.provider(0).aliases = kAlias;
  TakeDown("claude");
  Watch();
  BOOST_TEST(Up() == "12");
  BOOST_TEST(Report().taken_down.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_may_come_later_go_and_come_again) {
  Watch();
  BOOST_TEST(Up() == "012");
  BOOST_TEST(!std::filesystem::exists(path));  // looking leaves nothing behind
  TakeDown("opus");
  BOOST_REQUIRE(Await([&] { return Up() == "12"; }));
  std::filesystem::remove(path);
  BOOST_REQUIRE(Await([&] { return Up() == "012"; }));
  TakeDown("gpt");
  BOOST_REQUIRE(Await([&] { return Up() == "02"; }));
}

BOOST_AUTO_TEST_CASE(what_was_read_stays_while_a_file_cannot_be_read) {
  TakeDown("opus");
  Watch();
  BOOST_TEST(Up() == "12");
  std::ofstream(folder / "wrong") << "this is no database, and it is long enough to be none";
  std::filesystem::rename(folder / "wrong", path);
  BOOST_REQUIRE(Await([&] { return !Report().operator_trouble.empty(); }));
  BOOST_TEST(Up() == "12");
  BOOST_TEST(Report().taken_down.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_read_stays_where_nobody_can_tell_whether_the_file_is_there) {
  TakeDown("opus");
  Watch();
  BOOST_TEST(Up() == "12");
  std::filesystem::create_symlink(path, folder / "loop");
  std::filesystem::rename(folder / "loop", path);  // leads to itself
  BOOST_REQUIRE(Await([&] { return !Report().operator_trouble.empty(); }));
  BOOST_TEST(Up() == "12");
  BOOST_TEST(Report().taken_down.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_that_another_holds_is_read_when_it_is_free) {
  TakeDown("opus");
  Watch();
  sqlite3* other = nullptr;
  BOOST_REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
  BOOST_REQUIRE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
  BOOST_REQUIRE(sqlite3_exec(other, "DELETE FROM operator_downs", nullptr, nullptr, nullptr) ==
                SQLITE_OK);
  BOOST_REQUIRE(Await([&] { return !Report().operator_trouble.empty(); }));
  BOOST_TEST(Up() == "12");
  BOOST_REQUIRE(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(other);
  BOOST_REQUIRE(Await([&] { return Up() == "012"; }));
  BOOST_REQUIRE(Await([&] { return Report().operator_trouble.empty(); }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
