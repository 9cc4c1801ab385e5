#include <fmt/format.h>

#include "runtime/report/figures.hpp"
#include "runtime/report/replay/render.hpp"
#include "runtime/report/since.hpp"
#include "runtime/report/text_table.hpp"

namespace mlp {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kMostRows = 40;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;

std::string Named(const std::string& name, const char* otherwise) {
  return name.empty() ? otherwise : name;
}

std::string RouteWords(const std::string& before, const std::string& after) {
  if (before.empty() || before == after) return Named(after, "(no route)");
  return before + " → " + Named(after, "(no route)");
}

std::string Heading(const Replay& replay) {
  std::string text = fmt::format("{} under {} {} ({})\n", replay.source, replay.policy,
                                 replay.policy_version, replay.policy_hash.substr(0, 12));
  if (replay.calls == 0) return text + "no calls in this window\n";
  text += fmt::format("{} calls of {} to {} UTC, decided {}\n\n", Grouped(replay.calls),
                      Minute(replay.first_s * kMicrosPerSecond),
                      Minute(replay.last_s * kMicrosPerSecond),
                      replay.as_of_s ? "as of " + FormatInstant(*replay.as_of_s * kMicrosPerSecond)
                                     : "each at its own time");
  const auto line = [&](std::int64_t calls, const char* words) {
    if (calls == 0) return;
    text += fmt::format("{:>12}  {:>7}  {}\n", Grouped(calls), Percent(calls, replay.calls), words);
  };
  line(replay.stayed, "go first where they went");
  line(replay.moved, "go elsewhere first");
  line(replay.newly_unserved, "are no longer served");
  line(replay.newly_served, "are served now and were not");
  line(replay.placed, "are served; where they went first is not recorded");
  line(replay.unserved, "are not served, as before");
  line(replay.not_replayed, "could not be replayed");
  return text;
}

std::string Moves(const Replay& replay) {
  TextTable table({"Model first tried", "route", "calls", "share", "then", "now", "difference"});
  std::size_t rows = 0;
  std::size_t cut = 0;
  for (const ReplayMove& move : replay.moves) {
    if (!move.elsewhere() && !move.old_model.empty()) continue;
    if (++rows > kMostRows) {
      ++cut;
      continue;
    }
    const bool priced = move.priced > 0;
    table.AddRow({Named(move.old_model, "(not recorded)") + " → " + move.new_model,
                  RouteWords(move.old_route, move.new_route), Grouped(move.calls),
                  Percent(move.calls, replay.calls), priced ? move.cost_then.Rounded() : "-",
                  priced ? move.cost_now.Rounded() : "-",
                  priced ? SignedDollars(Difference(move.cost_now, move.cost_then)) : "-"});
  }
  if (rows == 0) return {};
  std::string text = "\n" + table.Render(kWidth);
  if (cut > 0) text += fmt::format("and {} more; --format json has all\n", cut);
  for (const ReplayMove& move : replay.moves) {
    if (!move.elsewhere() || move.left_alone == 0) continue;
    text += fmt::format("{} of those to {} found it left alone at the time, for its health\n",
                        Grouped(move.left_alone), move.new_model);
  }
  return text;
}

std::string Turns(const char* title, const std::vector<ReplayTurn>& turns) {
  if (turns.empty()) return {};
  TextTable table({title, "route", "calls"});
  for (const ReplayTurn& turn : turns) {
    table.AddRow({turn.old_end + " → " + turn.new_end, RouteWords(turn.old_route, turn.new_route),
                  Grouped(turn.calls)});
  }
  return "\n" + table.Render(kWidth);
}

std::string Reasons(const char* title, const std::vector<ReplayReason>& reasons) {
  if (reasons.empty()) return {};
  std::string text = fmt::format("\n{}\n", title);
  for (const ReplayReason& reason : reasons) {
    text += fmt::format("{:>12}  {}\n", Grouped(reason.calls), reason.reason);
  }
  return text;
}

std::string Cost(const Replay& replay) {
  const ReplayCost cost = TotalCost(replay);
  if (cost.priced == 0) return "\nno call has both its tokens and its cost recorded\n";
  return fmt::format(
      "\nThe recorded tokens of {} calls cost ${} then and ${} at the new prices: {}\n",
      Grouped(cost.priced), cost.then.Decimal(), cost.now.Decimal(),
      SignedDollars(cost.difference));
}

}  // namespace

MoneySum Difference(const MoneySum& now, const MoneySum& then) {
  MoneySum difference = now;
  difference.Subtract(then);
  return difference;
}

std::string SignedDollars(const MoneySum& sum) {
  if (sum == MoneySum()) return "$0.00";
  if (sum.Approximate() > 0) return "+" + sum.Rounded();
  return "-" + Difference(MoneySum(), sum).Rounded();
}

ReplayCost TotalCost(const Replay& replay) {
  ReplayCost cost;
  for (const ReplayMove& move : replay.moves) {
    cost.priced += move.priced;
    cost.then.Add(move.cost_then);
    cost.now.Add(move.cost_now);
  }
  cost.difference = Difference(cost.now, cost.then);
  return cost;
}

std::string RenderReplayText(const Replay& replay) {
  std::string text = Heading(replay);
  if (replay.calls == 0) return text;
  text += Moves(replay);
  text += Turns("No longer served", replay.lost);
  text += Turns("Served now", replay.won);
  text += Cost(replay);
  text += Reasons("Not claimed, of so many calls:", replay.not_claimed);
  text += Reasons("Not replayed, for the request is none of this policy:", replay.unfit);
  text += Reasons("Not replayed, for too little is recorded:", replay.undecided);
  return text;
}

}  // namespace mlp
