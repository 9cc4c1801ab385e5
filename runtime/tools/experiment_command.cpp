// mlp experiment: what the experiments on a store say, and their end by hand.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/report/since.hpp"
#include "runtime/store/experiment_file.hpp"
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
};

std::int64_t NowS() { return static_cast<std::int64_t>(std::time(nullptr)); }
std::string Instant(std::int64_t at_s) { return FormatInstant(at_s * 1'000'000); }

int Refuse(const std::string& why) {
  std::fprintf(stderr, "mlp experiment: %s\n", why.c_str());
  return kExitUsage;
}

std::string StandingWords(const ExperimentRow& row) {
  if (row.ended_s != 0) return fmt::format("ended {}: {}", Instant(row.ended_s), row.ended_by);
  if (row.started_s == 0) return "waits for its first user";
  std::string words = fmt::format("runs since {}", Instant(row.started_s));
  if (row.plan.until_s != kForever) words += ", until " + Instant(row.plan.until_s);
  if (row.plan.lasts_s != 0) words += ", until " + Instant(row.started_s + row.plan.lasts_s);
  if (row.plan.min_units != 0)
    words += fmt::format(" and {} users in each arm", row.plan.min_units);
  return words;
}

std::int64_t Users(const ExperimentRow& row, std::size_t arm) {
  return arm < row.counts.size() ? row.counts[arm].newcomers : 0;
}

/// In the unit that people read.
std::string Figure(const ExperimentPlan::Measure& measure, double value) {
  switch (measure.measured) {
    case Measured::kLatency:
    case Measured::kTtft:
      return fmt::format("{:.3g} s", value / 1e6);
    case Measured::kCost:
      return fmt::format("${:.4g}", value / 1e12);
    case Measured::kQuality:
      return fmt::format("{:.4g}", value / 1e6);
    default:
      return fmt::format("{:.3g}%", value * 100);
  }
}

/// A difference is one of shares for percentiles, too.
std::string DifferenceFigure(const ExperimentPlan::Measure& measure, double value) {
  if (!std::isfinite(value)) return value < 0 ? "-inf" : "inf";
  return measure.percentile != 0 ? fmt::format("{:+.3g}%", value * 100)
                                 : (value < 0 ? "-" : "+") + Figure(measure, std::abs(value));
}

Json Number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json RowJson(const ExperimentRow& row) {
  Json json{{"name", row.plan.name},
            {"salt", row.plan.salt},
            {"policy", row.plan.policy},
            {"replaces", row.plan.replaced},
            {"state", row.ended_s != 0 ? "ended" : "running"},
            {"startedAt", row.started_s == 0 ? Json(nullptr) : Json(Instant(row.started_s))},
            {"endedAt", row.ended_s == 0 ? Json(nullptr) : Json(Instant(row.ended_s))},
            {"endedBy", row.ended_s == 0 ? Json(nullptr) : Json(row.ended_by)},
            {"arms", Json::array()}};
  for (std::size_t i = 0; i < row.plan.arms.size(); ++i) {
    json["arms"].push_back({{"name", row.plan.arms[i].name},
                            {"model", row.plan.arms[i].model},
                            {"sharePpm", row.plan.arms[i].share_ppm},
                            {"control", i == row.plan.Control()},
                            {"users", Users(row, i)}});
  }
  return json;
}

std::optional<std::vector<ExperimentRow>> Read(const Arguments& arguments, int& exit_code) {
  const std::string ledger = arguments.store + ".ledger";
  if (!std::filesystem::exists(ledger) && !std::filesystem::exists(arguments.store)) {
    exit_code = Refuse(fmt::format("{}: there is no such store; check --store", arguments.store));
    return std::nullopt;
  }
  Result<std::vector<ExperimentRow>> rows = ReadExperiments(ledger);
  if (!rows) {
    exit_code = Refuse(rows.error().context);
    return std::nullopt;
  }
  return std::move(*rows);
}

/// By its name or salt; else the exit code says why.
std::optional<ExperimentRow> Find(const Arguments& arguments, int& exit_code) {
  const auto rows = Read(arguments, exit_code);
  if (!rows) return std::nullopt;
  std::string known;
  for (const ExperimentRow& row : *rows) {
    if (row.plan.name == arguments.name || row.plan.salt == arguments.name) return row;
    known += fmt::format("{}`{}`", known.empty() ? "known are " : ", ", row.plan.name);
  }
  exit_code = Refuse(fmt::format("there is no experiment `{}`; {}", arguments.name,
                                 known.empty() ? "no service on this store has any" : known));
  return std::nullopt;
}

