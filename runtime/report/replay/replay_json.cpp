#include <nlohmann/json.hpp>

#include "runtime/report/replay/render.hpp"
#include "runtime/report/since.hpp"

namespace mlp {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

Json Instant(std::int64_t at_s) { return FormatInstant(at_s * kMicrosPerSecond); }

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

std::string Dollar(const MoneySum& sum) {
  const std::string decimal = sum.Decimal();
  return decimal.starts_with('-') ? "-$" + decimal.substr(1) : "$" + decimal;
}

Json CostJson(std::int64_t priced, const MoneySum& then, const MoneySum& now) {
  return {{"calls", priced},
          {"then", Dollar(then)},
          {"now", Dollar(now)},
          {"difference", Dollar(Difference(now, then))}};
}

Json Moves(const Replay& replay) {
  Json list = Json::array();
  for (const ReplayMove& move : replay.moves) {
    list.push_back({{"oldRoute", TextOrNull(move.old_route)},
                    {"oldModel", TextOrNull(move.old_model)},
                    {"newRoute", move.new_route},
                    {"newModel", move.new_model},
                    {"elsewhere", move.elsewhere()},
                    {"calls", move.calls},
                    {"share", static_cast<double>(move.calls) / static_cast<double>(replay.calls)},
                    {"leftAloneThen", move.left_alone},
                    {"cost", CostJson(move.priced, move.cost_then, move.cost_now)}});
  }
  return list;
}

Json Turns(const std::vector<ReplayTurn>& turns) {
  Json list = Json::array();
  for (const ReplayTurn& turn : turns) {
    list.push_back({{"oldRoute", TextOrNull(turn.old_route)},
                    {"old", turn.old_end},
                    {"newRoute", TextOrNull(turn.new_route)},
                    {"new", turn.new_end},
                    {"calls", turn.calls}});
  }
  return list;
}

Json Reasons(const std::vector<ReplayReason>& reasons) {
  Json list = Json::array();
  for (const ReplayReason& reason : reasons) {
    list.push_back({{"reason", reason.reason}, {"calls", reason.calls}});
  }
  return list;
}

}  // namespace

std::string RenderReplayJson(const Replay& replay) {
  const ReplayCost cost = TotalCost(replay);
  const bool any = replay.calls > 0;
  const Json page = {
      {"version", 1},
      {"policy", replay.policy},
      {"policyVersion", replay.policy_version},
      {"policyHash", replay.policy_hash},
      {"source", replay.source},
      {"asOf", replay.as_of_s ? Instant(*replay.as_of_s) : Json()},
      {"first", any ? Instant(replay.first_s) : Json()},
      {"last", any ? Instant(replay.last_s) : Json()},
      {"calls", replay.calls},
      {"stayed", replay.stayed},
      {"moved", replay.moved},
      {"newlyUnserved", replay.newly_unserved},
      {"newlyServed", replay.newly_served},
      {"unserved", replay.unserved},
      {"placed", replay.placed},
      {"notReplayed", replay.not_replayed},
      {"cost", CostJson(cost.priced, cost.then, cost.now)},
      {"moves", Moves(replay)},
      {"lost", Turns(replay.lost)},
      {"won", Turns(replay.won)},
      {"notClaimed", Reasons(replay.not_claimed)},
      {"unfit", Reasons(replay.unfit)},
      {"undecided", Reasons(replay.undecided)},
  };
  return page.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace mlp
