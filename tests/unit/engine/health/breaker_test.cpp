// The breaker against an obvious one that keeps everything that happened in lists, over every
// sequence of events of a small length; and what it promises, one by one.
#include "runtime/engine/health/breaker.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/core/evidence/wilson.hpp"
#include "runtime/core/split_mix.hpp"

namespace mlp::engine {
namespace {

constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;  // the random bits of 0.5
constexpr std::int64_t kMs = 1'000;
constexpr std::int64_t kLeaseUs = 40 * kMs;

BreakerRules SmallRules() {
  BreakerRules rules;
  rules.window_ms = 30;
  rules.least_calls = 3;
  rules.most_failures = 0.3;
  rules.consecutive = 3;
  rules.open_base_ms = 10;
  rules.open_cap_ms = 25;
  rules.probes = 2;
  rules.slow_start_ms = 0;  // admission by chance is tested apart
  return rules;
}

struct End {
  std::int64_t at_us;
  bool failed;
};

/// As the documentation has it, with lists in place of counts. Wilson's bound is shared.
class ListBreaker {
 public:
  explicit ListBreaker(const BreakerRules& rules) : rules_(rules) {}

  BreakerState state = BreakerState::kClosed;
  std::uint32_t generation = 0;
  std::int64_t since_us = 0;
  std::int64_t open_until_us = 0;
  bool probe_out = false;

  void Advance(std::int64_t now) {
    if (state == BreakerState::kOpen && now >= open_until_us) {
      Enter(BreakerState::kHalfOpen, now);
    } else if (state == BreakerState::kHalfOpen && probe_out && now >= lease_until_) {
      Open(now, false);
    }
  }

  Breaker::Permit Admit(std::int64_t now) {
    Advance(now);
    if (state == BreakerState::kClosed) return {true, false, false, generation};
    if (state == BreakerState::kOpen || probe_out) return {};
    probe_out = true;
    lease_until_ = now + kLeaseUs;
    return {true, true, false, generation};
  }

  void Report(const Breaker::Permit& permit, Outcome outcome, std::int64_t now) {
    Advance(now);
    if (!permit.admitted || permit.generation != generation) return;
    if (permit.forced) {
      if (state != BreakerState::kOpen || outcome != Outcome::kSuccess) return;
      Enter(BreakerState::kHalfOpen, now);
      ends_ = {{now, false}};
      return;
    }
    if (permit.probe) probe_out = false;
    if (outcome == Outcome::kExcluded) return;
    ends_.push_back({now, outcome == Outcome::kFailure});
    if (state == BreakerState::kHalfOpen) {
      if (outcome == Outcome::kFailure) {
        Open(now, false);
      } else if (ends_.size() >= rules_.probes) {
        Enter(BreakerState::kClosed, now);
      }
      return;
    }
    if (outcome != Outcome::kFailure) return;
    std::uint32_t in_a_row = 0;
    for (auto end = ends_.rbegin(); end != ends_.rend() && end->failed; ++end) ++in_a_row;
    std::uint32_t all = 0;
    std::uint32_t failures = 0;
    for (const End& end : ends_) {
      if (end.at_us / kMs <= now / kMs - rules_.window_ms) continue;
      ++all;
      failures += end.failed ? 1 : 0;
    }
    const bool share =
        all >= rules_.least_calls && WilsonInterval(failures, all).low > rules_.most_failures;
    if (in_a_row >= rules_.consecutive || share) Open(now, true);
  }

 private:
  void Open(std::int64_t now, bool from_closed) {
    const bool stable = from_closed && (!opened_ || now - since_us >= 2 * open_us_);
    if (stable) {
      doublings_ = 0;
    } else {
      ++doublings_;
    }
    opened_ = true;
    open_us_ = std::min(rules_.open_cap_ms, rules_.open_base_ms << doublings_) * kMs / 2;
    Enter(BreakerState::kOpen, now);
    open_until_us = now + open_us_;
  }
  void Enter(BreakerState next, std::int64_t now) {
    state = next;
    ++generation;
    since_us = now;
    probe_out = false;
    ends_.clear();
  }

