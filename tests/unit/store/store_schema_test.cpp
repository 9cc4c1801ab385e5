// Files that are not what they should be: newer, foreign, damaged, out of reach. None is changed.
#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "mlp/store.hpp"
#include "runtime/store/reader.hpp"
#include "runtime/store/schema.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

std::string Bytes(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string OpenError(const std::string& path) {
  auto store = Store::Open(path);
  return store ? "" : store.error().context;
}

std::string ReadError(const std::string& path) {
  auto reader = StoreReader::Open(path);
  return reader ? "" : reader.error().context;
}

BOOST_AUTO_TEST_SUITE(store_schema)

BOOST_AUTO_TEST_CASE(new_file_has_the_present_schema) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  MustOpen(file).reset();
  BOOST_TEST(QueryNumber(file, "PRAGMA user_version") ==
             static_cast<std::int64_t>(SchemaSteps().size()));
  BOOST_TEST(QueryNumber(file, "PRAGMA auto_vacuum") == 2);
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM pragma_table_list WHERE strict") == 9);
  const std::string before = Bytes(file);
  MustOpen(file).reset();  // again: nothing to do
  BOOST_TEST((Bytes(file) == before));
}

BOOST_AUTO_TEST_CASE(newer_store_is_refused) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  MustOpen(file).reset();
  const std::size_t newest = SchemaSteps().size();
  Execute(file, "PRAGMA user_version = " + std::to_string(newest + 1));
  const std::string before = Bytes(file);
  const std::string message = file + ": this store has schema " + std::to_string(newest + 1) +
                              ", written by a newer mlp, and this one knows schemas up to " +
                              std::to_string(newest) + "; use the newer mlp or another file";
  BOOST_TEST(OpenError(file) == message);
  BOOST_TEST(ReadError(file) == message);
  BOOST_TEST((Bytes(file) == before));
}

BOOST_AUTO_TEST_CASE(database_of_another_program_is_refused) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  Execute(file, "CREATE TABLE theirs(x)");
  const std::string before = Bytes(file);
  const std::string message =
      file + ": this SQLite file belongs to another program; name another file";
  BOOST_TEST(OpenError(file) == message);
  BOOST_TEST(ReadError(file) == message);
  BOOST_TEST((Bytes(file) == before));
}

BOOST_AUTO_TEST_CASE(file_that_is_no_database_is_refused) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  std::ofstream(file) << std::string(8'192, '#');
  const std::string before = Bytes(file);
  const std::string message =
      file + ": file is not a database; name another file; this one is left as it is";
  BOOST_TEST(OpenError(file) == message);
  BOOST_TEST(ReadError(file) == message);
  BOOST_TEST((Bytes(file) == before));
}

BOOST_AUTO_TEST_CASE(damaged_store_is_an_error_with_a_mend) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  MustOpen(file).reset();
  {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp(100);  // the header stays, the schema's page is gone
    stream << std::string(3'000, '\xA5');
  }
  const std::string before = Bytes(file);
  const std::string message = OpenError(file);
  BOOST_TEST(message.find("malformed") != std::string::npos);
  BOOST_TEST(message.find("move it aside") != std::string::npos);
  BOOST_TEST((Bytes(file) == before));
}

BOOST_AUTO_TEST_CASE(path_without_a_folder_or_name_is_an_error) {
  const ScratchFolder folder;
  BOOST_TEST(OpenError("") == "`` does not name a file for the store");
  BOOST_TEST(OpenError((folder / "")) ==
             "`" + (folder / "") + "` does not name a file for the store");
  const std::string file = folder / "none/m.db";
  BOOST_TEST(OpenError(file) == file +
                                    ".lock: No such file or directory; the store needs an "
                                    "existing, writable folder");
  BOOST_TEST(ReadError(file) == file + ": there is no such store; check the path");
}

BOOST_AUTO_TEST_CASE(steps_are_done_once_and_all_or_none) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  MustOpen(file).reset();
  const auto with = [](std::initializer_list<const char*> further) {
    std::vector<const char*> steps(SchemaSteps().begin(), SchemaSteps().end());
    steps.insert(steps.end(), further);
    return steps;
  };
  const auto newest = static_cast<std::int64_t>(SchemaSteps().size());
  const auto prepare = [&file](std::span<const char* const> steps) {
    Database database;
    BOOST_REQUIRE(database.Open(file, Database::Mode::kReadWrite) == SQLITE_OK);
    return PrepareToWrite(database,
                          {RecordStoreFile().application_id, steps, Journal::kWriteAheadLog})
        .ok();
  };
  const auto bad = with({"CREATE TABLE half(x); CREATE TABLE names(x)"});  // names exists
  BOOST_TEST(!prepare(bad));
  BOOST_TEST(QueryNumber(file, "PRAGMA user_version") == newest);
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'") == 0);
  const auto good = with({"CREATE TABLE later(x)", "CREATE TABLE last(x)"});
  BOOST_TEST(prepare(good));
  BOOST_TEST(prepare(good));
  BOOST_TEST(QueryNumber(file, "PRAGMA user_version") == newest + 2);
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM later") == 0);
}

BOOST_AUTO_TEST_CASE(a_file_of_the_first_schema_is_read_as_it_is_and_written_after_a_step) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  MustOpen(file).reset();
  Execute(file,
          "ALTER TABLE calls DROP COLUMN cache; ALTER TABLE calls DROP COLUMN trace_id; "
          "ALTER TABLE calls DROP COLUMN skipped; ALTER TABLE attempts DROP COLUMN quality_ppm; "
          "DROP TABLE feedback; DROP TABLE rolled; DROP TABLE rolled_totals; "
          "DROP TABLE rolled_state; PRAGMA user_version = 1");
  BOOST_TEST(ReadError(file) == "");
  auto reader = StoreReader::Open(file);
  BOOST_REQUIRE(reader.ok());
  std::size_t count = 0;
  const auto visit = [&count](const CallRecord&) { return ++count > 0; };
  BOOST_TEST(reader->ForEachCall(INT64_MIN, INT64_MAX, visit).ok());
  BOOST_TEST(count == 0U);
  MustOpen(file).reset();
  BOOST_TEST(QueryNumber(file, "PRAGMA user_version") ==
             static_cast<std::int64_t>(SchemaSteps().size()));
}

BOOST_AUTO_TEST_CASE(class_of_a_newer_mlp_is_an_error_and_not_a_guess) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  {
    const auto store = MustOpen(file);
    BOOST_TEST(store->Append({}));
  }
  Execute(file, "UPDATE names SET text = 'solar-flare' WHERE text = 'none'");
  auto reader = StoreReader::Open(file);
  BOOST_TEST_REQUIRE(reader.ok());
  const Status status = reader->ForEachCall(0, 1, [](const CallRecord&) { return true; });
  BOOST_TEST_REQUIRE(!status.ok());
  BOOST_TEST(status.error().context.find("newer mlp") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
