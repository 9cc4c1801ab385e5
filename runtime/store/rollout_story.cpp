#include "runtime/store/rollout_story.hpp"

#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace mlp {
namespace {

std::string_view TakeWord(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size() < line.size() ? word.size() + 1 : word.size());
  return word;
}

std::uint32_t TakeNumber(std::string_view& line) {
  const std::string_view word = TakeWord(line);
  std::uint32_t number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

}  // namespace

std::vector<RolloutChangeRecord> ChangesOf(const std::vector<RolloutEntry>& log) {
  std::vector<RolloutChangeRecord> changes;
  for (const RolloutEntry& entry : log) {
    if (entry.kind == RolloutEntryKind::kStarted) {
      const std::optional<RolloutPlan> plan = ParseRolloutPlan(entry.input);
      const std::uint32_t share = plan ? StartRollout(*plan, entry.at_s).share_ppm : 0;
      changes.push_back({entry.at_s, "started", 0, share, "the policy's rollout began", ""});
    }
    std::string_view lines = entry.changes;
    while (!lines.empty()) {
      std::string_view line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(line.size() < lines.size() ? line.size() + 1 : line.size());
      RolloutChangeRecord change;
      change.at_s = entry.at_s;
      change.change = TakeWord(line);
      change.from_ppm = TakeNumber(line);
      change.to_ppm = TakeNumber(line);
      change.because = line;
      change.who = entry.who;
      changes.push_back(std::move(change));
    }
  }
  return changes;
}

Result<std::vector<RolloutStory>> ReadRollouts(const std::string& ledger_path) {
  std::vector<RolloutStory> stories;
  std::error_code error;
  if (!std::filesystem::exists(ledger_path, error)) return stories;
  RolloutFile file;
  if (Status opened = file.OpenToRead(ledger_path); !opened) {
    if (file.is_older()) return stories;
    return opened.error();
  }
  Result<std::vector<RolloutRow>> rows = file.List();
  if (!rows) return rows.error();
  for (RolloutRow& row : *rows) {
    Result<std::vector<RolloutEntry>> log = file.Log(row.id);
    if (!log) return log.error();
    std::vector<RolloutChangeRecord> changes = ChangesOf(*log);
    stories.push_back({std::move(row), std::move(changes), *std::move(log)});
  }
  return stories;
}

}  // namespace mlp
