// Answers on disk: found again, shared, bounded, and begun anew where the file is broken.
#include "runtime/store/answer_file.hpp"

#include <fstream>
#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::int64_t kLater = 4'000'000'000;  // past the wall clock, by which rows expire

struct Fixture {
  [[nodiscard]] std::unique_ptr<AnswerFile> Open(std::int64_t most_bytes = 1 << 20) const {
    auto file = AnswerFile::Open(path, most_bytes);
    BOOST_REQUIRE_MESSAGE(file.ok(), (file.ok() ? std::string() : file.error().context));
    return std::move(file).value();
  }
  [[nodiscard]] static std::string Find(AnswerFile& file, const std::string& key) {
    std::int64_t expires_s = 0;
    return file.Find(key, kNow, expires_s).value_or("nothing");
  }
  [[nodiscard]] std::string Keys() const {
    std::string keys;
    const Status status = AnswerFile::ForEachNewest(
        path, kNow, [&](const std::string& key, const std::string&, std::int64_t) {
          keys += key + " ";
          return true;
        });
    BOOST_TEST(status.ok());
    return keys;
  }
  ScratchFolder folder;
  std::string path = folder / "answers.db";
};

BOOST_FIXTURE_TEST_SUITE(answer_file, Fixture)

BOOST_AUTO_TEST_CASE(what_was_put_is_found_by_every_process_until_its_end) {
  const auto one = Open();
  const auto two = Open();
  one->Put("a", std::string("x\0y", 3), kLater);
  one->Put("b", "old", kLater);
  one->Put("b", "new", kLater);
  one->Put("gone", "z", kNow);
  one->Flush();
  BOOST_TEST(Find(*two, "a") == std::string("x\0y", 3));
  BOOST_TEST(Find(*two, "b") == "new");
  BOOST_TEST(Find(*two, "gone") == "nothing");
  BOOST_TEST(Find(*two, "never") == "nothing");
  BOOST_TEST(Keys() == "b a ");
  BOOST_TEST(one->stats().written == 4U);
}

BOOST_AUTO_TEST_CASE(the_oldest_go_when_it_is_full) {
  const auto file = Open(1'000);
  for (int i = 0; i < 9; ++i) {
    file->Put(std::to_string(i), std::string(250, 'x'), kLater);
    file->Flush();
  }
  BOOST_TEST(Keys() == "8 7 6 5 ");
}

BOOST_AUTO_TEST_CASE(a_broken_file_is_begun_anew_and_another_programs_file_is_left_alone) {
  std::ofstream(path) << "SQLite format 3" << std::string(8'192, 'q');
  {
    const auto file = Open();
    file->Put("a", "x", kLater);
    file->Flush();
    BOOST_TEST(Find(*file, "a") == "x");
  }
  const std::string other = folder / "other.db";
  Database database;
  BOOST_REQUIRE_EQUAL(database.Open(other, Database::Mode::kReadWrite), SQLITE_OK);
  BOOST_REQUIRE_EQUAL(database.Run("CREATE TABLE mine(x); PRAGMA application_id = 77"), SQLITE_OK);
  const auto refused = AnswerFile::Open(other, 1'000);
  BOOST_REQUIRE(!refused.ok());
  const std::string settings = folder / "settings.json";
  std::ofstream(settings) << "{\"mine\": true}";
  BOOST_TEST(!AnswerFile::Open(settings, 1'000).ok());
  std::ifstream kept(settings);
  BOOST_TEST(std::string(std::istreambuf_iterator<char>(kept), {}) == "{\"mine\": true}");
  BOOST_TEST(refused.error().context.find("another program") != std::string::npos);
  std::int64_t tables = 0;
  BOOST_REQUIRE_EQUAL(database.Number("SELECT count(*) FROM mine", tables), SQLITE_OK);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_locked_is_no_reason_to_wait) {
  const auto file = Open();
  file->Put("a", "x", kLater);
  file->Flush();
  Database other;
  BOOST_REQUIRE_EQUAL(other.Open(path, Database::Mode::kReadWrite), SQLITE_OK);
  BOOST_REQUIRE_EQUAL(other.Run("BEGIN EXCLUSIVE"), SQLITE_OK);
  BOOST_TEST(Find(*file, "a") == "nothing");
  BOOST_REQUIRE_EQUAL(other.Run("ROLLBACK"), SQLITE_OK);
  BOOST_TEST(Find(*file, "a") == "x");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
