// The spelling of enumerations: the policy language and the records depend on it.
#include <boost/test/unit_test.hpp>
#include <set>
#include <string_view>

#include "mlp/error_class.hpp"
#include "mlp/record.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(error_classes_read_back) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < kErrorClassCount; ++i) {
    const auto error_class = static_cast<ErrorClass>(i);
    BOOST_TEST(seen.insert(ToString(error_class)).second);
    BOOST_CHECK(ParseErrorClass(ToString(error_class)) == error_class);
  }
  BOOST_CHECK(!ParseErrorClass("rate_limited").has_value());
  BOOST_CHECK(!ParseErrorClass("").has_value());
}

BOOST_AUTO_TEST_CASE(error_classes_in_the_order_of_the_language) {
  BOOST_TEST(ToString(ErrorClass::kNone) == "none");
  BOOST_TEST(ToString(ErrorClass::kTimeout) == "timeout");
  BOOST_TEST(ToString(ErrorClass::kRateLimited) == "rate-limited");
  BOOST_TEST(ToString(ErrorClass::kServerError) == "server-error");
  BOOST_TEST(ToString(ErrorClass::kContentFilter) == "content-filter");
  BOOST_TEST(ToString(ErrorClass::kModelNotFound) == "model-not-found");
  BOOST_TEST(ToString(ErrorClass::kLowQuality) == "low-quality");
  BOOST_TEST(ToString(ErrorClass::kDeadlineExceeded) == "deadline-exceeded");
  BOOST_TEST(ToString(ErrorClass::kCancelled) == "cancelled");
}

BOOST_AUTO_TEST_CASE(actions_and_small_enumerations) {
  BOOST_TEST(ToString(Action::kRetry) == "retry");
  BOOST_TEST(ToString(Action::kNext) == "next");
  BOOST_TEST(ToString(Action::kStop) == "stop");
  BOOST_TEST(ToString(FinishReason::kStop) == "stop");
  BOOST_TEST(ToString(FinishReason::kLength) == "length");
  BOOST_TEST(ToString(FinishReason::kToolCalls) == "tool-calls");
  BOOST_TEST(ToString(FinishReason::kOther) == "other");
  BOOST_TEST(ToString(AttemptKind::kFirst) == "first");
  BOOST_TEST(ToString(AttemptKind::kRetry) == "retry");
  BOOST_TEST(ToString(AttemptKind::kFallback) == "fallback");
  BOOST_TEST(ToString(AttemptKind::kHedge) == "hedge");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
