// mlp eval: two models on the same cases, with real calls.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mlp/loader.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/eval/result.hpp"
#include "runtime/tools/eval/run.hpp"
#include "runtime/tools/eval/suite.hpp"
#include "runtime/tools/eval/verdict.hpp"
#include "runtime/tools/shared_options.hpp"

namespace mlp::tools {
namespace {

struct Arguments {
  std::string policy;
  std::string suite;
  std::string candidate;
  std::string baseline;
  std::string judge;
  std::string most_cost;
  std::string out;
  std::string measure = "accuracy";
  std::string format = "text";
  unsigned concurrency = 4;
  double margin_points = 2;
  bool deny_worse = false;
  std::vector<std::string> base_urls;
  std::vector<std::string> import_roots;
};

int Wrong(const std::string& why) {
  fmt::print(stderr, "mlp eval: {}\n", why);
  return kExitUsage;
}

std::optional<std::string> ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

std::int64_t NowS() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// The plan of the command line; the text says what is wrong with it.
Result<EvalPlan, std::string> MakePlan(const Arguments& arguments) {
  EvalPlan plan;
  plan.candidate = arguments.candidate;
  plan.baseline = arguments.baseline;
  plan.concurrency = arguments.concurrency;
  if (plan.candidate == plan.baseline) return std::string("candidate and baseline are the same");
  if (!arguments.most_cost.empty()) {
    const std::optional<Money> most = ParseMoney(arguments.most_cost);
    if (!most || most->pico_usd <= 0) {
      return fmt::format("`{}` is no amount; write --most-cost as '$2.50'", arguments.most_cost);
    }
    plan.most_pico = most->pico_usd;
  }
  for (const std::string& word : arguments.base_urls) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fmt::format("`{}` is no PROVIDER=URL", word);
    }
    plan.client.base_urls.emplace(word.substr(0, equals), word.substr(equals + 1));
  }
  const bool terminal = isatty(STDERR_FILENO) == 1;
  plan.progress = [terminal, tenths = std::size_t{0}](std::size_t done, std::size_t all,
                                                      std::int64_t spent) mutable {
    if (terminal) {
      fmt::print(stderr, "\r{} of {} cases, {} ", done, all, ToString(Money{spent}));
      if (done == all) fmt::print(stderr, "\n");
    } else if (done * 10 / all > tenths) {
      tenths = done * 10 / all;
      fmt::print(stderr, "mlp eval: {} of {} cases, {}\n", done, all, ToString(Money{spent}));
    }
    std::fflush(stderr);
  };
  return plan;
}

/// Where a file lies, seen from the folder of another one.
std::string SeenFrom(const std::string& from, const std::string& file) {
  namespace fs = std::filesystem;
  if (from.empty() || file.empty()) return {};
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(fs::absolute(from), error).parent_path();
  return fs::weakly_canonical(fs::absolute(file), error)
      .lexically_relative(folder)
      .generic_string();
}

/// Empty for what may name a score in a policy.
std::string NameProblem(const std::string& word) {
  const bool ok =
      !word.empty() && word.front() >= 'a' && word.front() <= 'z' &&
      word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  return ok ? std::string() : "a name has small letters, digits and `-`";
}

bool AllFailed(const Score& score) {
  std::uint64_t errors = 0;
  for (const auto& [error, count] : score.errors) errors += error == "judge" ? 0 : count;
  return score.asked > 0 && errors == score.asked;
}

/// Tried before anything is asked: what was paid for must not be lost at the end.
bool CanWrite(const std::string& path) {
  const bool is_there = std::filesystem::exists(path);
  const bool can = std::ofstream(path, std::ios::binary | std::ios::app).good();
  if (can && !is_there) std::filesystem::remove(path);
  return can;
}

int Finish(const Arguments& arguments, const EvalPaper& paper) {
  const std::string page =
      arguments.format == "json" ? RenderEvalJson(paper) : RenderEvalText(paper);
  std::fputs(page.c_str(), stdout);
  if (!arguments.out.empty()) {
    std::ofstream file(arguments.out, std::ios::binary);
    file << RenderEvalJson(paper) << std::flush;
    if (!file) return Wrong("cannot write " + arguments.out);
  }
  if (AllFailed(paper.verdict.candidate) || AllFailed(paper.verdict.baseline)) {
    fmt::print(stderr, "mlp eval: every call of one model failed: look at keys and addresses\n");
    return kExitCallFailed;
  }
  const bool worse = paper.verdict.advice == Advice::kWorse;
  return arguments.deny_worse && worse ? kExitFindings : kExitDone;
}