  BreakerRules rules_;
  std::vector<End> ends_;
  std::int64_t lease_until_ = 0;
  std::int64_t open_us_ = 0;
  bool opened_ = false;
  int doublings_ = 0;
};

/// Both, and what a caller holds.
struct World {
  explicit World(const BreakerRules& rules) : breaker(rules), list(rules) {}
  Breaker breaker;
  ListBreaker list;
  std::int64_t now = 1'000'000;
  std::deque<Breaker::Permit> held;
  std::uint32_t probe_successes = 0;  // reported in the present generation
};

constexpr std::string_view kEvents = "asfxSFgtTL";

/// Carries out one event; what it may not do is told by an empty text or a sentence.
std::string Act(World& world, char event) {
  const BreakerState before = world.breaker.state();
  const std::uint32_t generation = world.breaker.generation();
  bool older = false;
  bool probe_success = false;
  switch (event) {
    case 'a': {
      const Breaker::Permit one = world.breaker.Admit(world.now, kLeaseUs, kHalf);
      const Breaker::Permit two = world.list.Admit(world.now);
      if (one.admitted != two.admitted || one.probe != two.probe) return "another permit";
      if (one.admitted) world.held.push_back(one);
      break;
    }
    case 'g': {
      world.held.push_back(world.breaker.Force());
      break;
    }
    case 't':
      world.now += kMs;
      break;
    case 'T':
      world.now = std::max(world.now, world.breaker.open_until_us());
      break;
    case 'L':
      world.now += kLeaseUs;
      break;
    default: {
      if (world.held.empty()) return "";
      const bool newest = event == 'S' || event == 'F';
      const Breaker::Permit permit = newest ? world.held.back() : world.held.front();
      if (newest) {
        world.held.pop_back();
      } else {
        world.held.pop_front();
      }
      const Outcome outcome = event == 's' || event == 'S'   ? Outcome::kSuccess
                              : event == 'f' || event == 'F' ? Outcome::kFailure
                                                             : Outcome::kExcluded;
      world.breaker.Advance(world.now, kHalf);
      older = permit.generation != world.breaker.generation();
      const BreakerState settled = world.breaker.state();
      const std::uint32_t settled_generation = world.breaker.generation();
      if (settled_generation != generation) world.probe_successes = 0;
      world.breaker.Report(permit, outcome, world.now, kHalf);
      world.list.Report(permit, outcome, world.now);
      if (older &&
          (world.breaker.state() != settled || world.breaker.generation() != settled_generation)) {
        return "a result of an older generation changed something";
      }
      probe_success = !older && (permit.probe || permit.forced) && outcome == Outcome::kSuccess;
      break;
    }
  }
  world.breaker.Advance(world.now, kHalf);
  world.list.Advance(world.now);
  const BreakerState after = world.breaker.state();
  if (world.breaker.generation() != generation) {
    if (before == BreakerState::kClosed && after == BreakerState::kHalfOpen &&
        world.breaker.generation() == generation + 1) {
      return "it closed half";
    }
    if (after == BreakerState::kClosed &&
        world.probe_successes + (probe_success ? 1 : 0) < SmallRules().probes) {
      return "it closed without its successes";
    }
    world.probe_successes = after == BreakerState::kHalfOpen && probe_success ? 1 : 0;
  } else if (probe_success) {
    ++world.probe_successes;
  }
  if (after != world.list.state) return "another state";
  if (world.breaker.generation() != world.list.generation) return "another generation";
  if (world.breaker.open_until_us() != world.list.open_until_us) return "another open time";
  if (world.breaker.since_us() != world.list.since_us) return "another since";

  Breaker later = world.breaker;  // time alone always brings it back
  const std::int64_t end = std::max(world.now, later.open_until_us()) + kLeaseUs;
  later.Advance(end, kHalf);
  later.Advance(end + 400 * kMs, kHalf);
  later.Advance(end + 800 * kMs, kHalf);
  if (!later.up()) return "it never admits again";
  return "";
}

std::size_t Walk(const World& world, std::string& path, std::size_t depth) {
  if (depth == 0) return 1;
  std::size_t count = 0;
  for (const char event : kEvents) {
    World next = world;
    path.push_back(event);
    if (const std::string wrong = Act(next, event); !wrong.empty()) {
      BOOST_FAIL("after " + path + ": " + wrong);
    }
    count += Walk(next, path, depth - 1);
    path.pop_back();
  }
  return count;
}

BOOST_AUTO_TEST_SUITE(breaker)

BOOST_AUTO_TEST_CASE(every_short_sequence_is_as_the_lists_say) {
  std::string path;
  BOOST_TEST(Walk(World(SmallRules()), path, 6) == 1'000'000U);
}

BOOST_AUTO_TEST_CASE(every_short_sequence_from_open_and_half_open_is_as_the_lists_say) {
  for (const std::string_view before :
       {"aaafff", "aaafffT", "aaafffTaf", "aaafffTas", "aaafffTasas", "aaaafffTasas"}) {
    World world(SmallRules());
    for (const char event : before) BOOST_REQUIRE_EQUAL(Act(world, event), "");
    std::string path(before);
    Walk(world, path, 5);
  }
}

BOOST_AUTO_TEST_CASE(long_random_sequences_are_as_the_lists_say) {
  SplitMix64 random(20'261'121);
  for (int i = 0; i < 300; ++i) {
    World world(SmallRules());
    std::string path;
    for (int step = 0; step < 300; ++step) {
      path.push_back(kEvents[random() % kEvents.size()]);
      const std::string wrong = Act(world, path.back());
      BOOST_REQUIRE_MESSAGE(wrong.empty(), path << ": " << wrong);
    }
  }
}

/// n ends of which f failed, spread so that no five fail in a row.
bool TripsBy(std::uint32_t failures, std::uint32_t all) {
  Breaker breaker{BreakerRules{}};
  std::uint32_t failed = 0;
  for (std::uint32_t i = 0; i < all; ++i) {
    const bool fail = failed * all < failures * (i + 1) && failed < failures;
    const Breaker::Permit permit = breaker.Admit(1'000'000, 1'000'000, kHalf);
    if (!permit.admitted) return true;
    failed += fail ? 1 : 0;
    breaker.Report(permit, fail ? Outcome::kFailure : Outcome::kSuccess, 1'000'000, kHalf);
  }
  return breaker.state() == BreakerState::kOpen;
}

BOOST_AUTO_TEST_CASE(it_opens_by_wilsons_lower_bound) {
  // Wilson's lower bounds: 40/60 0.5409, 36/60 0.4736; 8/12 of fewer calls is 0.3906.
  BOOST_TEST(TripsBy(40, 60));
  BOOST_TEST(!TripsBy(36, 60));
  BOOST_TEST(!TripsBy(8, 12));
}

BOOST_AUTO_TEST_CASE(open_times_are_full_jitter_below_a_doubling_ceiling) {
  BreakerRules rules;
  rules.consecutive = 1;
  constexpr std::uint64_t kAlmostOne = ~std::uint64_t{0};
  Breaker breaker(rules);
  std::int64_t now = 0;
  std::vector<std::int64_t> seconds;
  Breaker::Permit permit = breaker.Admit(now, 1, 0);
  for (int i = 0; i < 7; ++i) {
    breaker.Report(permit, Outcome::kFailure, now, kAlmostOne);
    BOOST_REQUIRE((breaker.state() == BreakerState::kOpen));
    seconds.push_back((breaker.open_until_us() - now + 500'000) / 1'000'000);
    now = breaker.open_until_us();
    permit = breaker.Admit(now, 1, 0);
    BOOST_REQUIRE(permit.probe);
  }
  const std::vector<std::int64_t> expected{10, 20, 40, 80, 160, 300, 300};
  BOOST_TEST(seconds == expected, boost::test_tools::per_element());
}

/// Fails at `now` after standing closed for so many open times; the next open time in seconds.
std::int64_t NextOpenSeconds(double open_times) {
  BreakerRules rules;
  rules.consecutive = 1;
  rules.slow_start_ms = 0;
  Breaker breaker(rules);
  breaker.Report(breaker.Admit(0, 1, 0), Outcome::kFailure, 0, kHalf);  // 5 s
  std::int64_t now = breaker.open_until_us();
  for (int i = 0; i < 3; ++i) {
    breaker.Report(breaker.Admit(now, 1'000'000, 0), Outcome::kSuccess, now, kHalf);
  }
  BOOST_REQUIRE((breaker.state() == BreakerState::kClosed));
  now += static_cast<std::int64_t>(open_times * 5e6);
  breaker.Report(breaker.Admit(now, 1, 0), Outcome::kFailure, now, kHalf);
  return (breaker.open_until_us() - now) / 1'000'000;
}

BOOST_AUTO_TEST_CASE(the_open_time_starts_over_only_after_a_stable_while) {
  BOOST_TEST(NextOpenSeconds(1.99) == 10);
  BOOST_TEST(NextOpenSeconds(2.0) == 5);
}

BOOST_AUTO_TEST_CASE(it_comes_back_slowly) {
  BreakerRules rules;
  rules.consecutive = 1;
  Breaker breaker(rules);
  BOOST_TEST(breaker.Share(0) == 1.0);
  breaker.Report(breaker.Admit(0, 1, 0), Outcome::kFailure, 0, kHalf);
  const std::int64_t closed = breaker.open_until_us();
  for (int i = 0; i < 3; ++i) {
    breaker.Report(breaker.Admit(closed, 1'000'000, 0), Outcome::kSuccess, closed, kHalf);
  }
  BOOST_TEST(breaker.Share(closed) == 0.1, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(breaker.Share(closed + 30'000'000) == 0.55, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(breaker.Share(closed + 60'000'000) == 1.0);
  BOOST_TEST(!breaker.settled(closed + 59'000'000));
  BOOST_TEST(breaker.settled(closed + 60'000'000));
  SplitMix64 random(7);
  int admitted = 0;
  for (int i = 0; i < 10'000; ++i) {
    admitted += breaker.Admit(closed + 30'000'000, 1, random()).admitted ? 1 : 0;
  }
  BOOST_TEST(admitted > 5'300);  // 5,500 +- 4 standard deviations of 50
  BOOST_TEST(admitted < 5'700);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
