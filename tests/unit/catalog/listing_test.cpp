#include "compiler/catalog/listing.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "compiler/ast/literals.hpp"
#include "tests/unit/check/check_support.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(listing)

constexpr const char* kCatalog = R"(language 1
provider cloud { protocol openai; endpoint "https://cloud.example/v1" }
provider local { protocol ollama; endpoint "http://localhost:11434" }
model plain {
  provider cloud
  pin      exact "plain-1"
  context  200K, output 64K
  can      text-input, text-output, streaming
  price    from 2026-01-01 input $3/M, output $15/M
  price    from 2026-01-01 when prompt > 100K input $6/M, output $22.50/M
  price    from 2027-01-01 input $1/M, output $5/M
  retires  2027-06-01
}
model cheap {
  provider cloud
  pin      exact "cheap-1"
  context  32K
  can      text-input, text-output, function-calling, streaming
  price    input $0.10/M, output $0.40/M
}
model next {
  provider cloud
  pin      exact "next-1"
  context  1M
  can      text-input, text-output, function-calling
  price    input $0.05/M, output $0.20/M
  released 2027-03-01
}
model vectors {
  provider  local
  pin       exact "nomic-embed-text:v1.5"
  kind      embedding
  dimension 768
  price     input $0/M
}
variant cold of cheap { set temperature 0 }
)";

std::vector<CatalogRow> RowsOn(const std::string& date) {
  Checked checked;
  CheckFiles({{"main.mlp", kCatalog}}, checked);
  BOOST_TEST(checked.Short() == "");
  return CatalogRows(checked.model, ast::ReadDate(date).value());
}

std::string Names(const std::vector<CatalogRow>& rows) {
  std::string names;
  for (const CatalogRow& row : rows) names += (names.empty() ? "" : " ") + row.name;
  return names;
}

std::string NamesOf(const std::vector<CatalogRow>& rows,
                    const std::function<void(CatalogQuery&)>& ask) {
  CatalogQuery query;
  ask(query);
  return Names(Select(rows, query));
}

BOOST_AUTO_TEST_CASE(in_use_first_then_by_price) {
  BOOST_TEST(Names(Select(RowsOn("2026-11-21"), {})) == "vectors cheap cold plain next");
  BOOST_TEST(Names(Select(RowsOn("2027-03-01"), {})) == "vectors next cheap cold plain");
  BOOST_TEST(Names(Select(RowsOn("2027-06-01"), {})) == "vectors next cheap cold plain");
}

BOOST_AUTO_TEST_CASE(filters) {
  const std::vector<CatalogRow> rows = RowsOn("2026-11-21");
  BOOST_TEST(NamesOf(rows, [](auto& q) { q.can = {"streaming"}; }) == "cheap cold plain");
  BOOST_TEST(NamesOf(rows, [](auto& q) {
               q.can = {"streaming", "function-calling"};
             }) == "cheap cold");
  BOOST_TEST(NamesOf(rows, [](auto& q) { q.prefer = {"function-calling"}; }) ==
             "cheap cold vectors plain next");
  BOOST_TEST(NamesOf(rows, [](auto& q) { q.providers = {"local"}; }) == "vectors");
  // A context without a limit takes any number of tokens.
  BOOST_TEST(NamesOf(rows, [](auto& q) { q.context_at_least = 200'000; }) == "vectors plain next");
  // Below, not at; at the dearest prompt length; embedding models have no output.
  const auto below = [&](std::int64_t price) {
    return NamesOf(rows, [&](auto& q) { q.price_below = price; });
  };
  BOOST_TEST(below(400'000) == "vectors next");
  BOOST_TEST(below(400'001) == "vectors cheap cold next");
  BOOST_TEST(below(16'000'000) == "vectors cheap cold next");
  BOOST_TEST(below(22'500'001) == "vectors cheap cold plain next");
}

BOOST_AUTO_TEST_CASE(the_table) {
  BOOST_TEST(RenderTable(Select(RowsOn("2026-11-21"), {})) ==
             "MODEL    PROVIDER  CONTEXT  OUTPUT  INPUT/M    OUTPUT/M  STATUS      RETIRES\n"
             "vectors  local           -       -       $0           -  active      -\n"
             "cheap    cloud         32K       -    $0.10       $0.40  active      -\n"
             "cold     cloud         32K       -    $0.10       $0.40  active      -\n"
             "plain    cloud        200K     64K    $3..6  $15..22.50  active      2027-06-01\n"
             "next     cloud          1M       -    $0.05       $0.20  unreleased  -\n");
}

BOOST_AUTO_TEST_CASE(prices_and_status_are_those_of_the_date) {
  const std::vector<CatalogRow> rows = RowsOn("2027-06-01");
  for (const CatalogRow& row : rows) {
    if (row.name != "plain") continue;
    BOOST_TEST(row.status == "retired");
    BOOST_TEST(row.input.least == 1'000'000);
    BOOST_TEST(row.input.most == 1'000'000);
  }
}

BOOST_AUTO_TEST_CASE(json_has_what_the_table_has_not) {
  const std::vector<CatalogRow> rows = Select(RowsOn("2026-11-21"), {});
  const nlohmann::json json =
      nlohmann::json::parse(RenderJson(rows, ast::ReadDate("2026-11-21").value()));
  BOOST_TEST(json["version"] == 1);
  BOOST_TEST(json["on"] == "2026-11-21");
  BOOST_TEST(json["models"].size() == rows.size());
  const nlohmann::json& vectors = json["models"][0];
  BOOST_TEST(vectors["kind"] == "embedding");
  BOOST_TEST(vectors["dimension"] == 768);
  BOOST_TEST(vectors["context"].is_null());
  BOOST_TEST(vectors["outputPerMillion"].is_null());
  BOOST_TEST(json["models"][2]["variantOf"] == "cheap");
  const nlohmann::json& plain = json["models"][3];
  BOOST_TEST(plain["inputPerMillion"]["least"] == "$3");
  BOOST_TEST(plain["outputPerMillion"]["most"] == "$22.50");
  BOOST_TEST(plain["retires"] == "2027-06-01");
  BOOST_TEST(plain["capabilities"].size() >= 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
