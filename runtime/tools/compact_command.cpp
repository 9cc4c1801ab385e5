// mlp compact: sums up the calls of a store that no service writes, and deletes what is old.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "mlp/store.hpp"
#include "runtime/report/figures.hpp"
#include "runtime/report/since.hpp"
#include "runtime/store/compact.hpp"
#include "runtime/tools/commands.hpp"

namespace mlp::tools {
namespace {

constexpr std::int64_t kMicros = 1'000'000;

struct Arguments {
  std::string store;
  std::string keep_calls;
  std::string keep_minutes;
  std::string keep_hours;
};

std::int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int Refuse(const std::string& why) {
  std::fprintf(stderr, "mlp compact: %s\n", why.c_str());
  return kExitUsage;
}

bool Read(const std::string& text, std::int64_t& seconds) {
  if (text.empty()) return true;
  const auto duration = ParseDuration(text);
  if (duration) seconds = *duration / kMicros;
  return duration.has_value();
}

std::string Words(const CompactedFile& file) {
  if (file.in_use) return file.file + ": a service writes it and keeps it small by itself\n";
  const auto megabytes = [](std::int64_t bytes) {
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
  };
  return fmt::format("{}: {} calls summed up, {} deleted, {} -> {}\n", file.file,
                     Grouped(static_cast<std::int64_t>(file.done.rolled)),
                     Grouped(static_cast<std::int64_t>(file.done.deleted)),
                     megabytes(file.bytes_before), megabytes(file.bytes_after));
}

int Compact(const Arguments& arguments) {
  const StoreOptions usual;
  Retention keep{usual.keep_calls_s, usual.keep_minutes_s, usual.keep_hours_s};
  if (!Read(arguments.keep_calls, keep.calls_s) || !Read(arguments.keep_minutes, keep.minutes_s) ||
      !Read(arguments.keep_hours, keep.hours_s)) {
    return Refuse("write times to keep as 90s, 30m, 24h, 7d or 2w");
  }
  const auto files = CompactStore(arguments.store, keep, NowUs());
  if (!files) return Refuse(files.error().context);
  for (const CompactedFile& file : *files) std::fputs(Words(file).c_str(), stdout);
  return kExitDone;
}

}  // namespace

void AddCompactCommand(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "compact", "Sum up a store's calls and delete what is old, in files no service writes");
  command->add_option("--store", arguments->store, "the store's file; its FILE.2, ... too")
      ->required();
  command->add_option("--keep-calls", arguments->keep_calls, "calls one by one; else 7d");
  command->add_option("--keep-minutes", arguments->keep_minutes, "sums by minute; else 30d");
  command->add_option("--keep-hours", arguments->keep_hours,
                      "sums by hour; else 400d. Sums by day are kept for good");
  command->callback([arguments, &exit_code] { exit_code = Compact(*arguments); });
}

}  // namespace mlp::tools
