// mlp rollout: what the rollouts on a store do, and the operator's hand on them.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/engine/rollout/rollout_steps.hpp"
#include "runtime/report/since.hpp"
#include "runtime/store/rollout_story.hpp"
#include "runtime/store/text.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/operator_name.hpp"

namespace mlp::tools {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string name;
  std::string store;
  std::string who;
  std::string why;
  std::string format = "text";
  bool rederive = false;
  [[nodiscard]] std::string ledger() const { return store + ".ledger"; }
};

std::int64_t NowS() { return static_cast<std::int64_t>(std::time(nullptr)); }
std::string Instant(std::int64_t at_s) { return FormatInstant(at_s * 1'000'000); }
std::string Percent(std::uint32_t ppm) { return fmt::format("{:.4g}%", ppm / 1e4); }

std::string Duration(std::int64_t seconds) {
  seconds = std::max<std::int64_t>(seconds, 0);
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (seconds < 7'200) return fmt::format("{}m", seconds / 60);
  if (seconds < 172'800) return fmt::format("{}h", seconds / 3'600);
  return fmt::format("{}d", seconds / 86'400);
}

int Refuse(const std::string& why) {
  std::fprintf(stderr, "mlp rollout: %s\n", why.c_str());
  return kExitUsage;
}

/// Where it stands, in words.
std::string StandingWords(const RolloutRow& row, std::int64_t now_s) {
  const RolloutState& state = row.state;
  switch (state.stage) {
    case RolloutStage::kDone:
      return fmt::format("done since {}: all units have {}", Instant(state.ended_s), row.plan.to);
    case RolloutStage::kRolledBack:
      return fmt::format("rolled back at {}: no unit has {}", Instant(state.ended_s), row.plan.to);
    case RolloutStage::kHoldback:
      return fmt::format("at {}, the rest held back for {} of {}", Percent(state.share_ppm),
                         Duration(now_s - state.step_since_s - state.paused_s),
                         Duration(row.plan.holdback_s));
    case RolloutStage::kStep:
      break;
  }
  const RolloutPlan::Step& step = row.plan.steps[std::min<std::size_t>(
      state.step, row.plan.steps.empty() ? 0 : row.plan.steps.size() - 1)];
  std::string words =
      fmt::format("at {}, step {} of {}, for {}", Percent(state.share_ppm), state.step + 1,
                  row.plan.steps.size(), Duration(now_s - state.step_since_s - state.paused_s));
  if (step.prove) {
    words += fmt::format(" of at most {}", Duration(row.plan.hold_s));
  } else {
    if (step.dwell_s != 0) words += fmt::format(" of at least {}", Duration(step.dwell_s));
    words += fmt::format("; {} users of the canary", state.canary_arrived);
    if (step.min_units != 0) words += fmt::format(" of at least {}", step.min_units);
  }
  if (state.hold != RolloutHold::kNone) words += fmt::format("; {}", ToString(state.hold));
  if (state.outage) words += "; waiting for the end of an outage of both models";
  return words;
}

std::string Value(double value) { return fmt::format("{:.4g}", value); }

std::string EvidenceText(const CriterionStanding& one) {
  std::string text = fmt::format("  {:<9} {}\n            canary {} of {} units, stable {} of {}",
                                 one.proof ? "prove" : "rollback", one.words, Value(one.canary),
                                 one.canary_units, Value(one.stable), one.stable_units);
  if (one.needed > 0) {
    text += fmt::format("; ln E {:.3f}, shown from {:.3f} on", one.log_evidence, one.needed);
  }
  return text + (one.holds ? "; holds\n" : "\n");
}

Json RowJson(const RolloutRow& row, std::int64_t now_s) {
  const RolloutState& state = row.state;
  Json json{{"name", row.plan.name},
            {"salt", row.plan.salt},
            {"policy", row.plan.policy},
            {"from", row.plan.from},
            {"to", row.plan.to},
            {"state", ToString(state.stage)},
            {"hold", state.hold == RolloutHold::kNone ? Json(nullptr) : Json(ToString(state.hold))},
            {"outage", state.outage},
            {"sharePpm", state.share_ppm},
            {"step", state.step},
            {"steps", Json::array()},
            {"startedAt", Instant(state.started_s)},
            {"stepSince", Instant(state.step_since_s)},
            {"stepSeconds", std::max<std::int64_t>(now_s - state.step_since_s - state.paused_s, 0)},
            {"canaryUsers", state.canary_arrived},
            {"stableUsers", state.stable_arrived},
            {"restarts", state.restarts}};
  for (const RolloutPlan::Step& step : row.plan.steps) {
    json["steps"].push_back({{"sharePpm", step.share_ppm},
                             {"seconds", step.prove ? row.plan.hold_s : step.dwell_s},
                             {"users", step.min_units},
                             {"prove", step.prove}});
  }
  return json;
}

Json EvidenceJson(const CriterionStanding& one) {
  return {{"criterion", one.words},
          {"kind", one.proof ? "prove" : "rollback"},
          {"canary", one.canary},
          {"canaryUnits", one.canary_units},
          {"stable", one.stable},
          {"stableUnits", one.stable_units},
          {"logEvidence", one.needed > 0 ? Json(one.log_evidence) : Json(nullptr)},
          {"needed", one.needed > 0 ? Json(one.needed) : Json(nullptr)},
          {"holds", one.holds}};
}

std::string Known(const std::vector<RolloutStory>& stories) {
  if (stories.empty()) return "no service on this store has rollouts";
  std::string names;
  for (const RolloutStory& story : stories) {
    names += fmt::format("{}`{}`", names.empty() ? "" : ", ", story.row.plan.name);
  }
  return "known are " + names;
}

/// By its name or salt; of several of a name the one that began last.
const RolloutStory* Find(const std::vector<RolloutStory>& stories, const std::string& name) {
  const RolloutStory* found = nullptr;
  for (const RolloutStory& story : stories) {
    if (story.row.plan.salt == name) return &story;
    if (story.row.plan.name != name) continue;
    if (found == nullptr || story.row.state.started_s >= found->row.state.started_s) found = &story;
  }
  return found;
}

std::optional<std::vector<RolloutStory>> Read(const Arguments& arguments, int& exit_code) {
  if (!std::filesystem::exists(arguments.ledger()) && !std::filesystem::exists(arguments.store)) {
    exit_code = Refuse(fmt::format("{}: there is no such store; check --store", arguments.store));
    return std::nullopt;
  }
  Result<std::vector<RolloutStory>> stories = ReadRollouts(arguments.ledger());
  if (!stories) {
    exit_code = Refuse(stories.error().context);
    return std::nullopt;
  }
  return std::move(*stories);
}

int List(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto stories = Read(arguments, exit_code);
  if (!stories) return exit_code;
  if (arguments.format == "json") {
    Json page{{"version", 1}, {"rollouts", Json::array()}};
    for (const RolloutStory& story : *stories)
      page["rollouts"].push_back(RowJson(story.row, NowS()));
    std::printf("%s\n", page.dump(2).c_str());
    return kExitDone;
  }
  if (stories->empty()) std::puts("no service on this store has rollouts");
  for (const RolloutStory& story : *stories) {
    std::printf("%s  %s -> %s  %s\n", story.row.plan.name.c_str(), story.row.plan.from.c_str(),
                story.row.plan.to.c_str(), StandingWords(story.row, NowS()).c_str());
  }
  return kExitDone;
}

/// Reads the whole log anew: a sentence on what it comes to.
std::string RederiveWords(const Arguments& arguments, const RolloutRow& row, bool& same) {
  RolloutFile file;
  if (Status opened = file.OpenToRead(arguments.ledger()); !opened) return opened.error().context;
  const auto log = file.Log(row.id);
  if (!log) return log.error().context;
  const Rederived result = Rederive(*log);
  if (!result.difference.empty()) return "the log does not lead here: " + result.difference;
  same = ToText(result.state) == ToText(row.state);
  if (!same) return "the log leads to another state than the one that is stored";
  return fmt::format("the log's {} entries lead to this state, bit for bit", result.entries);
}

int Show(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto stories = Read(arguments, exit_code);
  if (!stories) return exit_code;
  const RolloutStory* story = Find(*stories, arguments.name);
  if (story == nullptr) {
    return Refuse(fmt::format("there is no rollout `{}`; {}", arguments.name, Known(*stories)));
  }
  bool same = false;
  std::string log;
  if (arguments.rederive) {
    log = RederiveWords(arguments, story->row, same);
    if (!same) exit_code = kExitFindings;
  }
  const std::vector<CriterionStanding> evidence = Standing(story->row.plan, story->row.state);
  if (arguments.format == "json") {
    Json page{{"version", 1}, {"rollout", RowJson(story->row, NowS())}};
    page["evidence"] = Json::array();
    for (const CriterionStanding& one : evidence) page["evidence"].push_back(EvidenceJson(one));
    page["changes"] = Json::array();
    for (const RolloutChangeRecord& one : story->changes) {
      page["changes"].push_back({{"at", Instant(one.at_s)},
                                 {"change", one.change},
                                 {"fromPpm", one.from_ppm},
                                 {"toPpm", one.to_ppm},
                                 {"because", one.because},
                                 {"who", one.who.empty() ? Json(nullptr) : Json(one.who)}});
    }
    if (arguments.rederive) page["rederived"] = {{"same", same}, {"words", log}};
    std::printf("%s\n", page.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    return exit_code;
  }
  const RolloutRow& row = story->row;
  std::printf("rollout %s of policy %s: %s -> %s, salt \"%s\"\n  %s\n", row.plan.name.c_str(),
              row.plan.policy.c_str(), row.plan.from.c_str(), row.plan.to.c_str(),
              row.plan.salt.c_str(), StandingWords(row, NowS()).c_str());
  if (!evidence.empty()) std::puts("evidence");
  for (const CriterionStanding& one : evidence) std::fputs(EvidenceText(one).c_str(), stdout);
  std::puts("log");
  for (const RolloutChangeRecord& one : story->changes) {
    std::printf("  %s  %s %s -> %s: %s\n", Instant(one.at_s).c_str(), one.change.c_str(),
                Percent(one.from_ppm).c_str(), Percent(one.to_ppm).c_str(), one.because.c_str());
  }
  if (arguments.rederive) std::printf("%s\n", log.c_str());
  return exit_code;
}

/// In one transaction with whatever services write.
Status MoveIt(const Arguments& arguments, RolloutMove move, const std::string& salt,
              engine::RolloutWork& work, std::string& refusal) {
  RolloutFile file;
  if (Status opened = file.Open(arguments.ledger()); !opened) return opened;
  if (Status begun = file.Begin(); !begun) return begun;
  Result<std::optional<RolloutRow>> row = file.Find(salt);
  if (!row) return row.error();
  if (!*row) return Error{ErrorClass::kNone, "it is gone"};
  work.row = **std::move(row);
  std::string who;
  std::string why;
  refusal = engine::TakeMove(move, std::string(StorableText(OperatorName(arguments.who), who)),
                             std::string(StorableText(arguments.why, why)), NowS(), work);
  if (!refusal.empty()) return Done{};
  for (const RolloutEntry& entry : work.entries) {
    if (Status appended = file.Append(work.row, entry); !appended) return appended;
  }
  if (Status saved = file.Save(work.row); !saved) return saved;
  if (!engine::IsActive(work.row.state)) {
    if (Status forgot = file.ForgetUnits(work.row.id); !forgot) return forgot;
  }
  return file.Commit();
}

int Move(const Arguments& arguments, RolloutMove move) {
  int exit_code = kExitDone;
  const auto stories = Read(arguments, exit_code);
  if (!stories) return exit_code;
  const RolloutStory* story = Find(*stories, arguments.name);
  if (story == nullptr) {
    return Refuse(fmt::format("there is no rollout `{}`; {}", arguments.name, Known(*stories)));
  }
  engine::RolloutWork work;
  std::string refusal;
  if (Status moved = MoveIt(arguments, move, story->row.plan.salt, work, refusal); !moved) {
    return Refuse(moved.error().context);
  }
  if (!refusal.empty()) {
    std::fprintf(stderr, "mlp rollout: `%s` stays as it is: %s\n", arguments.name.c_str(),
                 refusal.c_str());
    return kExitFindings;
  }
  std::printf("%s: %s\n", arguments.name.c_str(), StandingWords(work.row, NowS()).c_str());
  return kExitDone;
}

}  // namespace

void AddRolloutCommand(CLI::App& app, int& exit_code) {
  CLI::App* const rollout =
      app.add_subcommand("rollout", "What rollouts on a store do, and the operator's hand on them");
  rollout->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, bool named) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* const command = rollout->add_subcommand(name, what);
    if (named)
      command->add_option("NAME", arguments->name, "the rollout's name or salt")->required();
    command->add_option("--store", arguments->store, "the store's file, as the services name it")
        ->required();
    return std::pair{command, arguments};
  };
  const auto shows = [&](CLI::App* command, const std::shared_ptr<Arguments>& arguments) {
    command->add_option("--format", arguments->format, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
  };
  const auto [list, list_arguments] = add("list", "All of them, and where they stand", false);
  shows(list, list_arguments);
  list->callback([&exit_code, a = list_arguments] { exit_code = List(*a); });
  const auto [show, show_arguments] =
      add("show", "One step by step: the evidence, and the log of what changed", true);
  shows(show, show_arguments);
  show->add_flag("--rederive", show_arguments->rederive,
                 "read the whole log anew and compare with what is stored");
  show->callback([&exit_code, a = show_arguments] { exit_code = Show(*a); });
  const auto move = [&](RolloutMove which, const char* what) {
    const auto [command, arguments] = add(std::string(ToString(which)).c_str(), what, true);
    command->add_option("--who", arguments->who, "who does this; left out: the user");
    command->add_option("--why", arguments->why, "kept in its log");
    command->callback([&exit_code, a = arguments, which] { exit_code = Move(*a, which); });
  };
  move(RolloutMove::kHold, "Stay at the share of now; harm still rolls back");
  move(RolloutMove::kResume, "Go on after a hold, or begin anew after a rollback");
  move(RolloutMove::kAdvance, "Go to the next step at once");
  move(RolloutMove::kRollback, "Take the new model from all units");
}

}  // namespace mlp::tools
