#include "runtime/report/replay/recorded_call.hpp"

#include <sstream>

#include "runtime/core/call_answer.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

std::int64_t FloorSeconds(std::int64_t us) {
  return us / kMicrosPerSecond - (us % kMicrosPerSecond < 0 ? 1 : 0);
}

}  // namespace

AttributeWords SplitWords(const std::string& request) {
  AttributeWords words;
  std::istringstream stream(request);
  for (std::string word; stream >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    words.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return words;
}

// FNV-1a over the text, then the finalizer of SplitMix64.
std::uint64_t LotOf(const std::string& call_id) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : call_id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  }
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
  return hash ^ (hash >> 31);
}

RecordedCall FromRecord(const CallRecord& record) {
  RecordedCall call;
  call.at_s = FloorSeconds(record.started_us);
  call.words = SplitWords(record.request);
  call.lot = LotOf(record.call_id);
  call.decided = true;
  call.outcome = record.outcome;
  call.route = record.route;
  if (!record.attempts.empty()) call.first = record.attempts.front().model;
  call.from_cache = IsFromCache(record);
  call.skipped = record.skipped;
  call.arms = record.arms;
  if (const AttemptRecord* answer = FindAnswer(record)) {
    call.answered = answer->model;
    call.metered = answer->usage.reported && answer->priced;
    call.usage = answer->usage;
    call.cost_pico = answer->cost_pico;
  }
  return call;
}

}  // namespace mlp
