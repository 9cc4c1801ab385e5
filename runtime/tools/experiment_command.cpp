// mlp experiment: what the experiments on a store say, and their end by hand.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/report/evidence/evidence_json.hpp"
#include "runtime/report/evidence/evidence_query.hpp"
#include "runtime/report/evidence/evidence_text.hpp"
#include "runtime/report/evidence/experiment_words.hpp"
#include "runtime/store/experiment_file.hpp"
#include "runtime/tools/by_hand.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/shared_options.hpp"

namespace mlp::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kCommand = "experiment";

struct Arguments {
  std::string name;
  std::string store;
  std::string who;
  std::string why;
  std::string format = "text";
};

void Print(const Json& page) {
  std::printf("%s\n", page.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

/// Nothing where the exit code says why.
std::optional<std::vector<ExperimentFinding>> Read(const Arguments& arguments, int& exit_code) {
  if (const std::string trouble = StoreTrouble(arguments.store); !trouble.empty()) {
    exit_code = Refuse(kCommand, trouble);
    return std::nullopt;
  }
  Result<std::vector<ExperimentFinding>> findings = QueryExperiments(arguments.store, NowS());
  if (!findings) {
    exit_code = Refuse(kCommand, findings.error().context);
    return std::nullopt;
  }
  return std::move(*findings);
}

/// By its salt or name, of several of a name the one that runs, else the one that began last;
/// nothing where the exit code says why.
std::optional<ExperimentFinding> Find(const Arguments& arguments, int& exit_code) {
  auto findings = Read(arguments, exit_code);
  if (!findings) return std::nullopt;
  std::vector<std::string> known;
  ExperimentFinding* found = nullptr;
  const auto later = [](const ExperimentRow& a, const ExperimentRow& b) {
    const bool a_runs = a.ended_s == 0;
    const bool b_runs = b.ended_s == 0;
    return a_runs != b_runs ? a_runs : a.started_s >= b.started_s;
  };
  for (ExperimentFinding& one : *findings) {
    known.push_back(one.row.plan.name);
    if (one.row.plan.salt == arguments.name) return std::move(one);
    if (one.row.plan.name != arguments.name) continue;
    if (found == nullptr || later(one.row, found->row)) found = &one;
  }
  if (found != nullptr) return std::move(*found);
  exit_code = Refuse(kCommand, UnknownWords("experiment", arguments.name, known));
  return std::nullopt;
}

int List(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto findings = Read(arguments, exit_code);
  if (!findings) return exit_code;
  if (arguments.format == "json") {
    Json list = Json::array();
    for (const ExperimentFinding& one : *findings) list.push_back(ExperimentJson(one.row));
    Print({{"version", 1}, {"experiments", std::move(list)}});
    return kExitDone;
  }
  if (findings->empty()) std::puts("no service with experiments has run on this store");
  for (const ExperimentFinding& one : *findings) std::fputs(ExperimentLines(one).c_str(), stdout);
  return kExitDone;
}

int Show(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto finding = Find(arguments, exit_code);
  if (!finding) return exit_code;
  if (arguments.format == "json") {
    Json page{{"version", 1}, {"experiment", ExperimentJson(finding->row)}};
    AddEvidence(*finding, page);
    Print(page);
    return kExitDone;
  }
  std::fputs(ExperimentText(*finding).c_str(), stdout);
  return kExitDone;
}

/// In one transaction with whatever services write; `ended_before` where it had ended.
Status EndIt(const Arguments& arguments, const std::string& salt, bool& ended_before) {
  ExperimentFile file;
  if (Status opened = file.Open(arguments.store + ".ledger"); !opened) return opened;
  if (Status begun = file.Begin(); !begun) return begun;
  Result<std::optional<ExperimentRow>> row = file.Find(salt);
  if (!row) return row.error();
  if (!*row) return Error{ErrorClass::kNone, "it is gone"};
  ExperimentRow& one = **row;
  ended_before = one.ended_s != 0;
  if (ended_before) return Done{};
  one.ended_s = NowS();
  one.ended_by = fmt::format("by {}: {}", OperatorName(arguments.who), arguments.why);
  if (Status saved = file.Save(one); !saved) return saved;
  return file.Commit();
}

int Stop(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto finding = Find(arguments, exit_code);
  if (!finding) return exit_code;
  const ExperimentPlan& plan = finding->row.plan;
  bool ended_before = finding->row.ended_s != 0;
  if (!ended_before) {
    if (Status ended = EndIt(arguments, plan.salt, ended_before); !ended) {
      return Refuse(kCommand, ended.error().context);
    }
  }
  if (ended_before) {
    std::fprintf(stderr, "mlp experiment: `%s` stays as it is: it %s\n", plan.name.c_str(),
                 finding->row.ended_s != 0 ? StandingWords(*finding).c_str() : "has just ended");
    return kExitFindings;
  }
  std::printf("%s: stopped; all users have %s within a second\n", plan.name.c_str(),
              plan.replaced.c_str());
  return kExitDone;
}

}  // namespace

void AddExperimentCommand(CLI::App& app, int& exit_code) {
  CLI::App* const experiment =
      app.add_subcommand(kCommand, "What experiments on a store say, and their end by hand");
  experiment->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, bool named,
                       int (*work)(const Arguments&)) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* const command = experiment->add_subcommand(name, what);
    if (named) {
      command->add_option("NAME", arguments->name, "the experiment's name or salt")->required();
    }
    command->add_option("--store", arguments->store, "the store's file, as the services name it")
        ->required();
    command->callback([arguments, &exit_code, work] { exit_code = work(*arguments); });
    return std::pair{command, arguments};
  };
  for (const auto& [command, arguments] :
       {add("list", "All of them, and where they stand", false, List),
        add("show", "Its arms compared, with a recommendation", true, Show)}) {
    AddFormat(*command, arguments->format);
  }
  const auto [stop, arguments] = add(
      "stop", "End it for all services on the store: users have the replaced model", true, Stop);
  stop->add_option("--who", arguments->who, "who does this; left out: the user");
  stop->add_option("--why", arguments->why, "kept with its end")->required();
}

}  // namespace mlp::tools
