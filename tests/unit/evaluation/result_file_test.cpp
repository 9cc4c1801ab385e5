// A result file is taken whole and as it was written, or not at all.
#include "compiler/evaluation/result_file.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "runtime/core/sha256.hpp"

namespace mlp::compiler {
namespace {

using Json = nlohmann::json;

Json Page() {
  return Json::parse(R"({
    "version": 1, "kind": "mlp-eval", "measure": "accuracy", "date": "2026-11-20",
    "stopped": false, "suite": {"name": "c.jsonl", "path": "../c.jsonl", "hash": "ab", "cases": 3},
    "candidate": {"model": "small", "id": "small-1", "provider": "spare", "parameters": ""},
    "baseline": {"model": "large", "id": "large-1", "provider": "main", "parameters": "{}"},
    "scores": {"candidate": {"asked": 4, "passed": 2, "quality": 0.5},
               "baseline": {"asked": 3, "passed": 3, "quality": 1.0}}})");
}

std::string Sealed(Json page) {
  page["hash"] = ToHex(Sha256(page.dump()));
  return page.dump(2) + "\n";
}

std::string Problem(const std::string& text) {
  const auto result = ReadResultFile(text);
  return result ? std::string("none") : result.error();
}

BOOST_AUTO_TEST_SUITE(result_file)

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
  const auto file = ReadResultFile(Sealed(Page()));
  BOOST_REQUIRE(file);
  BOOST_TEST(file->measure == "accuracy");
  BOOST_TEST(file->date_s == 1'795'132'800);
  BOOST_TEST(file->suite_path == "../c.jsonl");
  BOOST_TEST(file->cases == 3);
  BOOST_TEST(file->models[0].name == "small");
  BOOST_TEST(file->models[0].passed == 2);
  BOOST_TEST(file->models[1].id == "large-1");
  BOOST_TEST(file->models[1].parameters == "{}");
}

BOOST_AUTO_TEST_CASE(every_changed_byte_of_what_it_says_is_found) {
  const std::string text = Sealed(Page());
  std::size_t unnoticed = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == '7' ? '8' : '7';
    if (Problem(changed) != "none") continue;
    ++unnoticed;
    BOOST_TEST_MESSAGE("not noticed: " << changed.substr(i < 20 ? 0 : i - 20, 40));
  }
  // All but blanks are held by the hash, and a digit in place of a blank says something else.
  BOOST_TEST(unnoticed == 0U);
}

BOOST_AUTO_TEST_CASE(other_files_are_none) {
  for (const char* text : {"", "[]", "{", "null", R"({"kind":"report"})", "language 1\n"}) {
    BOOST_TEST(Problem(text) == "is no result of `mlp eval`", text);
  }
  BOOST_TEST(Problem(std::string(1'000'000, '[')) == "is no result of `mlp eval`");
  BOOST_TEST(Problem(std::string(kMostResultBytes + 1, ' ')).find("has more than") == 0U);
  Json later = Page();
  later["version"] = 2;
  BOOST_TEST(Problem(Sealed(later)).find("has another version") == 0U);
}

BOOST_AUTO_TEST_CASE(a_member_that_is_missing_or_wrong_is_named) {
  const auto without = [](const char* pointer) {
    Json page = Page();
    page[Json::json_pointer(pointer)] = Json::array();
    return Problem(Sealed(page));
  };
  BOOST_TEST(without("/measure") == "has no `measure`: an earlier `mlp eval` wrote it");
  for (const char* pointer :
       {"/date", "/stopped", "/suite", "/suite/hash", "/suite/cases", "/candidate", "/baseline/id",
        "/scores", "/scores/candidate/asked", "/scores/baseline/passed"}) {
    BOOST_TEST(without(pointer).find("has no `") == 0U, pointer);
  }
  Json more = Page();
  more["scores"]["candidate"]["passed"] = 5;
  BOOST_TEST(Problem(Sealed(more)).find("has no `scores.candidate.passed`") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
