#include "mlp/decide.hpp"

#include <algorithm>

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

/// Takes the usable rows of one leaf into a decision.
class Chooser {
 public:
  Chooser(const Tables& tables, const LiveState& live, const RequestView& request,
          const DecideOptions& options, Decision& decision) noexcept
      : tables_(tables),
        live_(live),
        request_(request),
        options_(options),
        decision_(decision),
        asks_(tables.asks_set == kNone16 ? 0 : request.sets[tables.asks_set]),
        input_(TokensIn(request, tables.input_code)) {}

  void TakeRows(const Leaf& leaf) noexcept {
    if (options_.prefer_cheapest && leaf.has_cheapest) {
      for (std::uint32_t i = 0; i < leaf.row_count; ++i) {
        TakeRow(leaf.first_row + tables_.row_orders[leaf.first_cheapest + i]);
      }
      return;
    }
    const std::uint32_t end = leaf.first_row + leaf.row_count;
    for (std::uint32_t row = leaf.first_row; row < end;) {
      if (tables_.rows[row].group == 0) {
        TakeRow(row++);
      } else {
        row = TakeGroup(leaf, row, end);
      }
    }
  }

 private:
  /// Takes the group that begins at `first`; returns the row after it.
  std::uint32_t TakeGroup(const Leaf& leaf, std::uint32_t first, std::uint32_t end) noexcept {
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
    OrderMembers(leaf, number, member_count, order);
    for (std::uint32_t i = 0; i < member_count; ++i) {
      for (std::uint32_t at = begin[order[i]]; at < begin[order[i] + 1U]; ++at) TakeRow(at);
    }
    return row;
  }

  static bool StartsMember(const Row& before, const Row& row) noexcept {
    return before.rollout == kNone16 && (row.rollout != kNone16 || row.model != before.model);
  }

  void OrderMembers(const Leaf& leaf, std::uint8_t number, std::uint32_t member_count,
                    MemberOrder& order) const noexcept {
    const Group& group = tables_.groups[leaf.first_group + number - 1U];
    switch (group.kind) {
      case GroupKind::kSpread: {
        const auto shares = tables_.weights.subspan(group.first_weight, member_count);
        std::uint64_t total = 0;
        for (const std::uint32_t share : shares) total += share;
        const std::uint64_t point =
            DrawPoint(tables_.routes[leaf.route].name, group, number,
                      TextIn(request_, group.key_text), options_.draw, total);
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

  void TakeRow(std::uint32_t number) noexcept {
    const Row& row = tables_.rows[number];
    if (decision_.count == kMaxCandidates || (asks_ & ~row.capabilities) != 0 ||
        !live_.model_up(row.model) || !GuardsHold(row) || !ConditionsHold(row) ||
        Taken(row.model) || (row.rollout != kNone16 && !InCanary(row.rollout))) {
      return;
    }
    decision_.candidates[decision_.count++] = {number, row.model, row.endpoint, row.rollout,
                                               row.step};
  }

  [[nodiscard]] bool GuardsHold(const Row& row) const noexcept {
    const std::int64_t output = decision_.output_tokens;
    for (std::uint32_t i = 0; i < row.guard_count; ++i) {
      const Guard& guard = tables_.guards[row.first_guard + i];
      if (guard.a * input_ + guard.b * output > guard.c) return false;
    }
    return true;
  }

  [[nodiscard]] bool ConditionsHold(const Row& row) const noexcept {
    for (std::uint32_t i = 0; i < row.live_count; ++i) {
      if (!live_.condition(tables_.live_refs[row.first_live + i])) return false;
    }
    return true;
  }

  [[nodiscard]] bool Taken(std::uint16_t model) const noexcept {
    for (std::uint32_t i = 0; i < decision_.count; ++i) {
      if (decision_.candidates[i].model == model) return true;
    }
    return false;
  }

  /// One answer for a whole decision, though the share may change meanwhile; hashed at most once
  /// per rollout as long as a leaf names no more than fit here.
  bool InCanary(std::uint16_t number) noexcept {
    for (std::uint32_t i = 0; i < arm_count_; ++i) {
      if (arms_[i].rollout == number) return arms_[i].canary;
    }
    const Rollout& rollout = tables_.rollouts[number];
    const std::string_view unit = TextIn(request_, rollout.key_text);
    const std::uint32_t share = live_.share_ppm(number);
    const bool canary = share != 0 && !unit.empty() && Bucket(rollout.salt, unit) < share;
    if (arm_count_ < arms_.size()) arms_[arm_count_++] = {number, canary};
    return canary;
  }

  struct Arm {
    std::uint16_t rollout;
    bool canary;
  };

  const Tables& tables_;
  const LiveState& live_;
  const RequestView& request_;
  const DecideOptions& options_;
  Decision& decision_;
  const std::uint64_t asks_;
  const std::int64_t input_;
  std::array<Arm, kMaxCandidates> arms_;
  std::uint32_t arm_count_ = 0;
};

}  // namespace

std::uint32_t FindLeaf(const Tables& tables, std::uint32_t root,
                       const RequestView& request) noexcept {
  const std::uint32_t edge = tables.bitsets.term_count == 0 ? tables.roots[root].edge
                                                            : FirstTermEdge(tables, root, request);
  return WalkToLeaf(tables, edge, request);
}

Decision Decide(const Tables& tables, const LiveState& live, const RequestView& request,
                const DecideOptions& options) noexcept {
  Decision decision;
  decision.root = live.root();
  if (!InDomain(tables, request)) {
    decision.outcome = DecisionOutcome::kOutOfDomain;
    return decision;
  }
  decision.leaf = FindLeaf(tables, decision.root, request);
  const Leaf& leaf = tables.leaves[decision.leaf];
  const std::int64_t output = TokensIn(request, tables.output_code);
  decision.output_tokens = static_cast<std::uint32_t>(output);
  decision.route = leaf.route;
  if (leaf.kind == LeafKind::kNoRoute) return decision;

  decision.output_tokens = std::min(decision.output_tokens, tables.routes[leaf.route].output_cap);
  if (leaf.kind == LeafKind::kRefuse) {
    decision.outcome = DecisionOutcome::kRefused;
    return decision;
  }
  decision.cache_ttl_s = leaf.cache_ttl_s;
  Chooser(tables, live, request, options, decision).TakeRows(leaf);
  decision.outcome = decision.count == 0 ? DecisionOutcome::kNoCandidate : DecisionOutcome::kServe;
  return decision;
}

}  // namespace mlp
