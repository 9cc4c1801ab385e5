// mlp replay: recorded calls under another policy.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mlp/loader.hpp"
#include "runtime/report/replay/call_log.hpp"
#include "runtime/report/replay/render.hpp"
#include "runtime/report/replay/replayer.hpp"
#include "runtime/report/since.hpp"
#include "runtime/store/reader.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/shared_options.hpp"
#include "runtime/tools/sums_only.hpp"

namespace mlp::tools {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

struct Arguments {
  std::string policy;
  std::string store;
  std::string log;
  std::string since;
  std::string as_of;
  std::string format = "text";
  std::vector<std::string> import_roots;
};

int Wrong(const std::string& why) {
  std::fprintf(stderr, "mlp replay: %s\n", why.c_str());
  return kExitUsage;
}

std::int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Status ReadStore(const std::string& path, std::int64_t from_us, Replayer& replayer) {
  auto reader = StoreReader::Open(path);
  if (!reader) return reader.error();
  if (const std::string gone = SumsOnly(*reader, from_us); !gone.empty()) {
    std::fprintf(stderr, "mlp replay: %s and left out\n", gone.c_str());
  }
  return reader->ForEachCall(from_us, std::numeric_limits<std::int64_t>::max(),
                             [&replayer](const CallRecord& record) {
                               replayer.Add(FromRecord(record));
                               return true;
                             });
}

Status ReadLog(const std::string& path, std::int64_t from_us, Replayer& replayer) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) return Error{ErrorClass::kNone, "cannot read " + path};
  }
  const auto counts =
      ReadCallLog(path == "-" ? std::cin : file, path == "-" ? "standard input" : path, from_us,
                  NowUs(), [&replayer](const RecordedCall& call) { replayer.Add(call); });
  if (!counts) return counts.error();
  if (counts->calls == 0 && counts->other_events > 0) {
    std::fprintf(stderr, "mlp replay: %s: its %lld lines are about no calls\n", path.c_str(),
                 static_cast<long long>(counts->other_events));
  }
  return Done{};
}

int RunReplay(const Arguments& arguments) {
  if (arguments.store.empty() == arguments.log.empty()) {
    return Wrong("name one source of calls: --store FILE or --log FILE.jsonl");
  }
  std::int64_t from_us = std::numeric_limits<std::int64_t>::min();
  if (!arguments.since.empty()) {
    const auto since = ParseSince(arguments.since, NowUs());
    if (!since) {
      return Wrong("`" + arguments.since +
                   "` is no time; write --since as 24h, 7d, 2026-11-20 or 2026-11-20T14:00 (UTC)");
    }
    from_us = *since;
  }
  std::optional<std::int64_t> as_of_s;
  if (!arguments.as_of.empty()) {
    const auto as_of = ParseSince(arguments.as_of, NowUs());
    if (!as_of) {
      return Wrong("`" + arguments.as_of +
                   "` is no date; write --as-of as 2026-11-20 or 2026-11-20T14:00 (UTC)");
    }
    as_of_s = *as_of / kMicrosPerSecond;
  }
  if (!std::ifstream(arguments.policy)) return Wrong("cannot read " + arguments.policy);
  const auto policy =
      LoadPolicy(arguments.policy, {.import_roots = arguments.import_roots, .prove = false});
  if (!policy) {
    std::fputs(policy.error().context.c_str(), stderr);
    return kExitFindings;
  }
  Replayer replayer(**policy, as_of_s);
  const Status read = arguments.store.empty() ? ReadLog(arguments.log, from_us, replayer)
                                              : ReadStore(arguments.store, from_us, replayer);
  if (!read) return Wrong(read.error().context);
  const Replay replay = replayer.Finish(arguments.store.empty() ? arguments.log : arguments.store);
  const std::string page =
      arguments.format == "json" ? RenderReplayJson(replay) : RenderReplayText(replay);
  const bool whole = std::fwrite(page.data(), 1, page.size(), stdout) == page.size();
  if (whole && std::fflush(stdout) == 0) return kExitDone;
  std::perror("mlp replay: standard output");
  return kExitUsage;
}

}  // namespace

void AddReplayCommand(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "replay", "Recorded calls under another policy: what would have gone where, at what cost");
  command->add_option("policy", arguments->policy, "the policy's file")->required();
  command->add_option("--store", arguments->store, "calls that services recorded; FILE.2, ... too");
  command->add_option("--log", arguments->log,
                      "calls as JSON lines: a service's log, or request attributes as in `mlpc "
                      "diff --traffic`; - is standard input");
  command->add_option("--since", arguments->since,
                      "calls begun since then: 24h, 7d, 2026-11-20, 2026-11-20T14:00 (UTC)");
  command->add_option("--as-of", arguments->as_of,
                      "decide and price all calls at this date; left out: each at its own time");
  AddImportRoots(*command, arguments->import_roots);
  AddFormat(*command, arguments->format);
  command->footer(
      "No model is asked and no money is spent. What the recorded calls do not show of another "
      "model (its answers, their length, its failures) is counted and not claimed.");
  command->callback([arguments, &exit_code] { exit_code = RunReplay(*arguments); });
}

}  // namespace mlp::tools
