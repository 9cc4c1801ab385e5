#include "compiler/emit/emit.hpp"

#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/sample_tables.hpp"

namespace mlp::compiler {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(emit)

BOOST_AUTO_TEST_CASE(the_same_tables_give_the_same_bytes) {
  const EmitOptions options{.policy_file = "sample.mlp"};
  const EmittedFiles a = Emit(test::SampleTables(), options);
  const EmittedFiles b = Emit(test::SampleTables(), options);
  BOOST_TEST(a.header == b.header);
  BOOST_TEST(a.source == b.source);
}

BOOST_AUTO_TEST_CASE(the_request_is_typed) {
  const Tables& tables = test::SampleTables();
  const EmittedFiles files = Emit(tables, {.policy_file = "sample.mlp"});
  BOOST_TEST(files.header_name == std::string(tables.name) + ".mlp.h");
  BOOST_TEST(Has(files.header, "static_assert(mlp::kTableFormat == 5,"));
  BOOST_TEST(
      Has(files.header, "enum class Task : std::uint8_t {\n  classify,\n  codegen,\n  chat,\n};"));
  BOOST_TEST(Has(files.header, "mlp::Required<std::int64_t> input;"));
  BOOST_TEST(Has(files.header, "mlp::Required<std::string_view> user;"));
  BOOST_TEST(Has(files.header, "mlp::SetOf<Asks> asks = {};"));
  // One public runtime header, and nothing that depends on the day, the machine or the folder.
  BOOST_TEST(std::count(files.header.begin(), files.header.end(), '"') >= 2);
  BOOST_TEST(files.header.find("#include \"mlp/policy.hpp\"") == files.header.rfind("#include \""));
}

BOOST_AUTO_TEST_CASE(rows_carry_the_names_behind_them) {
  const EmittedFiles files = Emit(test::SampleTables(), {.policy_file = "sample.mlp"});
  for (const Model& model : test::SampleTables().models) {
    BOOST_TEST(Has(files.source, "},  // " + std::string(model.name) + "\n"), model.name);
  }
  for (const RoutePlan& route : test::SampleTables().routes) {
    BOOST_TEST(Has(files.source, ": " + std::string(route.name) + "\n"), route.name);
  }
  BOOST_TEST(!Has(files.source, "\r"));
  BOOST_TEST(!Has(files.source, " \n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