int List(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto rows = Read(arguments, exit_code);
  if (!rows) return exit_code;
  if (arguments.format == "json") {
    Json page{{"version", 1}, {"experiments", Json::array()}};
    for (const ExperimentRow& row : *rows) page["experiments"].push_back(RowJson(row));
    std::printf("%s\n", page.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    return kExitDone;
  }
  if (rows->empty()) std::puts("no service on this store has experiments");
  for (const ExperimentRow& row : *rows) {
    std::printf("%s  %s\n", row.plan.name.c_str(), StandingWords(row).c_str());
  }
  return kExitDone;
}

int Show(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto row = Find(arguments, exit_code);
  if (!row) return exit_code;
  const ExperimentPlan& plan = row->plan;
  const std::int64_t end_s = row->ended_s == 0 ? NowS() : row->ended_s;
  const std::vector<Compared> compared =
      Compare(plan, row->counts, row->started_s == 0 ? 0 : end_s - row->started_s);
  const std::string advice = Recommendation(plan, compared, row->ended_s == 0);
  if (arguments.format == "json") {
    Json page{{"version", 1}, {"experiment", RowJson(*row)}, {"comparisons", Json::array()}};
    for (const Compared& one : compared) {
      page["comparisons"].push_back({{"measure", plan.measures[one.measure].name},
                                     {"arm", plan.arms[one.arm].name},
                                     {"users", one.units},
                                     {"controlUsers", one.control_units},
                                     {"value", one.value},
                                     {"control", one.control},
                                     {"difference", one.difference},
                                     {"low", Number(one.low)},
                                     {"high", Number(one.high)},
                                     {"p", one.p},
                                     {"adjustedP", one.adjusted_p},
                                     {"verdict", ToString(one.verdict)},
                                     {"halfWidthInAWeek", one.half_width_in_a_week}});
    }
    page["recommendation"] = advice;
    std::printf("%s\n", page.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    return kExitDone;
  }
  std::printf("experiment %s of policy %s, in place of %s\n  %s\n", plan.name.c_str(),
              plan.policy.c_str(), plan.replaced.c_str(), StandingWords(*row).c_str());
  for (std::size_t i = 0; i < plan.arms.size(); ++i) {
    std::printf("  arm %s: %s, %lld users%s\n", plan.arms[i].name.c_str(),
                plan.arms[i].model.c_str(), static_cast<long long>(Users(*row, i)),
                i == plan.Control() ? ", the control" : "");
  }
  for (const Compared& one : compared) {
    const ExperimentPlan::Measure& measure = plan.measures[one.measure];
    std::printf(
        "%s of %s: %s, control %s; difference %s (%s to %s at any look), p %.3g%s: %s\n",
        measure.name.c_str(), plan.arms[one.arm].name.c_str(), Figure(measure, one.value).c_str(),
        Figure(measure, one.control).c_str(), DifferenceFigure(measure, one.difference).c_str(),
        DifferenceFigure(measure, one.low).c_str(), DifferenceFigure(measure, one.high).c_str(),
        one.adjusted_p, plan.correction == Correction::kNone ? "" : " corrected",
        std::string(ToString(one.verdict)).c_str());
  }
  if (!advice.empty()) std::printf("%s\n", advice.c_str());
  return kExitDone;
}

Status EndIt(const Arguments& arguments, const std::string& salt) {
  ExperimentFile file;
  if (Status opened = file.Open(arguments.store + ".ledger"); !opened) return opened;
  if (Status begun = file.Begin(); !begun) return begun;
  Result<std::optional<ExperimentRow>> row = file.Find(salt);
  if (!row) return row.error();
  if (!*row) return Error{ErrorClass::kNone, "it is gone"};
  ExperimentRow& one = **row;
  one.ended_s = NowS();
  one.ended_by =
      "by " + OperatorName(arguments.who) + (arguments.why.empty() ? "" : ": ") + arguments.why;
  if (Status saved = file.Save(one); !saved) return saved;
  return file.Commit();
}

int Stop(const Arguments& arguments) {
  int exit_code = kExitDone;
  const auto row = Find(arguments, exit_code);
  if (!row) return exit_code;
  if (row->ended_s != 0) {
    std::fprintf(stderr, "mlp experiment: `%s` %s\n", arguments.name.c_str(),
                 StandingWords(*row).c_str());
    return kExitFindings;
  }
  if (Status ended = EndIt(arguments, row->plan.salt); !ended) {
    return Refuse(ended.error().context);
  }
  std::printf("%s: stopped; all units have %s\n", arguments.name.c_str(),
              row->plan.replaced.c_str());
  return kExitDone;
}

}  // namespace

void AddExperimentCommand(CLI::App& app, int& exit_code) {
  CLI::App* const experiment =
      app.add_subcommand("experiment", "What experiments on a store say, and their end by hand");
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
    command->add_option("--format", arguments->format, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
  }
  const auto [stop, arguments] = add(
      "stop", "End it for all services on the store: units have the replaced model", true, Stop);
  stop->add_option("--who", arguments->who, "who does this; left out: the user");
  stop->add_option("--why", arguments->why, "kept with its end");
}

}  // namespace mlp::tools
