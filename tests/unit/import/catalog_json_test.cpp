// The rules of the research catalog, each on the smallest JSON that shows it.
#include "compiler/import/catalog_json.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/import/import_support.hpp"

namespace {

using namespace mlp::compiler;
using mlp::compiler::test::Contains;
using mlp::compiler::test::Lines;

/// A catalog of chat models of provider `p`, given without the members that all have.
ImportResult ImportModels(const std::string& models, const std::string& rest = "") {
  const ImportResult result = Import(
      "catalog", "{\"schema\":\"s\",\"generated\":\"g\",\"models\":[" + models + "]" + rest + "}");
  BOOST_REQUIRE_MESSAGE(result.ok(), result.error);
  return result;
}

std::string Body(const ImportResult& result) {
  const std::string& text = result.files.at("p.mlp");
  const std::size_t at = text.find("\nmodel ");
  return at == std::string::npos ? text : text.substr(at + 1);
}

BOOST_AUTO_TEST_SUITE(ImportCatalogJson)

BOOST_AUTO_TEST_CASE(WritesAWholeModelInCanonicalLayout) {
  const ImportResult result =
      ImportModels(R"json({
    "id": "m-20250929", "provider": "p", "aliases": ["m", "m-latest"], "kind": "chat",
    "context": {"window": 400000, "max_input": 272000, "max_output": 128000},
    "capabilities": {"input": ["text", "pdf"], "output": ["text"], "tools": true,
      "structured_output": "native", "streaming": true, "prompt_caching": true,
      "thinking": "effort", "temperature": true},
    "knowledge_cutoff": "2025-01", "release_date": "2025-09-29",
    "prices": [
      {"from": "2025-09-29", "to": "2026-04-30", "kind": "list", "sources": ["a", "b"],
       "confidence": "high", "note": "first",
       "rates": {"input": "3", "output": "15", "cache_read": "0.3", "cache_write_5m": "3.75",
                 "cache_write_1h": "6", "batch_input": "1.5", "batch_output": "7.5"},
       "tiers": [{"when": {"prompt_tokens": ">200000"}, "rates": {"input": "6", "output": "22.5"}}]},
      {"from": "2026-04-30", "to": null, "kind": "promo", "sources": ["b"], "confidence": "low",
       "rates": {"input": "3", "output": "15", "output_thinking": "3.5", "input_audio": "1"}}],
    "lifecycle": {"status": "deprecated", "status_note": "deprecated, as of 2026-08-01",
      "announced": "2026-07-01", "retirement": "2027-01-14", "not_before": null,
      "replacement": "n", "sources": ["a"],
      "replacement_history": [{"as_of": "2026-06-01", "replacement": "o"},
                              {"as_of": "2026-07-23", "replacement": "n"}],
      "retirement_date_history": [{"as_of": "2026-05", "date": "earliest 2026-12"}]},
    "notes": ["a note"],
    "conflicts": [{"field": "context", "class": "value",
                   "values": {"a": "200000", "this file": "400000"}}]
  }, {"id": "n", "provider": "p"})json",
                   R"json(, "sources": {"a": {"date": "2026-10-15 / 2026-10-28",
    "what": "A", "kind": "docs", "where": "here"}})json");
  const std::string expected = R"mlp(language 1

import "providers/p.mlp"

// Models of p, written by `mlpc import catalog` from the s of g.
// Do not edit: mend the source, or amend a model in your own policy.
//
// Sources:
// a (2026-10-15 / 2026-10-28): A, docs; here
// b: not described

