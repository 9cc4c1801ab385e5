#include "runtime/report/replay/replayer.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "mlp/cost.hpp"
#include "mlp/live.hpp"

namespace mlp {
namespace {

// Of the texts that stand for what is not recorded, over all attributes together.
constexpr std::size_t kMostCombinations = 256;
constexpr std::uint32_t kEverybody = 1'000'000;
// Stands for any text that a policy does not name.
constexpr std::string_view kAnyText = "\x01";

bool HasWord(const std::string& words, const std::string& word) {
  return (" " + words + " ").find(" " + word + " ") != std::string::npos;
}

bool PolicyDeclined(const RecordedCall& call) {
  if (!call.first.empty() || call.from_cache) return false;
  return call.outcome == ErrorClass::kNoRoute || call.outcome == ErrorClass::kRefused ||
         (call.outcome == ErrorClass::kNoCandidate && call.skipped.empty());
}

std::string_view EndOf(DecisionOutcome outcome) {
  switch (outcome) {
    case DecisionOutcome::kServe:
      return "served";
    case DecisionOutcome::kRefused:
      return "refused";
    case DecisionOutcome::kNoRoute:
    case DecisionOutcome::kOutOfDomain:
      return "no-route";
    case DecisionOutcome::kNoCandidate:
      return "no-candidate";
    case DecisionOutcome::kDenied:
      return "budget-exhausted";
  }
  return {};
}

template <typename Rows>
void SortByCalls(Rows& rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.calls > b.calls; });
}

std::vector<ReplayReason> Listed(const std::map<std::string, std::int64_t>& reasons) {
  std::vector<ReplayReason> list;
  for (const auto& [reason, calls] : reasons) list.push_back({reason, calls});
  SortByCalls(list);
  return list;
}

template <typename Key>
std::vector<ReplayTurn> Listed(const std::map<Key, std::int64_t>& turns) {
  std::vector<ReplayTurn> list;
  for (const auto& [key, calls] : turns) {
    const auto& [old_route, old_end, new_route, new_end] = key;
    list.push_back({old_route, old_end, new_route, new_end, calls});
  }
  SortByCalls(list);
  return list;
}

}  // namespace

Replayer::Replayer(const Policy& policy, std::optional<std::int64_t> as_of_s)
    : policy_(policy), as_of_s_(as_of_s) {
  const Tables& tables = policy.tables();
  replay_.policy = tables.name;
  replay_.policy_version = tables.version;
  replay_.policy_hash = tables.hash;
  replay_.as_of_s = as_of_s;
  for (const Attribute& attribute : tables.attributes) {
    if (attribute.type != AttributeType::kText && attribute.type != AttributeType::kKey) continue;
    OpenText open{std::string(attribute.name), attribute.slot, {std::string(kAnyText)}};
    for (const Axis& axis : tables.axes) {
      if (axis.kind != AxisKind::kText || axis.slot != attribute.slot) continue;
      for (std::uint32_t i = 0; i < axis.text_cut_count; ++i) {
        open.stand_ins.emplace_back(tables.text_cuts[axis.first_text_cut + i]);
      }
    }
    texts_.push_back(std::move(open));
  }
}

void Replayer::Add(const RecordedCall& call) {
  ++replay_.calls;
  replay_.first_s = replay_.calls == 1 ? call.at_s : std::min(replay_.first_s, call.at_s);
  replay_.last_s = replay_.calls == 1 ? call.at_s : std::max(replay_.last_s, call.at_s);
  const std::int64_t at_s = as_of_s_.value_or(call.at_s);
  std::vector<const OpenText*> open;
  std::optional<OwnedRequest> request = Read(call, open);
  if (!request) return;
  TakeTimeAndArms(call, at_s);
  const std::optional<Decision> decision = DecideAll(*request, open, call);
  if (!decision) return;
  const Tables& tables = policy_.tables();
  if (at_s < tables.valid_from_s || at_s >= tables.valid_to_s) {
    ++doubts_["the instant lies outside of the policy's horizon, whose nearest date decides"];
  }
  Count(call, *decision, at_s);
}

