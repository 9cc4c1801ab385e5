// The rules themselves: no loop without progress, no left recursion.
#include <boost/test/unit_test.hpp>
#include <tao/pegtl/contrib/analyze.hpp>

#include "grammar/policy.hpp"

BOOST_AUTO_TEST_CASE(grammar_has_no_loops_without_progress) {
  BOOST_TEST(tao::pegtl::analyze<mlp::grammar::file>(1) == 0U);
}
