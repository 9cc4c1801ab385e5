// mlp rollout: what the rollouts on a store do, and the operator's hand on them.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/engine/rollout/rollout_steps.hpp"
#include "runtime/report/evidence/evidence_json.hpp"
#include "runtime/report/evidence/evidence_query.hpp"
#include "runtime/report/evidence/evidence_text.hpp"
#include "runtime/store/rollout_rederive.hpp"
#include "runtime/store/text.hpp"
#include "runtime/tools/by_hand.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/shared_options.hpp"

namespace mlp::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kCommand = "rollout";

struct Arguments {
  std::string name;
  std::string store;
  std::string who;
  std::string why;
  std::string format = "text";
  bool rederive = false;
};

void Print(const Json& page) {
  std::printf("%s\n", page.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

/// Nothing where the exit code says why.
std::optional<std::vector<RolloutFinding>> Read(const Arguments& arguments, int& exit_code) {
  if (const std::string trouble = StoreTrouble(arguments.store); !trouble.empty()) {
    exit_code = Refuse(kCommand, trouble);
    return std::nullopt;
  }
  Result<std::vector<RolloutFinding>> findings = QueryRollouts(arguments.store);
  if (!findings) {
    exit_code = Refuse(kCommand, findings.error().context);
    return std::nullopt;
  }
  return std::move(*findings);
}

/// By its salt or name, of several of a name the one that began last; nothing where the exit code
/// says why.
std::optional<RolloutFinding> Find(const Arguments& arguments, int& exit_code) {
  auto findings = Read(arguments, exit_code);
  if (!findings) return std::nullopt;
  std::vector<std::string> known;
  RolloutFinding* found = nullptr;
  for (RolloutFinding& one : *findings) {
    const RolloutRow& row = one.story.row;
    known.push_back(row.plan.name);
    if (row.plan.salt == arguments.name) return std::move(one);
    if (row.plan.name != arguments.name) continue;
    if (found == nullptr || row.state.started_s >= found->story.row.state.started_s) found = &one;
  }
  if (found != nullptr) return std::move(*found);
  exit_code = Refuse(kCommand, UnknownWords("rollout", arguments.name, known));
  return std::nullopt;
}

int List(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto findings = Read(arguments, exit_code);
  if (!findings) return exit_code;
  if (arguments.format == "json") {
    Json list = Json::array();
    for (const RolloutFinding& one : *findings) {
      list.push_back(RolloutJson(one.story.row, NowS()));
    }
    Print({{"version", 1}, {"rollouts", std::move(list)}});
    return kExitDone;
  }
  if (findings->empty()) std::puts("no service with rollouts has run on this store");
  for (const RolloutFinding& one : *findings) {
    std::fputs(RolloutLines(one.story.row, NowS()).c_str(), stdout);
  }
  return kExitDone;
}

/// The whole log read anew: a sentence on what it comes to.
std::string RederiveWords(const RolloutStory& story, bool& same) {
  const Rederived result = Rederive(story.log);
  if (!result.difference.empty()) return "the log does not lead here: " + result.difference;
  same = ToText(result.state) == ToText(story.row.state);
  if (!same) return "the log leads to another state than the one that is stored";
  return fmt::format("the log's {} entries lead to this state, bit for bit", result.entries);
}

int Show(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto finding = Find(arguments, exit_code);
  if (!finding) return exit_code;
  bool same = false;
  std::string log;
  if (arguments.rederive) {
    log = RederiveWords(finding->story, same);
    if (!same) exit_code = kExitFindings;
  }
  if (arguments.format == "json") {
    Json page{{"version", 1}, {"rollout", RolloutJson(finding->story.row, NowS())}};
    AddEvidence(*finding, page);
    if (arguments.rederive) page["rederived"] = {{"same", same}, {"words", log}};
    Print(page);
    return exit_code;
  }
  std::fputs(RolloutText(*finding, NowS()).c_str(), stdout);
  if (arguments.rederive) std::printf("%s\n", log.c_str());
  return exit_code;
}

/// In one transaction with whatever services write.
Status MoveIt(const Arguments& arguments, RolloutMove move, const std::string& salt,
              engine::RolloutWork& work, std::string& refusal) {
  RolloutFile file;
  if (Status opened = file.Open(arguments.store + ".ledger"); !opened) return opened;
  if (Status begun = file.Begin(); !begun) return begun;
  Result<std::optional<RolloutRow>> row = file.Find(salt);
  if (!row) return row.error();
  if (!*row) return Error{ErrorClass::kNone, "it is gone"};
  work.row = **std::move(row);
  std::string who;
  std::string why;
  refusal = engine::TakeMove(move, std::string(StorableText(OperatorName(arguments.who), who)),
                             std::string(StorableText(arguments.why, why)), NowS(), work);
  if (!work.changed) return Done{};
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
  const auto finding = Find(arguments, exit_code);
  if (!finding) return exit_code;
  const RolloutPlan& plan = finding->story.row.plan;
  engine::RolloutWork work;
  std::string refusal;
  if (Status moved = MoveIt(arguments, move, plan.salt, work, refusal); !moved) {
    return Refuse(kCommand, moved.error().context);
  }
  if (!refusal.empty()) {
    std::fprintf(stderr, "mlp rollout: `%s` stays as it is: %s\n", plan.name.c_str(),
                 refusal.c_str());
    return kExitFindings;
  }
  std::fputs(RolloutLines(work.row, NowS()).c_str(), stdout);
  if (arguments.why.empty()) {
    std::fputs("mlp rollout: the log has no reason for it; --why TEXT gives one\n", stderr);
  }
  return kExitDone;
}

}  // namespace

void AddRolloutCommand(CLI::App& app, int& exit_code) {
  CLI::App* const rollout =
      app.add_subcommand(kCommand, "What rollouts on a store do, and the operator's hand on them");
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
    AddFormat(*command, arguments->format);
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
