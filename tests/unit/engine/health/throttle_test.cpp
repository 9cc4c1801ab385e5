#include "runtime/engine/health/throttle.hpp"

#include <boost/test/unit_test.hpp>

#include "runtime/core/split_mix.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::uint64_t kAlmostOne = ~std::uint64_t{0};  // never held back

BOOST_AUTO_TEST_SUITE(throttle)

BOOST_AUTO_TEST_CASE(the_chance_is_that_of_the_book) {
  Throttle throttle{ThrottleRules{}};
  for (int i = 0; i < 100; ++i) BOOST_TEST(throttle.Admit(kSecond, kAlmostOne));
  BOOST_TEST(throttle.HeldBack(kSecond) == 0.0);  // under way counts as accepted
  for (int i = 0; i < 30; ++i) throttle.Refused(kSecond, kSecond, -1);
  BOOST_TEST(throttle.HeldBack(kSecond) == 0.0);  // 100 < 1.5 * 70
  for (int i = 0; i < 30; ++i) throttle.Refused(kSecond, kSecond, -1);
  BOOST_TEST(throttle.HeldBack(kSecond) == (100 - 1.5 * 40) / 101,
             boost::test_tools::tolerance(1e-12));
  for (int i = 0; i < 40; ++i) throttle.Refused(kSecond, kSecond, -1);
  BOOST_TEST(throttle.HeldBack(kSecond) == 100.0 / 101, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(few_requests_are_never_held_back) {
  Throttle throttle{ThrottleRules{}};
  for (int i = 0; i < 9; ++i) {
    BOOST_TEST(throttle.Admit(kSecond, 0));
    throttle.Refused(kSecond, kSecond, -1);
  }
  BOOST_TEST(throttle.Admit(kSecond, 0));   // the tenth
  BOOST_TEST(!throttle.Admit(kSecond, 0));  // 10 requests, 1 accepted: 0.77
}

BOOST_AUTO_TEST_CASE(what_left_the_window_counts_no_more) {
  Throttle throttle{ThrottleRules{}};
  for (int i = 0; i < 50; ++i) {
    BOOST_TEST(throttle.Admit(kSecond, kAlmostOne));
    throttle.Refused(kSecond, kSecond, -1);
  }
  BOOST_TEST(throttle.HeldBack(119 * kSecond) > 0.9);
  BOOST_TEST(throttle.HeldBack(123 * kSecond) == 0.0);
  throttle.Refused(kSecond, 123 * kSecond, -1);  // of a start that is forgotten
  BOOST_TEST(throttle.HeldBack(123 * kSecond) == 0.0);
}

BOOST_AUTO_TEST_CASE(what_is_sent_settles_at_k_times_what_is_taken) {
  Throttle throttle{ThrottleRules{}};
  SplitMix64 random(20'261'121);
  int sent = 0;
  int accepted = 0;
  int room = 0;
  for (int i = 0; i < 120'000; ++i) {  // 100 a second for twenty minutes
    const std::int64_t now = i * 10'000;
    if (i % 100 == 0) room = 10;  // the provider takes ten of them
    if (!throttle.Admit(now, random())) continue;
    const bool taken = room > 0;
    if (taken) {
      --room;
    } else {
      throttle.Refused(now, now, -1);
    }
    if (i >= 60'000) {
      ++sent;
      accepted += taken ? 1 : 0;
    }
  }
  BOOST_TEST_MESSAGE(sent << " sent, " << accepted << " taken of 60000");
  BOOST_TEST(sent == 1.5 * accepted, boost::test_tools::tolerance(0.1));
  BOOST_TEST(accepted > 4'000);  // of 6,000 that could have been
}

BOOST_AUTO_TEST_CASE(a_pause_lasts_as_long_as_it_was_said) {
  ThrottleRules rules;
  rules.most_cooldown_ms = 10'000;
  Throttle throttle(rules);
  BOOST_TEST(!throttle.cooling(kSecond));
  BOOST_TEST(throttle.Admit(kSecond, 0));
  throttle.Refused(kSecond, kSecond, 2'500);
  BOOST_TEST(throttle.cooling(kSecond + 2'499'999));
  BOOST_TEST(!throttle.cooling(kSecond + 2'500'000));
  throttle.Refused(kSecond, kSecond, 1'000);  // a shorter one takes nothing back
  BOOST_TEST(throttle.cooling(kSecond + 2'499'999));
  throttle.Refused(kSecond, kSecond, 86'400'000);
  BOOST_TEST(throttle.cool_until_us() == 11 * kSecond);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
