#include "mlp/decide.hpp"

#include <algorithm>

#include "runtime/core/bucket.hpp"
#include "runtime/core/member_order.hpp"
#include "runtime/core/walk.hpp"

namespace mlp {
namespace {

bool InDomain(const Tables& tables, const RequestView& request) noexcept {
  if (request.codes.size() < tables.code_count || request.texts.size() < tables.text_count ||
      request.sets.size() < tables.set_count) {
    return false;
  }
  for (const Attribute& attribute : tables.attributes) {
    switch (attribute.type) {
      case AttributeType::kEnum:
      case AttributeType::kNumber:
      case AttributeType::kTokens:
        // A negative code is a large unsigned one.
        if (static_cast<std::uint32_t>(request.codes[attribute.slot]) >=
            static_cast<std::uint32_t>(attribute.size)) {
          return false;
        }
        break;
      case AttributeType::kSet:
        if ((request.sets[attribute.slot] & ~attribute.members) != 0) return false;
        break;
      case AttributeType::kText:
      case AttributeType::kKey:
        break;
    }
  }
  return true;
}

std::int64_t TokensIn(const RequestView& request, std::uint16_t slot) noexcept {
  return slot == kNone16 ? 0 : request.codes[slot];
}

std::string_view TextIn(const RequestView& request, std::uint16_t slot) noexcept {
  return slot == kNone16 ? std::string_view() : request.texts[slot];
}

/// Which arm the request's unit is in, asked once per rollout and decision: the share may change
/// meanwhile, and hashing is dear. A leaf that names more rollouts than fit here hashes again.
class Arms {
 public:
  bool InCanary(const Tables& tables, const LiveState& live, const RequestView& request,
                std::uint16_t number) noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (arms_[i].rollout == number) return arms_[i].canary;
    }
    const bool canary = number < tables.rollouts.size()
                            ? IsCanary(tables, live, request, number)
                            : IsInArm(tables, live, request, number - tables.rollouts.size());
    if (count_ < arms_.size()) arms_[count_++] = {number, canary};
    return canary;
  }

 private:
  static bool IsCanary(const Tables& tables, const LiveState& live, const RequestView& request,
                       std::uint16_t number) noexcept {
    const Rollout& rollout = tables.rollouts[number];
    const std::string_view unit = TextIn(request, rollout.key_text);
    const std::uint32_t share = live.share_ppm(number);
    return share != 0 && !unit.empty() && Bucket(rollout.salt, unit) < share;
  }
  static bool IsInArm(const Tables& tables, const LiveState& live, const RequestView& request,
                      std::size_t number) noexcept {
    const ExperimentArm& arm = tables.arms[number];
    if (!live.experiment_runs(arm.experiment)) return false;
    const Experiment& experiment = tables.experiments[arm.experiment];
    const std::string_view unit = TextIn(request, experiment.key_text);
    if (unit.empty()) return false;
    const std::uint32_t bucket = BucketOfPieces({experiment.salt, kSplit}, unit);
    return bucket >= arm.from_ppm && bucket < arm.to_ppm;
  }

  struct Arm {
    std::uint16_t rollout;
    bool canary;
  };
  std::array<Arm, kMaxCandidates> arms_;
  std::uint32_t count_ = 0;
};

/// Takes the usable rows of one leaf into a decision.
class Chooser {
 public:
  Chooser(const Tables& tables, const LiveState& live, const RequestView& request,
          Decision& decision, Arms& arms) noexcept
      : tables_(tables),
        live_(live),
        request_(request),
        rows_(tables.rows.data()),
        gates_(tables.gates.data()),
        guards_(tables.guards.data()),
        candidates_(decision.candidates.data()),
        arms_(arms),
        asks_(tables.asks_set == kNone16 ? 0 : request.sets[tables.asks_set]),
        input_(TokensIn(request, tables.input_code)),
        output_(decision.output_tokens) {}

  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

  /// In the order of the table.
  [[gnu::always_inline]] void TakeRows(std::uint32_t first, std::uint32_t end) noexcept {
    for (std::uint32_t row = first; row < end; ++row) TakeRow(row);
  }