int RunEvalCommand(const Arguments& arguments) {
  const auto text = ReadAll(arguments.suite);
  if (!text) return Wrong("cannot read " + arguments.suite);
  const auto suite = ReadSuite(arguments.suite, *text);
  if (!suite) return Wrong(suite.error());
  auto plan = MakePlan(arguments);
  if (!plan) return Wrong(plan.error());
  if (suite->has_judge && arguments.judge.empty()) {
    return Wrong("the suite has checks by a judge: name a model with --judge");
  }
  if (suite->has_judge) plan->judge = arguments.judge;
  if (!std::ifstream(arguments.policy)) return Wrong("cannot read " + arguments.policy);
  const auto policy =
      LoadPolicy(arguments.policy,
                 {.import_roots = arguments.import_roots, .prove = false, .all_models = true});
  if (!policy) {
    std::fputs(policy.error().context.c_str(), stderr);
    return kExitFindings;
  }
  if (!arguments.out.empty() && !CanWrite(arguments.out)) {
    return Wrong("cannot write " + arguments.out + ": nothing was asked");
  }
  const Tables& tables = (*policy)->tables();
  const auto run = RunEval(tables, *suite, *plan);
  if (!run) return Wrong(run.error());
  for (const std::string& warning : run->warnings) {
    fmt::print(stderr, "mlp eval: warning: {}\n", warning);
  }
  const Verdict verdict = Judge(*run, *plan, arguments.margin_points / 100);
  return Finish(arguments, {tables, *suite, *plan, *run, verdict,
                            std::filesystem::path(arguments.suite).filename().generic_string(),
                            SeenFrom(arguments.out, arguments.suite), arguments.measure,
                            SeenFrom(arguments.policy, arguments.out), NowS()});
}

}  // namespace

void AddEvalCommand(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "eval", "Two models on the same cases: quality, cost and latency side by side");
  command->add_option("policy", arguments->policy, "the policy's file: its catalog has both models")
      ->required();
  command->add_option("--suite", arguments->suite, "cases as JSON lines; see below")->required();
  command->add_option("--candidate", arguments->candidate, "the model that might be used")
      ->required();
  command->add_option("--baseline", arguments->baseline, "the model that it is held against")
      ->required();
  command->add_option("--judge", arguments->judge, "the model that answers checks by a judge");
  command->add_option("--concurrency", arguments->concurrency, "cases under way at once")
      ->check(CLI::Range(1U, 64U))
      ->capture_default_str();
  command->add_option("--most-cost", arguments->most_cost,
                      "'$2.50': what all calls together may cost; it is never passed");
  command
      ->add_option("--margin", arguments->margin_points,
                   "points of quality by which the candidate may be below and is no worse")
      ->check(CLI::Range(0.01, 50.0))
      ->capture_default_str();
  command->add_flag("--deny-worse", arguments->deny_worse,
                    "exit with 1 where the candidate is shown to be worse");
  command
      ->add_option("--measure", arguments->measure,
                   "the score's name, as in `quality accuracy 0.94`")
      ->check(CLI::Validator(NameProblem, "NAME"))
      ->capture_default_str();
  command->add_option("-o,--output", arguments->out,
                      "write the result there: what `quality ... from` of a policy may name");
  AddBaseUrls(*command, arguments->base_urls);
  AddImportRoots(*command, arguments->import_roots);
  AddFormat(*command, arguments->format);
  command->footer(
      "A case: {\"id\": \"r1\", \"prompt\": \"...\", \"checks\": [{\"contains\": \"refund\"}]}. "
      "Checks: equals, contains, regex, json-schema, numeric with tolerance, judge. Also "
      "`messages` in place of `prompt`, `system`, `temperature`, `schema`, "
      "`attributes` with `output`, the most tokens of the answer. Calls cost money at the "
      "providers; no prompt or answer is kept.");
  command->callback([arguments, &exit_code] { exit_code = RunEvalCommand(*arguments); });
}

}  // namespace mlp::tools