void Replayer::TakeTimeAndArms(const RecordedCall& call, std::int64_t at_s) {
  const Tables& tables = policy_.tables();
  LiveState& live = policy_.live();
  live.set_root(RootAt(tables, at_s));
  const auto count = static_cast<std::uint16_t>(tables.rollouts.size());
  for (std::uint16_t i = 0; i < count; ++i) {
    const bool canary = HasWord(call.arms, std::string(tables.rollouts[i].name) + ":canary");
    live.set_share_ppm(i, canary ? kEverybody : 0);
  }
}

std::optional<OwnedRequest> Replayer::Read(const RecordedCall& call,
                                           std::vector<const OpenText*>& open) {
  AttributeWords words = call.words;
  if (call.loose) {
    const auto attributes = policy_.tables().attributes;
    std::erase_if(words, [&](const auto& word) {
      return std::none_of(attributes.begin(), attributes.end(),
                          [&](const Attribute& one) { return one.name == word.first; });
    });
  }
  for (const OpenText& text : texts_) {
    const bool given = std::any_of(words.begin(), words.end(),
                                   [&](const auto& word) { return word.first == text.attribute; });
    if (given) continue;
    open.push_back(&text);
    words.emplace_back(text.attribute, std::string(kAnyText));
  }
  Result<OwnedRequest> request = ReadRequest(policy_.tables(), words);
  if (request) return std::move(request).value();
  // Calls whose values of one attribute differ share their reason, told with the first of them.
  const std::string& why = request.error().context;
  const std::size_t is = why.find(" is `");
  const std::size_t takes = why.find("`: it takes ");
  const bool has_value = is != std::string::npos && takes != std::string::npos;
  const std::string shared = has_value ? why.substr(0, is) + why.substr(takes) : why;
  Unfit& unfit = unfit_[shared];
  if (unfit.calls++ == 0) unfit.example = why;
  ++replay_.not_replayed;
  return std::nullopt;
}

bool Replayer::Same(const Decision& a, const Decision& b) const {
  if (a.outcome != b.outcome || a.route != b.route) return false;
  if (a.outcome != DecisionOutcome::kServe) return true;
  return a.candidates[0].model == b.candidates[0].model &&
         a.candidates[0].endpoint == b.candidates[0].endpoint;
}

std::optional<Decision> Replayer::DecideAll(OwnedRequest& request,
                                            const std::vector<const OpenText*>& open,
                                            const RecordedCall& call) {
  std::size_t combinations = 1;
  std::string names;
  for (const OpenText* text : open) {
    if (text->stand_ins.size() > 1) names += (names.empty() ? "`" : ", `") + text->attribute + "`";
    combinations = std::min(combinations * text->stand_ins.size(), kMostCombinations + 1);
  }
  std::vector<std::string_view> views;
  std::optional<Decision> first;
  bool same = combinations <= kMostCombinations;
  for (std::size_t number = 0; same && number < combinations; ++number) {
    std::size_t rest = number;
    for (const OpenText* text : open) {
      request.texts[text->slot] = text->stand_ins[rest % text->stand_ins.size()];
      rest /= text->stand_ins.size();
    }
    const Decision decision =
        Decide(policy_.tables(), policy_.live(), request.view(views), {.draw = call.lot | 1});
    if (!first) first = decision;
    same = Same(*first, decision);
  }
  if (same) return first;
  ++undecided_["it depends on " + names + ", which records leave out"];
  ++replay_.not_replayed;
  return std::nullopt;
}

std::string Replayer::RouteOf(const Decision& decision) const {
  if (decision.route == kNone16) return {};
  return std::string(policy_.tables().routes[decision.route].name);
}

void Replayer::CountTurn(std::map<MoveKey, std::int64_t>& turns, const RecordedCall& call,
                         const std::string& old_end, const Decision& decision) {
  std::string new_end(EndOf(decision.outcome));
  if (decision.outcome == DecisionOutcome::kServe) {
    new_end = policy_.tables().models[decision.candidates[0].model].name;
  }
  ++turns[{call.route, old_end, RouteOf(decision), new_end}];
}

void Replayer::Count(const RecordedCall& call, const Decision& decision, std::int64_t at_s) {
  const bool serves = decision.outcome == DecisionOutcome::kServe;
  const bool declined = call.decided && PolicyDeclined(call);
  if (!serves && (declined || !call.decided)) {
    ++replay_.unserved;
  } else if (!serves) {
    ++replay_.newly_unserved;
    std::string old_end = call.first;
    if (call.from_cache) old_end = "the cache";
    if (old_end.empty()) old_end = ToString(call.outcome);
    CountTurn(lost_, call, old_end, decision);
  } else if (declined) {
    ++replay_.newly_served;
    ++doubts_["newly served: the tokens, the cost and the answer of calls that were never made"];
    CountTurn(won_, call, std::string(ToString(call.outcome)), decision);
    CountDoubts(decision);
  } else {
    CountServed(call, decision, at_s);
  }
}