/// m-20250929: deprecated, as of 2026-08-01
/// a note
/// thinking: effort
/// price from 2025-09-29: a, b, high confidence; first
/// price from 2026-04-30: promo; b, low confidence
/// price from 2026-04-30: input_audio $1/M
/// lifecycle: a
/// retirement has been: earliest 2026-12 as of 2026-05
/// replacement has been: o as of 2026-06-01, n as of 2026-07-23
/// conflict: context: a 200000; used 400000 (value)
/// day not known, taken as the first: cutoff 2025-01
model m {
  provider    p
  pin         exact "m-20250929"
  alias       "m-latest"
  context     400K, input 272K, output 128K
  can         text-input, document-input, text-output, structured-output, function-calling, streaming, batch-api, prompt-caching, extended-thinking, sampling-parameters
  price       from 2025-09-29 to 2026-04-30  input $3/M, output $15/M, cache-read $0.30/M, cache-write $3.75/M, cache-write 1h $6/M, batch-input $1.50/M, batch-output $7.50/M
  price       from 2025-09-29 to 2026-04-30 when prompt > 200K  input $6/M, output $22.50/M
  price       from 2026-04-30  input $3/M, output $15/M, reasoning $3.50/M
  status      deprecated as of 2026-08-01
  released    2025-09-29
  cutoff      2025-01-01
  announced   2026-07-01
  retires     2027-01-14 as of 2026-10-28
  successor   n as of 2026-07-23
}
)mlp";
  BOOST_TEST(result.files.at("p.mlp").substr(0, expected.size()) == expected);
  BOOST_TEST(result.conflicts ==
                 std::vector<std::string>{"p m-20250929: context: a 200000; used 400000 (value)"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(MakesLegacyAndLocalActive) {
  for (const std::string status : {"legacy", "local", "active"}) {
    const ImportResult result =
        ImportModels(R"({"id": "m", "provider": "p", "lifecycle": {"status": ")" + status +
                     R"(", "replacement": "n"}}, {"id": "n", "provider": "p"})");
    BOOST_TEST(Contains(Body(result), "  status      active\n"), status);
    BOOST_TEST(Contains(Body(result), "  successor   n\n"), status);
  }
  const ImportResult odd =
      ImportModels(R"({"id": "m", "provider": "p", "lifecycle": {"status": "asleep }"}})");
  BOOST_TEST(odd.conflicts == std::vector<std::string>{"p m: left out: no such status: asleep }"},
             boost::test_tools::per_element());
  BOOST_TEST(!Contains(Body(odd), "  status"));
  for (const std::string status : {"deprecated", "retired"}) {
    const ImportResult result =
        ImportModels(R"({"id": "m", "provider": "p", "lifecycle": {"status": ")" + status + "\"}}");
    BOOST_TEST(Contains(Body(result), "  status      " + status + "\n"));
  }
}

BOOST_AUTO_TEST_CASE(KeepsASuccessorFromElsewhereInTheDocComment) {
  const ImportResult result = ImportModels(
      R"({"id": "m", "provider": "p", "lifecycle": {"replacement": "x/y"}},
         {"id": "o", "provider": "p", "lifecycle": {"replacement": "z-latest"}},
         {"id": "z", "provider": "p", "aliases": ["z-latest"]},
         {"id": "r", "provider": "p", "lifecycle": {"replacement": "q"}}, {"id": "q", "provider": "other"})");
  const std::string& text = result.files.at("p.mlp");
  BOOST_TEST(Contains(text, "/// successor outside this file: x/y\n"));
  BOOST_TEST(Contains(text, "/// successor outside this file: q\n"));
  BOOST_TEST(Contains(text, "  successor   z\n"));
  BOOST_TEST(!Contains(text, "successor   q"));
  BOOST_TEST(result.conflicts == (std::vector<std::string>{
                                     "p m: the successor x/y is not in the same list",
                                     "p r: the successor q is not in the same list",
                                 }),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(WritesAFloorAsAPromiseAndNotAsARetirement) {
  const ImportResult result = ImportModels(
      R"({"id": "m", "provider": "p", "lifecycle": {"status": "active", "not_before": "2026-10-15",
          "sources": ["a"]}})",
      R"(, "sources": {"a": {"date": "2026-08-22"}})");
  BOOST_TEST(Contains(Body(result), "  retires     not before 2026-10-15 as of 2026-08-22\n"));
  BOOST_TEST(Lines(Body(result), "  retires").size() == 1U);
}

BOOST_AUTO_TEST_CASE(MapsWhatModelsCan) {
  struct Row {
    std::string capabilities;
    std::string can;
  };
  const std::vector<Row> rows{
      {R"("input": ["image", "audio", "video"])", "image-input, audio-input, video-input"},
      {R"("output": ["embedding"])", "embeddings"},
      {R"("structured_output": "json_object only")", "json-mode"},
      {R"("structured_output": "native", "thinking": true)",
       "structured-output, extended-thinking"},
      {R"("streaming": true, "thinking": false, "temperature": false)", "streaming"},
      {R"("tools": true, "temperature": "only at night")", "function-calling"},
      {R"("tools": true, "temperature": null)", "function-calling"},
  };
  for (const Row& row : rows) {
    const ImportResult result =
        ImportModels(R"({"id": "m", "provider": "p", "capabilities": {)" + row.capabilities + "}}");
    BOOST_TEST(Contains(Body(result), "  can         " + row.can + "\n"), row.capabilities);
  }
  const std::string odd = ImportModels(R"({"id": "m", "provider": "p", "capabilities": {
      "input": ["smell"], "structured_output": "tool-forced only"}})")
                              .files.at("p.mlp");
  BOOST_TEST(Contains(odd, "/// structured output: tool-forced only\n"));
  BOOST_TEST(Contains(odd, "/// left out: no such capability: smell-input\n"));
  BOOST_TEST(!Contains(odd, "  can "));
}