  /// As TakeRows for the whole leaf, with each group in its own order.
  void TakeGroups(const Leaf& leaf, std::uint64_t draw) noexcept {
    const std::uint32_t end = leaf.first_row + leaf.row_count;
    for (std::uint32_t row = leaf.first_row; row < end;) {
      if (tables_.rows[row].group == 0) {
        TakeRow(row++);
      } else {
        row = TakeGroup(leaf, row, end, draw);
      }
    }
  }

  void TakeCheapest(const Leaf& leaf) noexcept {
    for (std::uint32_t i = 0; i < leaf.row_count; ++i) {
      TakeRow(leaf.first_row + tables_.row_orders[leaf.first_cheapest + i]);
    }
  }

 private:
  /// Takes the group that begins at `first`; returns the row after it.
  std::uint32_t TakeGroup(const Leaf& leaf, std::uint32_t first, std::uint32_t end,
                          std::uint64_t draw) noexcept {
    const std::uint8_t number = tables_.rows[first].group;
    std::array<std::uint32_t, kMaxMembers + 1> begin;
    std::uint32_t member_count = 0;
    std::uint32_t row = first;
    for (; row < end && tables_.rows[row].group == number; ++row) {
      const bool new_member =
          row == first || StartsMember(tables_.rows[row - 1], tables_.rows[row]);
      if (new_member && member_count < kMaxMembers) begin[member_count++] = row;
    }
    begin[member_count] = row;

    MemberOrder order;
    OrderMembers(leaf, number, member_count, draw, order);
    for (std::uint32_t i = 0; i < member_count; ++i)
      TakeRows(begin[order[i]], begin[order[i] + 1U]);
    return row;
  }

  static bool StartsMember(const Row& before, const Row& row) noexcept {
    return before.rollout == kNone16 && (row.rollout != kNone16 || row.model != before.model);
  }

  void OrderMembers(const Leaf& leaf, std::uint8_t number, std::uint32_t member_count,
                    std::uint64_t draw, MemberOrder& order) const noexcept {
    const Group& group = tables_.groups[leaf.first_group + number - 1U];
    switch (group.kind) {
      case GroupKind::kSpread: {
        const auto shares = tables_.weights.subspan(group.first_weight, member_count);
        std::uint64_t total = 0;
        for (const std::uint32_t share : shares) total += share;
        const std::uint64_t point = DrawPoint(tables_.routes[leaf.route].name, group, number,
                                              TextIn(request_, group.key_text), draw, total);
        OrderByShare(shares, point, order);
        return;
      }
      case GroupKind::kFastest:
      case GroupKind::kLeastBusy:
      case GroupKind::kBalanced:
        OrderByNibbles(live_.order(group.live_order), member_count, order);
        return;
    }
  }

  // Which rows hold is as good as random to the processor, so their tests are joined without
  // branches. Inline, since a candidate is written byte by byte, and as bytes may be part of
  // anything, each row would otherwise read this object's members anew: 3 of 10 ns.
  [[gnu::always_inline]] void TakeRow(std::uint32_t number) noexcept {
    if (count_ == kMaxCandidates) return;
    const Row& row = rows_[number];
    const Gate& gate = gates_[row.gate];
    bool usable = (asks_ & ~gate.capabilities) == 0;
    usable &= live_.model_up(row.model);
    usable &= GuardsHold(gate);
    usable &= ConditionsHold(gate);
    usable &= !Taken(row.model);
    if (row.rollout != kNone16) {
      usable = usable && arms_.InCanary(tables_, live_, request_, row.rollout);
    }
    candidates_[count_] = {number, row.model, row.endpoint, row.rollout, row.step};
    count_ += usable ? 1 : 0;
    taken_ |= std::uint64_t{usable} << (row.model % 64);
  }

  [[nodiscard]] bool GuardsHold(const Gate& gate) const noexcept {
    bool hold = true;
    for (std::uint32_t i = 0; i < gate.guard_count; ++i) {
      const Guard& guard = guards_[gate.first_guard + i];
      hold &= guard.a * input_ + guard.b * output_ <= guard.c;
    }
    return hold;
  }

