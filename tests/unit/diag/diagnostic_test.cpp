#include "compiler/diag/diagnostic.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(diagnostic)

BOOST_AUTO_TEST_CASE(every_code_is_found_by_its_name_and_in_order) {
  Code previous{};
  for (const CodeInfo& info : AllCodes()) {
    BOOST_TEST_CONTEXT(info.name) {
      BOOST_TEST((previous < info.code));
      BOOST_TEST((ParseCode(info.name) == info.code));
      BOOST_TEST(Info(info.code).name == info.name);
      BOOST_TEST(info.name.size() == 7U);
      BOOST_TEST(info.name.substr(3) ==
                 std::to_string(static_cast<int>(info.code) + 10'000).substr(1));
      BOOST_TEST(!info.title.empty());
    }
    previous = info.code;
  }
}

BOOST_AUTO_TEST_CASE(other_names_are_no_codes) {
  for (const char* name : {"", "MLP0000", "MLP101", "mlp0101", "0101", "MLP01010"}) {
    BOOST_TEST(!ParseCode(name).has_value());
  }
}

BOOST_AUTO_TEST_CASE(added_ones_have_the_codes_severity_and_take_details) {
  Diagnostics diagnostics;
  BOOST_TEST(!diagnostics.has_errors());
  diagnostics.Add(Code::k0404, {0, 1, 2}, "always holds").help.emplace_back("leave it out");
  BOOST_TEST(!diagnostics.has_errors());
  BOOST_TEST((diagnostics.all()[0].severity == Severity::kWarning));
  BOOST_TEST(diagnostics.all()[0].help[0] == "leave it out");
  diagnostics.Add(Code::k0101, {0, 0, 1}, "expected a");
  BOOST_TEST(diagnostics.has_errors());
}

BOOST_AUTO_TEST_CASE(sorted_by_file_and_place_and_once) {
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0201, {1, 0, 1}, "other file");
  diagnostics.Add(Code::k0201, {0, 5, 6}, "later");
  diagnostics.Add(Code::k0201, {0, 1, 2}, "second of the place");
  diagnostics.Add(Code::k0101, {0, 1, 2}, "first by code");
  diagnostics.Add(Code::k0201, {0, 5, 6}, "later");
  diagnostics.Add(Code::k0201, {0, 1, 2}, "third, as it was added");
  diagnostics.Sort();
  std::string order;
  for (const Diagnostic& diagnostic : diagnostics.all()) order += diagnostic.message + ";";
  BOOST_TEST(order == "first by code;second of the place;third, as it was added;later;other file;");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
