// mlp advise: what a store and a policy together suggest.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/report/since.hpp"
#include "runtime/tools/advise/advise.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/shared_options.hpp"
#include "runtime/tools/sums_only.hpp"

namespace mlp::tools {
namespace {

struct Arguments {
  AdviceRequest request;
  std::string since;
  std::string format = "text";
};

int Wrong(const std::string& why) {
  fmt::print(stderr, "mlp advise: {}\n", why);
  return kExitUsage;
}

std::string AsJson(const std::vector<AdviceItem>& items) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const AdviceItem& item : items) {
    list.push_back({{"kind", ToString(item.kind)},
                    {"title", item.title},
                    {"evidence", item.evidence},
                    {"savesIn30Days", "$" + item.saves.Decimal()},
                    {"patch", item.patch.empty() ? nlohmann::ordered_json()
                                                 : nlohmann::ordered_json(item.patch)},
                    {"next", item.next}});
  }
  const nlohmann::ordered_json page = {{"version", 1}, {"advice", std::move(list)}};
  return page.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string AsText(const std::vector<AdviceItem>& items) {
  if (items.empty()) return "nothing to advise: no finding of any kind in this window\n";
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const AdviceItem& item = items[i];
    text += fmt::format("{}{}. {}", i == 0 ? "" : "\n", i + 1, item.title);
    if (item.saves.Approximate() > 0) {
      text += fmt::format(": about {} less in 30 days", item.saves.Rounded());
    }
    text += fmt::format("\n   {}\n", item.evidence);
    if (!item.next.empty()) text += fmt::format("   next: {}\n", item.next);
    if (!item.patch.empty()) {
      text += fmt::format("   this edit passes every check of the policy:\n{}", item.patch);
    }
  }
  return text;
}

int RunAdvise(Arguments& arguments) {
  const std::int64_t now_us = std::chrono::duration_cast<std::chrono::microseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count();
  arguments.request.now_s = now_us / 1'000'000;
  if (!arguments.since.empty()) {
    const auto since = ParseSince(arguments.since, now_us);
    if (!since) {
      return Wrong(fmt::format("`{}` is no time; write --since as 7d, 30d or 2026-11-20 (UTC)",
                               arguments.since));
    }
    arguments.request.from_us = *since;
  }
  if (!std::ifstream(arguments.request.policy)) {
    return Wrong("cannot read " + arguments.request.policy);
  }
  const auto items = Advise(arguments.request);
  if (!items) {
    if (items.error().error_class != ErrorClass::kInvalidRequest) {
      return Wrong(items.error().context);
    }
    std::fputs(items.error().context.c_str(), stderr);
    return kExitFindings;
  }
  if (auto reader = StoreReader::Open(arguments.request.store)) {
    const std::string gone = SumsOnly(*reader, arguments.request.from_us);
    if (!gone.empty()) std::fprintf(stderr, "mlp advise: %s and left out\n", gone.c_str());
  }
  const std::string page = arguments.format == "json" ? AsJson(*items) : AsText(*items);
  std::fputs(page.c_str(), stdout);
  return kExitDone;
}

}  // namespace

void AddAdviseCommand(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "advise", "What could be done: cheaper models, dead fallbacks, budgets, prices, retirements");
  command->add_option("--store", arguments->request.store, "the store's file; FILE.2, ... too")
      ->required();
  command->add_option("--policy", arguments->request.policy, "the policy that the calls were under")
      ->required();
  command->add_option("--since", arguments->since, "calls begun since then: 7d, 30d, 2026-11-20");
  AddImportRoots(*command, arguments->request.import_roots);
  AddFormat(*command, arguments->format);
  command->footer(
      "An edit is a unified diff for git apply, run where --policy is a path; it is shown only "
      "where "
      "the edited policy passes all its checks. Nothing is changed.");
  command->callback([arguments, &exit_code] { exit_code = RunAdvise(*arguments); });
}

}  // namespace mlp::tools
