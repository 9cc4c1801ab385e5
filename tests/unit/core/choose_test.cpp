// The candidates of random leaves against an evaluator that works on steps and members, not on
// rows.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "mlp/decide.hpp"
#include "runtime/core/wide.hpp"
#include "tests/support/sample_tables.hpp"

namespace mlp {
namespace {

constexpr std::uint32_t kSeed = 20261121;
constexpr std::uint16_t kModelCount = 80;  // more than a word of bits
constexpr std::uint16_t kConditionCount = 5;
constexpr std::uint16_t kRolloutCount = 3;

std::uint32_t Below(std::mt19937& random, std::uint32_t end) {
  return static_cast<std::uint32_t>(random() % end);
}

/// One of several rows of a model that differ in guards and endpoint.
struct Variant {
  std::uint16_t endpoint;
  std::vector<Guard> guards;
  std::vector<std::uint16_t> conditions;
  std::uint64_t capabilities;
};
struct Entry {
  std::uint16_t model;
  std::uint16_t rollout;  ///< kNone16: in every arm
  std::vector<Variant> variants;
};
struct Member {
  std::vector<Entry> entries;  ///< the canary, where there is one, then the model itself
  std::uint32_t share;
};
struct Step {
  bool grouped;
  GroupKind kind;
  bool keyed;
  std::vector<Member> members;
};

struct Policy {
  std::vector<Step> steps;
  std::vector<Model> models{kModelCount};
  std::vector<Row> rows;
  std::vector<Gate> gates;
  std::vector<Guard> guards;
  std::vector<std::uint16_t> live_refs;
  std::vector<Group> groups;
  std::vector<std::uint32_t> weights;
  std::vector<std::uint16_t> cheapest;
  std::vector<LiveCondition> conditions{kConditionCount};
  std::vector<Rollout> rollouts;
  std::vector<Leaf> leaves;
  Tables tables;
};

Variant RandomVariant(std::mt19937& random) {
  Variant variant{static_cast<std::uint16_t>(random() % 3), {}, {}, random() % 8};
  if (random() % 2 == 0) variant.capabilities = 7;
  for (std::uint32_t i = Below(random, 3); i > 0; --i) {
    variant.guards.push_back({Below(random, 5), Below(random, 5), Below(random, 6'000)});
    if (random() % 4 == 0) variant.guards.back().a = -1;
  }
  if (random() % 4 == 0)
    variant.conditions.push_back(static_cast<std::uint16_t>(random() % kConditionCount));
  return variant;
}

Entry RandomEntry(std::mt19937& random, std::uint16_t model, std::uint16_t rollout) {
  Entry entry{model, rollout, {}};
  for (std::uint32_t i = 1 + Below(random, 3); i > 0; --i)
    entry.variants.push_back(RandomVariant(random));
  return entry;
}

std::vector<Step> RandomSteps(std::mt19937& random) {
  // Models of one leaf are distinct but for a canary that is a candidate of its own elsewhere.
  std::vector<std::uint16_t> models(kModelCount);
  std::iota(models.begin(), models.end(), std::uint16_t{0});
  std::shuffle(models.begin(), models.end(), random);
  std::size_t used = 0;
  std::vector<Step> steps(1 + random() % 5);
  for (Step& step : steps) {
    step.grouped = random() % 2 == 0;
    step.kind = static_cast<GroupKind>(random() % 4);
    step.keyed = random() % 2 == 0;
    for (std::uint32_t i = 1 + Below(random, step.grouped ? 16 : 4); i > 0 && used < 60; --i) {
      Member member{{}, static_cast<std::uint32_t>(random() % 3) * 100'000 + 1};
      if (random() % 4 == 0) {
        const auto rollout = static_cast<std::uint16_t>(random() % kRolloutCount);
        member.entries.push_back(RandomEntry(random, models[random() % 70], rollout));
      }
      member.entries.push_back(RandomEntry(random, models[used++], kNone16));
      step.members.push_back(member);
    }
  }
  return steps;
}

void AppendRow(Policy& policy, const Entry& entry, const Variant& variant, std::uint8_t step,
               std::uint8_t group) {
  Gate gate{};
  gate.capabilities = variant.capabilities;
  gate.first_guard = static_cast<std::uint32_t>(policy.guards.size());
  gate.first_live = static_cast<std::uint32_t>(policy.live_refs.size());
  gate.guard_count = static_cast<std::uint8_t>(variant.guards.size());
  gate.live_count = static_cast<std::uint8_t>(variant.conditions.size());
  Row row{};
  row.gate = static_cast<std::uint32_t>(policy.gates.size());
  row.model = entry.model;
  row.endpoint = variant.endpoint;
  row.rollout = entry.rollout;
  row.step = step;
  row.group = group;
  policy.guards.insert(policy.guards.end(), variant.guards.begin(), variant.guards.end());
  policy.live_refs.insert(policy.live_refs.end(), variant.conditions.begin(),
                          variant.conditions.end());
  policy.gates.push_back(gate);
  policy.rows.push_back(row);
}

void AppendStep(Policy& policy, const Step& step, std::uint8_t number) {
  std::uint8_t group_number = 0;
  if (step.grouped) {
    Group group{};
    group.kind = step.kind;
    group.step = number;
    group.live_order = static_cast<std::uint16_t>(policy.groups.size());
    group.key_text = step.keyed ? 0 : kNone16;
    group.member_count = static_cast<std::uint16_t>(step.members.size());
    group.first_weight = static_cast<std::uint32_t>(policy.weights.size());
    policy.groups.push_back(group);
    group_number = static_cast<std::uint8_t>(policy.groups.size());
    for (const Member& member : step.members) policy.weights.push_back(member.share);
  }
  for (const Member& member : step.members) {
    for (const Entry& entry : member.entries) {
      for (const Variant& variant : entry.variants)
        AppendRow(policy, entry, variant, number, group_number);
    }
  }
}

void Fill(Policy& policy, std::mt19937& random) {
  policy.steps = RandomSteps(random);
  for (std::size_t i = 0; i < policy.steps.size(); ++i) {
    AppendStep(policy, policy.steps[i], static_cast<std::uint8_t>(i));
  }
  policy.cheapest.resize(policy.rows.size());
  std::iota(policy.cheapest.begin(), policy.cheapest.end(), std::uint16_t{0});
  std::shuffle(policy.cheapest.begin(), policy.cheapest.end(), random);
  for (const std::string_view salt : {"a", "b", "c"}) {
    Rollout rollout{};
    rollout.salt = salt;
    policy.rollouts.push_back(rollout);
  }
  Leaf leaf{};
  leaf.row_count = static_cast<std::uint16_t>(policy.rows.size());
  leaf.route = test::kRouteElse;
  leaf.group_count = static_cast<std::uint8_t>(policy.groups.size());
  leaf.kind = LeafKind::kServe;
  policy.leaves.assign(4, leaf);
  policy.tables = test::SampleTables();
  policy.tables.models = policy.models;
  policy.tables.rows = policy.rows;
  policy.tables.gates = policy.gates;
  policy.tables.guards = policy.guards;
  policy.tables.live_refs = policy.live_refs;
  policy.tables.groups = policy.groups;
  policy.tables.weights = policy.weights;
  policy.tables.row_orders = policy.cheapest;
  policy.tables.live_conditions = policy.conditions;
  policy.tables.live_order_count = static_cast<std::uint16_t>(policy.groups.size());
  policy.tables.rollouts = policy.rollouts;
  policy.tables.leaves = policy.leaves;
}

// ---------------------------------------------------------------- the slow evaluator

class Oracle {
 public:
  Oracle(const Policy& policy, const LiveState& live, const test::SampleRequest& request,
         std::uint64_t draw)
      : policy_(policy), live_(live), request_(request), draw_(draw) {}

  std::string Candidates() {
    std::size_t group = 0;
    for (std::size_t number = 0; number < policy_.steps.size(); ++number) {
      const Step& step = policy_.steps[number];
      std::vector<std::size_t> order(step.members.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      if (step.grouped) order = GroupOrder(step, number, group++);
      for (const std::size_t member : order) {
        for (const Entry& entry : step.members[member].entries) Try(entry);
      }
    }
    return text_;
  }

 private:
  std::vector<std::size_t> GroupOrder(const Step& step, std::size_t number, std::size_t group) {
    std::vector<std::size_t> order;
    if (step.kind == GroupKind::kSpread) {
      for (std::size_t i = 0; i < step.members.size(); ++i) order.push_back(i);
      const std::size_t drawn = Drawn(step, number, group);
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if (a == drawn || b == drawn) return a == drawn && b != drawn;
        return step.members[a].share > step.members[b].share;
      });
      return order;
    }
    for (unsigned i = 0; i < 16; ++i) {
      const std::size_t member = (live_.order(static_cast<std::uint16_t>(group)) >> (4 * i)) & 15;
      if (member < step.members.size()) order.push_back(member);
    }
    return order;
  }

  std::size_t Drawn(const Step& step, std::size_t number, std::size_t group) {
    std::uint64_t total = 0;
    for (const Member& member : step.members) total += member.share;
    std::uint64_t point = 0;
    if (step.keyed && !request_.user.empty()) {
      const auto bucket = Bucket("everything-else/" + std::to_string(number), request_.user);
      point = bucket * total / 1'000'000;
    } else {
      // Later groups mix the bits; the tests of a single group pin the shares, here only the first
      // is drawn.
      if (group > 0) return step.members.size();
      point = static_cast<std::uint64_t>(UInt128{draw_} * total >> 64);
    }
    for (std::size_t i = 0; i < step.members.size(); ++i) {
      if (point < step.members[i].share) return i;
      point -= step.members[i].share;
    }
    return step.members.size();
  }

  void Try(const Entry& entry) {
    if (taken_[entry.model] || count_ == 32 || !live_.model_up(entry.model)) return;
    if (entry.rollout != kNone16) {
      const std::string_view salt = policy_.rollouts[entry.rollout].salt;
      if (request_.user.empty() || Bucket(salt, request_.user) >= live_.share_ppm(entry.rollout))
        return;
    }
    for (const Variant& variant : entry.variants) {
      if (!Holds(variant)) continue;
      text_ += std::to_string(entry.model) + "@" + std::to_string(variant.endpoint);
      text_ += entry.rollout == kNone16 ? " " : "* ";
      taken_[entry.model] = true;
      ++count_;
      return;
    }
  }

  bool Holds(const Variant& variant) {
    if ((request_.asks | variant.capabilities) != variant.capabilities) return false;
    const std::int64_t output = std::min(request_.output, 1'000);  // the cap of everything-else
    for (const Guard& guard : variant.guards) {
      if (guard.a * request_.input + guard.b * output > guard.c) return false;
    }
    return std::all_of(variant.conditions.begin(), variant.conditions.end(),
                       [&](std::uint16_t condition) { return live_.condition(condition); });
  }

  const Policy& policy_;
  const LiveState& live_;
  const test::SampleRequest& request_;
  std::uint64_t draw_;
  std::map<std::uint16_t, bool> taken_;
  std::size_t count_ = 0;
  std::string text_;
};

std::string Text(const Decision& decision) {
  std::string text;
  for (const Candidate& candidate : decision.list()) {
    text += std::to_string(candidate.model) + "@" + std::to_string(candidate.endpoint);
    text += candidate.rollout == kNone16 ? " " : "* ";
  }
  return text;
}

void Shake(LiveState& live, const Policy& policy, std::mt19937& random) {
  for (std::uint16_t i = 0; i < kModelCount; ++i) live.set_model_up(i, random() % 5 != 0);
  for (std::uint16_t i = 0; i < kConditionCount; ++i) live.set_condition(i, random() % 3 != 0);
  for (std::uint16_t i = 0; i < kRolloutCount; ++i)
    live.set_share_ppm(i, Below(random, 4) * 333'333);
  for (std::uint16_t i = 0; i < policy.groups.size(); ++i) {
    std::array<std::uint64_t, 16> nibbles;
    std::iota(nibbles.begin(), nibbles.end(), std::uint64_t{0});
    std::shuffle(nibbles.begin(), nibbles.end(), random);
    std::uint64_t order = 0;
    for (const std::uint64_t nibble : nibbles) order = order << 4 | nibble;
    live.set_order(i, order);
  }
}

/// Whether the policy draws by chance in a group after its first, which the oracle leaves open.
bool DrawsLater(const Policy& policy, const test::SampleRequest& request) {
  for (std::size_t i = 1; i < policy.groups.size(); ++i) {
    const Group& group = policy.groups[i];
    if (group.kind == GroupKind::kSpread && (group.key_text == kNone16 || request.user.empty()))
      return true;
  }
  return false;
}

BOOST_AUTO_TEST_SUITE(choose)

BOOST_AUTO_TEST_CASE(random_leaves_give_the_same_candidates) {
  std::mt19937 random(kSeed);
  std::size_t compared = 0;
  std::size_t candidates = 0;
  for (int round = 0; round < 1'500; ++round) {
    Policy policy;
    Fill(policy, random);
    LiveState live(policy.tables);
    for (int i = 0; i < 20; ++i) {
      Shake(live, policy, random);
      test::SampleRequest request;
      request.input = static_cast<std::int32_t>(random() % 1'500);
      request.output = static_cast<std::int32_t>(random() % 2'000);
      request.asks = random() % 3 == 0 ? random() % 8 : 0;
      const std::string user = std::to_string(random());
      request.user = random() % 5 == 0 ? std::string_view() : std::string_view(user);
      if (DrawsLater(policy, request)) continue;
      const std::uint64_t draw = std::uint64_t{random()} << 32 | random();
      const Decision decision = Decide(policy.tables, live, request.View(), {draw, false});
      BOOST_REQUIRE_EQUAL(Text(decision), Oracle(policy, live, request, draw).Candidates());
      BOOST_REQUIRE((decision.outcome == DecisionOutcome::kServe) == (decision.count > 0));
      ++compared;
      candidates += decision.count;
    }
  }
  BOOST_TEST_MESSAGE("compared " << compared << " decisions with " << candidates << " candidates");
  BOOST_TEST(compared > 10'000U);
  BOOST_TEST(candidates > 5 * compared);
}

BOOST_AUTO_TEST_CASE(the_cheapest_order_takes_the_same_rows_one_by_one) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < 500; ++round) {
    Policy policy;
    Fill(policy, random);
    LiveState live(policy.tables);
    Shake(live, policy, random);
    test::SampleRequest request;
    request.input = static_cast<std::int32_t>(random() % 1'500);
    const Decision decision = Decide(policy.tables, live, request.View(), {0, true});
    // As if the rows stood in this order and there were no groups.
    std::vector<Row> rows;
    std::vector<Gate> gates;
    for (const std::uint16_t row : policy.cheapest) {
      rows.push_back(policy.rows[row]);
      rows.back().group = 0;
    }
    Tables tables = policy.tables;
    tables.rows = rows;
    std::vector<Leaf> leaves = policy.leaves;
    for (Leaf& leaf : leaves) leaf.group_count = 0;
    tables.leaves = leaves;
    const Decision expected = Decide(tables, live, request.View());
    BOOST_REQUIRE_EQUAL(Text(decision), Text(expected));
    for (std::size_t i = 0; i < decision.count; ++i) {
      BOOST_REQUIRE_EQUAL(decision.candidates[i].row, policy.cheapest[expected.candidates[i].row]);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