  [[nodiscard]] bool ConditionsHold(const Gate& gate) const noexcept {
    bool hold = true;
    for (std::uint32_t i = 0; i < gate.live_count; ++i) {
      hold &= live_.condition(tables_.live_refs[gate.first_live + i]);
    }
    return hold;
  }

  [[nodiscard]] bool Taken(std::uint16_t model) const noexcept {
    if (((taken_ >> (model % 64)) & 1) == 0) return false;
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (candidates_[i].model == model) return true;
    }
    return false;
  }

  const Tables& tables_;
  const LiveState& live_;
  const RequestView& request_;
  const Row* const rows_;
  const Gate* const gates_;
  const Guard* const guards_;
  Candidate* const candidates_;  // kMaxCandidates of them
  Arms& arms_;
  const std::uint64_t asks_;
  const std::int64_t input_;
  const std::int64_t output_;
  std::uint64_t taken_ = 0;  // bit m % 64 for each model m taken: most rows need no search
  std::uint32_t count_ = 0;
};

/// For leaves with groups or a second order: kept apart so that the plain loop stays in registers.
[[gnu::noinline]] std::uint32_t TakeInSpecialOrder(Chooser chooser, const Leaf& leaf,
                                                   const DecideOptions& options) noexcept {
  if (options.prefer_cheapest && leaf.first_cheapest != kNone32) {
    chooser.TakeCheapest(leaf);
  } else {
    chooser.TakeGroups(leaf, options.draw);
  }
  return chooser.count();
}

/// The decision at the leaf that `find_leaf` gives for a root.
template <typename FindLeaf>
[[gnu::always_inline]] inline Decision DecideAt(const Tables& tables, const LiveState& live,
                                                const RequestView& request,
                                                const DecideOptions& options,
                                                FindLeaf find_leaf) noexcept {
  Decision decision;
  decision.root = live.root();
  if (!InDomain(tables, request)) {
    decision.outcome = DecisionOutcome::kOutOfDomain;
    return decision;
  }
  decision.leaf = find_leaf(decision.root);
  const Leaf& leaf = tables.leaves[decision.leaf];
  const std::int64_t output = TokensIn(request, tables.output_code);
  decision.output_tokens = static_cast<std::uint32_t>(output);
  decision.route = leaf.route;
  if (leaf.kind == LeafKind::kNoRoute) return decision;

  decision.output_tokens = std::min(decision.output_tokens, live.output_cap(leaf.route));
  if (leaf.kind == LeafKind::kRefuse) {
    decision.outcome = DecisionOutcome::kRefused;
    return decision;
  }
  decision.cache_ttl_s = leaf.cache_ttl_s;
  Arms arms;
  Chooser chooser(tables, live, request, decision, arms);
  std::uint32_t count = 0;
  if (leaf.group_count == 0 && !options.prefer_cheapest) {
    chooser.TakeRows(leaf.first_row, leaf.first_row + leaf.row_count);
    count = chooser.count();
  } else {
    count = TakeInSpecialOrder(chooser, leaf, options);
  }
  decision.count = static_cast<std::uint8_t>(count);
  decision.outcome = decision.count == 0 ? DecisionOutcome::kNoCandidate : DecisionOutcome::kServe;
  return decision;
}

}  // namespace

std::uint32_t FindLeaf(const Tables& tables, std::uint32_t root,
                       const RequestView& request) noexcept {
  return WalkFromRoot(tables, root, request);
}

Decision Decide(const Tables& tables, const LiveState& live, const RequestView& request,
                const DecideOptions& options) noexcept {
  return DecideAt(tables, live, request, options,
                  [&](std::uint32_t root) noexcept { return WalkFromRoot(tables, root, request); });
}

Decision DecideJudge(const Tables& tables, const LiveState& live, const RequestView& request,
                     std::uint16_t evaluator, const DecideOptions& options) noexcept {
  return DecideAt(tables, live, request, options, [&](std::uint32_t root) noexcept {
    const std::span<const Root> roots = tables.evaluators[evaluator].judge_roots;
    std::size_t in_force = 0;
    while (in_force + 1 < roots.size() && roots[in_force + 1].from_s <= tables.roots[root].from_s) {
      ++in_force;
    }
    return WalkToLeaf(tables, roots[in_force].edge, request);
  });
}

}  // namespace mlp
