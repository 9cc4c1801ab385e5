// How calls are spread over a provider's keys.
#include "runtime/engine/key_ring.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace mlp::engine {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kMinuteUs = 60 * kSecondUs;

/// The keys of so many calls in turn, `abcabc`.
std::string Turns(KeyRing& ring, int calls, std::int64_t now_us) {
  std::string turns;
  for (int i = 0; i < calls; ++i) turns += ring.key(ring.Next(now_us));
  return turns;
}

BOOST_AUTO_TEST_SUITE(key_ring)

BOOST_AUTO_TEST_CASE(takes_turns) {
  KeyRing ring({"a", "b", "c"});
  BOOST_TEST(Turns(ring, 7, 0) == "abcabca");
  KeyRing alone(std::vector<std::string>{"a"});
  alone.Note(0, ErrorClass::kAuth, -1, 0, 0);
  BOOST_TEST(Turns(alone, 3, 0) == "aaa");
  BOOST_TEST(!alone.AnyAwake(0));
}

BOOST_AUTO_TEST_CASE(one_that_is_limited_rests_as_long_as_it_was_told) {
  KeyRing ring({"a", "b", "c"});
  ring.Note(1, ErrorClass::kRateLimited, 5'000, 0, 0);
  BOOST_TEST(Turns(ring, 4, 5 * kSecondUs - 1).find('b') == std::string::npos);
  BOOST_TEST(Turns(ring, 6, 5 * kSecondUs).find('b') != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rests_grow_and_end_with_a_good_answer) {
  KeyRing ring({"a", "b"});
  std::int64_t now_us = 0;
  const auto rests_for = [&](ErrorClass end) {
    ring.Note(0, end, -1, now_us, now_us);
    std::int64_t from = 0;  // the first instant at which `a` is awake, by bisection
    std::int64_t to = 180 * kMinuteUs;
    while (from < to) {
      const std::int64_t middle = (from + to) / 2;
      const bool awake = Turns(ring, 2, now_us + middle).find('a') != std::string::npos;
      (awake ? to : from) = awake ? middle : middle + 1;
    }
    now_us += from;
    return from;
  };
  BOOST_TEST(rests_for(ErrorClass::kAuth) == kMinuteUs);
  BOOST_TEST(rests_for(ErrorClass::kAuth) == 2 * kMinuteUs);
  for (int i = 0; i < 8; ++i) rests_for(ErrorClass::kQuotaExhausted);
  BOOST_TEST(rests_for(ErrorClass::kAuth) == 60 * kMinuteUs);
  ring.Note(0, ErrorClass::kNone, -1, now_us, now_us);
  BOOST_TEST(rests_for(ErrorClass::kRateLimited) == kSecondUs);
  BOOST_TEST(rests_for(ErrorClass::kRateLimited) == 2 * kSecondUs);
}

BOOST_AUTO_TEST_CASE(an_answer_about_the_request_says_nothing_of_the_key) {
  KeyRing ring({"a", "b"});
  for (const ErrorClass end :
       {ErrorClass::kServerError, ErrorClass::kTimeout, ErrorClass::kInvalidRequest}) {
    ring.Note(0, end, 10'000, 0, 0);
  }
  BOOST_TEST(Turns(ring, 4, 0) == "abab");
  ring.Note(0, ErrorClass::kAuth, -1, 0, 0);
  ring.Note(0, ErrorClass::kServerError, -1, 0, 0);  // neither does it end a rest
  BOOST_TEST(Turns(ring, 4, 0) == "bbbb");
}

BOOST_AUTO_TEST_CASE(many_that_were_refused_together_are_one_refusal) {
  constexpr std::int64_t kNow = 1'000 * kSecondUs;
  KeyRing ring({"a", "b"});
  for (int i = 0; i < 10; ++i) ring.Note(0, ErrorClass::kAuth, -1, kNow, kNow);
  BOOST_TEST(Turns(ring, 2, kNow + kMinuteUs - 1) == "bb");
  BOOST_TEST(Turns(ring, 4, kNow + 61 * kSecondUs).find('a') != std::string::npos);
  // What began before says nothing new, and a shorter wait takes nothing back.
  ring.Note(0, ErrorClass::kRateLimited, 1'000, kNow - 1, kNow + kSecondUs);
  ring.Note(0, ErrorClass::kNone, -1, kNow - 1, kNow + kSecondUs);
  BOOST_TEST(Turns(ring, 2, kNow + kMinuteUs - 1) == "bb");
  // What began later does: the second in a row.
  const std::int64_t later = kNow + kMinuteUs + 1;
  ring.Note(0, ErrorClass::kAuth, -1, later, later);
  BOOST_TEST(Turns(ring, 2, later + 2 * kMinuteUs - 1) == "bb");
  BOOST_TEST(Turns(ring, 4, later + 2 * kMinuteUs).find('a') != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wait_beyond_all_years_is_only_long) {
  KeyRing ring({"a", "b"});
  ring.Note(0, ErrorClass::kQuotaExhausted, INT64_MAX, 5, 5);
  BOOST_TEST(Turns(ring, 4, 60 * kMinuteUs) == "bbbb");
}

BOOST_AUTO_TEST_CASE(where_all_rest_the_earliest_serves) {
  KeyRing ring({"a", "b", "c"});
  ring.Note(0, ErrorClass::kRateLimited, 9'000, 0, 0);
  ring.Note(1, ErrorClass::kRateLimited, 3'000, 0, 0);
  ring.Note(2, ErrorClass::kAuth, -1, 0, 0);
  BOOST_TEST(!ring.AnyAwake(0));
  BOOST_TEST(Turns(ring, 4, 0) == "bbbb");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
