// What is believed of the headers that tell what is left of a rate limit.
#include "runtime/transport/rate_headers.hpp"

#include <optional>

#include <boost/test/unit_test.hpp>

namespace mlp::transport {
namespace {

constexpr std::nullopt_t kNothing = std::nullopt;

BOOST_AUTO_TEST_CASE(rate_headers_are_read_and_some_not_believed) {
  struct Row {
    int status;
    Headers headers;
    RateHeaders left;
  };
  const Row rows[] = {
      {200, {}, {kNothing, kNothing}},
      {200,
       {{"x-ratelimit-remaining-requests", "59"}, {"x-ratelimit-remaining-tokens", "149984"}},
       {59, 149'984}},
      {200,
       {{"anthropic-ratelimit-requests-remaining", "3999"},
        {"anthropic-ratelimit-tokens-remaining", "80000"}},
       {3'999, 80'000}},
      {200,
       {{"x-ratelimit-remaining-requests", "-1"}, {"x-ratelimit-remaining-tokens", "0"}},
       {kNothing, kNothing}},
      {200,
       {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-limit-requests", "60"}},
       {0, kNothing}},
      {429, {{"x-ratelimit-remaining-tokens", "0"}}, {kNothing, 0}},
      {200, {{"x-ratelimit-remaining-requests", "many"}}, {kNothing, kNothing}},
      {200, {{"x-ratelimit-remaining-requests", "5x"}}, {kNothing, kNothing}},
  };
  for (const Row& row : rows) {
    HttpResponse response;
    response.status = row.status;
    response.headers = row.headers;
    BOOST_TEST((ReadRateHeaders(response) == row.left),
               row.status << " " << (row.headers.empty() ? "" : row.headers[0].second));
  }
}

}  // namespace
}  // namespace mlp::transport