void Replayer::CountServed(const RecordedCall& call, const Decision& decision, std::int64_t at_s) {
  const Candidate& first = decision.candidates[0];
  const std::string model(policy_.tables().models[first.model].name);
  ReplayMove& move = moves_[{call.first, model, call.route, RouteOf(decision)}];
  if (move.calls++ == 0) {
    move.old_route = call.route;
    move.old_model = call.first;
    move.new_route = RouteOf(decision);
    move.new_model = model;
  }
  if (call.first.empty()) {
    ++replay_.placed;
    ++doubts_[call.from_cache ? "the cache answered: which model was first is not recorded"
              : call.decided  ? "no model was tried at the time"
                              : "where the call went is not recorded"];
  } else if (call.first == model) {
    ++replay_.stayed;
  } else {
    ++replay_.moved;
    ++doubts_
        ["moved: how long the other model's answer is, how good, how fast, and whether it comes"];
    if ((" " + call.skipped).find(" " + model + ":") != std::string::npos) ++move.left_alone;
  }
  CountDoubts(decision);
  CountCost(call, first, at_s, move);
}

void Replayer::CountCost(const RecordedCall& call, const Candidate& first, std::int64_t at_s,
                         ReplayMove& move) {
  const auto unknown = [this](const char* why) { ++doubts_[fmt::format("no cost: {}", why)]; };
  if (call.first.empty()) return;
  if (call.answered.empty())
    return unknown("nothing answered, or the record does not say what did");
  if (call.answered != call.first) {
    return unknown("a fallback answered, and whether the first would fail again is not known");
  }
  if (!call.metered) return unknown("the tokens or the price then are not recorded");
  bool priced = true;
  const Money now =
      SettleCost(policy_.tables(), first.model, first.endpoint, at_s, call.usage, priced);
  if (!priced) return unknown("the new policy has no price for them at that instant");
  ++move.priced;
  move.cost_then.Add(Money{call.cost_pico});
  move.cost_now.Add(now);
  if (call.usage.cache_read > 0 && call.first != move.new_model) {
    ++doubts_["priced as if the other model had the same of the prompt in its cache"];
  }
}

void Replayer::CountDoubts(const Decision& decision) {
  const Tables& tables = policy_.tables();
  const Leaf& leaf = tables.leaves[decision.leaf];
  bool drawn = false;
  bool by_key = false;
  bool live = leaf.group_count > 0;
  for (std::size_t i = 0; i < leaf.group_count; ++i) {
    const Group& group = tables.groups[leaf.first_group + i];
    if (group.kind != GroupKind::kSpread) continue;
    drawn = true;
    by_key = by_key || group.key_text != kNone16;
  }
  live = live && !drawn;
  bool rollout = false;
  for (const Row& row : tables.rows.subspan(leaf.first_row, leaf.row_count)) {
    live = live || tables.gates[row.gate].live_count > 0;
    rollout = rollout || row.rollout != kNone16;
  }
  if (by_key) {
    ++doubts_["spread by a key that records leave out: all of them are drawn as one key"];
  } else if (drawn) {
    ++doubts_["spread by chance: drawn here by the call's id"];
  }
  if (live)
    ++doubts_["live facts of that time: conditions are taken as holding, orders as written"];
  if (rollout) ++doubts_["a rollout: calls keep the recorded arm of its name, else the stable one"];
}

Replay Replayer::Finish(const std::string& source) {
  replay_.source = source;
  for (auto& [key, move] : moves_) replay_.moves.push_back(std::move(move));
  SortByCalls(replay_.moves);
  replay_.lost = Listed(lost_);
  replay_.won = Listed(won_);
  for (const auto& [shared, unfit] : unfit_) replay_.unfit.push_back({unfit.example, unfit.calls});
  SortByCalls(replay_.unfit);
  replay_.undecided = Listed(undecided_);
  replay_.not_claimed = Listed(doubts_);
  return std::move(replay_);
}

}  // namespace mlp