BOOST_AUTO_TEST_CASE(WritesEmbeddings) {
  const ImportResult result = ImportModels(
      R"({"id": "e", "provider": "p", "kind": "embedding", "context": {"window": 8191},
          "embedding_dimensions": {"default": 1536, "source": "a"}})");
  BOOST_TEST(Body(result) ==
             "model e {\n  provider    p\n  pin         exact \"e\"\n  kind        embedding\n"
             "  dimension   1536\n  context     8191\n}\n");
}

BOOST_AUTO_TEST_CASE(WritesSchedulesAndSplitsThemWhereTheirDaysChange) {
  const auto prices = [](const std::string& days, const std::string& hours = "16:30-00:30") {
    const ImportResult result = ImportModels(
        R"({"id": "m", "provider": "p", "prices": [{"from": "2025-02-26", "to": "2026-10",
            "rates": {"input": "2", "output": "4"}, "sources": ["a"], "confidence": "high",
            "schedule": [{"utc": ")" +
        hours + R"(", "days": ")" + days + R"(",
                          "rates": {"input": "1", "output": "2"}}]}]})");
    return Lines(result.files.at("p.mlp"), "  price");
  };
  const std::string base = "  price       from 2025-02-26 to 2026-10-01  input $2/M, output $4/M";
  using Strings = std::vector<std::string>;
  BOOST_TEST(prices("all") == (Strings{base,
                                       "  price       from 2025-02-26 to 2026-10-01 daily "
                                       "16:30 .. 00:30  input $1/M, output $2/M"}),
             boost::test_tools::per_element());
  BOOST_TEST(prices("Mon-Fri except holidays", "01:00-04:00") ==
                 (Strings{base,
                          "  price       from 2025-02-26 to 2026-10-01 weekdays "
                          "01:00 .. 04:00  input $1/M, output $2/M"}),
             boost::test_tools::per_element());
  BOOST_TEST(prices("all until 2026-08-23, then Sat-Sun") ==
                 (Strings{"  price       from 2025-02-26 to 2026-08-23  input $2/M, output $4/M",
                          "  price       from 2025-02-26 to 2026-08-23 daily 16:30 .. 00:30  "
                          "input $1/M, output $2/M",
                          "  price       from 2026-08-23 to 2026-10-01  input $2/M, output $4/M",
                          "  price       from 2026-08-23 to 2026-10-01 weekends 16:30 .. 00:30  "
                          "input $1/M, output $2/M"}),
             boost::test_tools::per_element());
  // A change outside the period divides nothing: only one of the two holds within it.
  BOOST_TEST(prices("all until 2027-01-01, then Sat-Sun") == prices("all"),
             boost::test_tools::per_element());
  BOOST_TEST(prices("all until 2024-01-01, then Sat-Sun") == prices("Sat-Sun"),
             boost::test_tools::per_element());
  for (const std::string days : {"when it rains", "all until spring, then Mon-Fri", ""}) {
    BOOST_TEST(prices(days) == Strings{base}, boost::test_tools::per_element());
  }
  const ImportResult bare = ImportModels(R"({"id": "m", "provider": "p", "prices": [
      {"rates": {"input": "2"}, "schedule": [{"utc": "16:30-00:30", "days": "all", "rates": {}}]}]})");
  BOOST_TEST(Lines(Body(bare), "  price").size() == 1U);
  for (const std::string hours : {"16:30", "25:00-26:00", "16:60-17:00", "now-later.."}) {
    BOOST_TEST(prices("all", hours) == Strings{base}, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(LeavesOutWhatCannotBeWrittenAndSaysSo) {
  const ImportResult result = ImportModels(
      R"({"id": "m", "provider": "p", "release_date": "soon", "prices": [
           {"rates": {"input": "cheap", "input_smell": "1", "output": "2"},
            "tiers": [{"when": {"prompt_tokens": "many"}, "rates": {"input": "1"}}],
            "sources": [], "confidence": "low"},
           {"from": "2026-01-01", "rates": {}}]})");
  BOOST_TEST(
      result.conflicts == (std::vector<std::string>{
                              "p m: left out: price: input `cheap` is no price",
                              "p m: left out: price: no such token class: input_smell 1",
                              "p m: left out: price: a tier of prompts `many` cannot be written",
                              "p m: left out: price from 2026-01-01: no rates",
                              "p m: left out: released: `soon` is no date",
                          }),
      boost::test_tools::per_element());
  BOOST_TEST(Lines(Body(result), "  price").size() == 1U);
  BOOST_TEST(!Contains(Body(result), "  released"));
}

