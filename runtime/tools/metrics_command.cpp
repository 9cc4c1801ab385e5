// mlp metrics: what a store says, for those who scrape.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "runtime/report/store_metrics.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/taken_down.hpp"

namespace mlp::tools {
namespace {

int RunMetrics(const std::string& store) {
  const std::int64_t now_s = std::chrono::duration_cast<std::chrono::seconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
  const auto taken_down = TakenDown(store, now_s);
  if (!taken_down) {
    std::fprintf(stderr, "mlp metrics: without what was taken down: %s\n",
                 taken_down.error().context.c_str());
  }
  const Result<std::string> text =
      QueryMetrics(store, now_s, taken_down ? *taken_down : std::vector<OperatorDown>());
  if (!text) {
    std::fprintf(stderr, "mlp metrics: %s\n", text.error().context.c_str());
    return kExitUsage;
  }
  const bool whole = std::fwrite(text->data(), 1, text->size(), stdout) == text->size();
  if (whole && std::fflush(stdout) == 0) return kExitDone;
  std::perror("mlp metrics: standard output");
  return kExitUsage;
}

}  // namespace

void AddMetricsCommand(CLI::App& app, int& exit_code) {
  const auto store = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("metrics", "A store's calls and budgets as OpenMetrics text");
  command->add_option("--store", *store, "the store's file; its FILE.2, ... are merged")
      ->required();
  command->callback([store, &exit_code] { exit_code = RunMetrics(*store); });
}

}  // namespace mlp::tools
