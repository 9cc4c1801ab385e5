// Trace context by the examples of the W3C recommendation and the cases of its test suite.
#include "runtime/engine/observe/trace_context.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace mlp::engine {
namespace {

// The recommendation's own examples (section 3.2).
constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::string_view kExample = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

BOOST_AUTO_TEST_SUITE(trace_context)

BOOST_AUTO_TEST_CASE(the_examples_are_read) {
  const auto sampled = ParseTraceParent(kExample);
  BOOST_REQUIRE(sampled.has_value());
  BOOST_TEST(sampled->trace_id == kTrace);
  BOOST_TEST(sampled->parent_id == "00f067aa0ba902b7");
  BOOST_TEST(sampled->flags == 1);
  BOOST_TEST(Format(*sampled) == kExample);
  const auto not_sampled =
      ParseTraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
  BOOST_REQUIRE(not_sampled.has_value());
  BOOST_TEST(not_sampled->flags == 0);
}

// After trace-context/test/test.py of the working group.
BOOST_AUTO_TEST_CASE(what_is_to_be_ignored_is_ignored) {
  const char* const rows[] = {
      "",
      "00",
      "00-12345678901234567890123456789012-1234567890123456-",
      "00-12345678901234567890123456789012-1234567890123456-1",
      "00-12345678901234567890123456789012-1234567890123456-01.",
      "00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
      "cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like",
      "ff-12345678901234567890123456789012-1234567890123456-01",
      ".0-12345678901234567890123456789012-1234567890123456-01",
      "0.-12345678901234567890123456789012-1234567890123456-01",
      "000-12345678901234567890123456789012-1234567890123456-01",
      "0000-12345678901234567890123456789012-1234567890123456-01",
      "00-00000000000000000000000000000000-1234567890123456-01",
      "00-.2345678901234567890123456789012-1234567890123456-01",
      "00-1234567890123456789012345678901.-1234567890123456-01",
      "00-123456789012345678901234567890123-1234567890123456-01",
      "00-1234567890123456789012345678901-1234567890123456-01",
      "00-12345678901234567890123456789012-0000000000000000-01",
      "00-12345678901234567890123456789012-.234567890123456-01",
      "00-12345678901234567890123456789012-12345678901234567-01",
      "00-12345678901234567890123456789012-123456789012345-01",
      "00-12345678901234567890123456789012-1234567890123456-.0",
      "00-12345678901234567890123456789012-1234567890123456-0.",
      "00-12345678901234567890123456789012-1234567890123456-001",
      "00-ABCDEF78901234567890123456789012-1234567890123456-01",
      "00_12345678901234567890123456789012-1234567890123456-01",
      "00-12345678901234567890123456789012_1234567890123456-01",
      "00-12345678901234567890123456789012-1234567890123456_01",
  };
  for (const char* const text : rows) BOOST_TEST(!ParseTraceParent(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(later_versions_are_read_as_far_as_they_are_known) {
  for (const char* const text : {
           "cc-12345678901234567890123456789012-1234567890123456-01",
           "cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
           " 00-12345678901234567890123456789012-1234567890123456-01\t",
       }) {
    const auto trace = ParseTraceParent(text);
    BOOST_REQUIRE_MESSAGE(trace.has_value(), text);
    BOOST_TEST(Format(*trace) == "00-12345678901234567890123456789012-1234567890123456-01");
  }
  const auto all_flags =
      ParseTraceParent("00-12345678901234567890123456789012-1234567890123456-ff");
  BOOST_REQUIRE(all_flags.has_value());
  BOOST_TEST(Format(*all_flags).substr(53) == "03");
}

BOOST_AUTO_TEST_CASE(an_attempt_is_a_child_in_the_same_trace) {
  Headers headers = {{"content-type", "application/json"},
                     {"TraceParent", std::string(kExample)},
                     {"tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"}};
  PassTrace(headers, 0xB7AD6B7169203331);
  BOOST_REQUIRE(headers.size() == 3U);
  BOOST_TEST(headers[1].first == "TraceParent");
  BOOST_TEST(headers[1].second == "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01");
  BOOST_TEST(headers[2].second == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  PassTrace(headers, 0);
  BOOST_TEST(headers[1].second == "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000001-01");
}

BOOST_AUTO_TEST_CASE(what_is_not_valid_is_not_passed_on) {
  Headers headers = {{"traceparent", "00-nonsense"}, {"tracestate", "a=b"}, {"x", "y"}};
  PassTrace(headers, 7);
  BOOST_REQUIRE(headers.size() == 1U);
  BOOST_TEST(headers[0].first == "x");
  Headers twice = {{"traceparent", std::string(kExample)}, {"Traceparent", std::string(kExample)}};
  PassTrace(twice, 7);
  BOOST_TEST(twice.empty());
  Headers none = {{"x", "y"}};
  PassTrace(none, 7);
  BOOST_TEST(none.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