BOOST_AUTO_TEST_CASE(PinsAFloatingIdAsAnAlias) {
  const ImportResult result =
      ImportModels(R"({"id": "chat", "provider": "p"}, {"id": "other", "provider": "p"})",
                   R"(, "alias_history": [{"alias": "chat", "provider": "p",
                         "moves": [{"frm": null, "to": "v2"}, {"frm": "2026-01-01", "to": null}]},
                        {"alias": "other", "provider": "q", "moves": []}])");
  BOOST_TEST(Contains(Body(result), "  pin         alias \"chat\"\n"));
  BOOST_TEST(Contains(Body(result), "  pin         exact \"other\"\n"));
  BOOST_TEST(Contains(result.files.at("p.mlp"), "// chat: v2, then nothing from 2026-01-01\n"));
}

BOOST_AUTO_TEST_CASE(ReportsNamesThatMeetAcrossProviders) {
  const ImportResult result =
      ImportModels(R"({"id": "m.1", "provider": "p"}, {"id": "m:1", "provider": "q"})");
  BOOST_TEST(Contains(result.files.at("p.mlp"), "model m-1 {"));
  BOOST_TEST(Contains(result.files.at("q.mlp"), "model q-m-1 {"));
  BOOST_TEST(result.conflicts ==
                 std::vector<std::string>{"q m:1: the name `m-1` is taken by p m.1; named `q-m-1`"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(PutsAllProvidersIntoOneTextForStandardOutput) {
  const ImportResult result =
      ImportModels(R"({"id": "b", "provider": "q"}, {"id": "a", "provider": "p"})");
  BOOST_TEST(result.text.substr(0, 72) ==
             "language 1\n\nimport \"providers/p.mlp\"\nimport \"providers/q.mlp\"\n\n// Models");
  BOOST_TEST(Lines(result.text, "language").size() == 1U);
  BOOST_TEST(Lines(result.text, "model ").size() == 2U);
}

BOOST_AUTO_TEST_CASE(ExplainsJsonThatItCannotRead) {
  const auto error = [](const std::string& text) { return Import("catalog", text).error; };
  BOOST_TEST(error("{\"models\": [\n  {]}") == "not JSON: line 2, column 4");
  BOOST_TEST(error("") == "not JSON: line 1, column 1");
  BOOST_TEST(error("[]") == "no list `models`: not the research catalog");
  BOOST_TEST(error("{\"models\": 7}") == "no list `models`: not the research catalog");
  BOOST_TEST(error(R"({"models": [{"id": "m"}]})") == "models[0]: no provider");
  BOOST_TEST(error(R"({"models": [{"id": 7, "provider": "p"}]})") == "models[0]: no id");
  BOOST_TEST(error(R"({"models": [7]})") == "models[0]: no id");
  BOOST_TEST(error(std::string(100'000, '[')) == "nested more than 64 deep");
  BOOST_TEST(Import("csv", "{}").error == "unknown source `csv`: catalog, litellm or models.dev");
}

BOOST_AUTO_TEST_CASE(ReportsAFactOfTheWrongType) {
  const ImportResult result = ImportModels(
      R"({"id": "m", "provider": "p", "context": {"window": "big", "max_input": 0, "max_output": -1}, "aliases": "n", "prices": {}})");
  BOOST_TEST(result.conflicts ==
                 (std::vector<std::string>{
                     "models[0].aliases: a list was expected, not `n`; left out",
                     "models[0].context.window: a whole number was expected, not `big`; left out",
                     "models[0].context.max_output: a count was expected, not `-1`; left out",
                     "models[0].prices: a list was expected, not `{}`; left out",
                 }),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
