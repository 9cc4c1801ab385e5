#include "runtime/report/replay/call_log.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/report/since.hpp"

namespace mlp {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t CountOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// `2026-11-20T14:00:05.250Z`; the parts of a second are cut.
std::optional<std::int64_t> ReadInstant(std::string_view text) {
  if (const std::size_t point = text.find('.'); point != std::string_view::npos) {
    text = text.substr(0, point);
  }
  // A duration is no instant.
  if (text.find('-') == std::string_view::npos) return std::nullopt;
  return ParseSince(text, 0);
}

std::optional<std::string> ValueWord(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  if (value.is_number()) return fmt::format("{}", value.get<double>());
  if (!value.is_array()) return std::nullopt;
  std::string list;
  for (const Json& member : value) {
    if (!member.is_string()) return std::nullopt;
    list += (list.empty() ? "" : ",") + member.get<std::string>();
  }
  return list;
}

std::optional<RecordedCall> FromLog(const Json& line) {
  const std::optional<std::int64_t> end_us = ReadInstant(TextOf(line, "at"));
  const std::optional<ErrorClass> outcome = ParseErrorClass(TextOf(line, "outcome"));
  if (!end_us || !outcome) return std::nullopt;
  RecordedCall call;
  call.at_s = (*end_us - CountOf(line, "durationUs")) / kMicrosPerSecond;
  call.words = SplitWords(TextOf(line, "request"));
  call.lot = LotOf(TextOf(line, "call"));
  call.decided = true;
  call.outcome = *outcome;
  call.route = TextOf(line, "route");
  call.skipped = TextOf(line, "skipped");
  call.arms = TextOf(line, "arms");
  const auto attempts = line.find("attempts");
  if (attempts != line.end() && attempts->is_array() && !attempts->empty()) {
    call.first = TextOf(attempts->front(), "model");
    for (const Json& attempt : *attempts) {
      const bool well = TextOf(attempt, "outcome") == ToString(ErrorClass::kNone);
      if (well && call.outcome == ErrorClass::kNone) call.answered = TextOf(attempt, "model");
    }
  }
  call.from_cache = call.outcome == ErrorClass::kNone && call.first.empty();
  return call;
}

std::optional<RecordedCall> FromAttributes(const Json& line, std::size_t number,
                                           std::int64_t now_us) {
  RecordedCall call;
  call.loose = true;
  call.at_s = now_us / kMicrosPerSecond;
  call.lot = LotOf(std::to_string(number));
  for (const auto& [name, value] : line.items()) {
    const std::optional<std::string> word = ValueWord(value);
    if (!word) continue;
    if (name != "@date") {
      call.words.emplace_back(name, *word);
      continue;
    }
    const std::optional<std::int64_t> at_us = ReadInstant(*word);
    if (!at_us) return std::nullopt;
    call.at_s = *at_us / kMicrosPerSecond;
  }
  return call;
}

Error At(const std::string& name, std::size_t number, std::string_view why) {
  return {ErrorClass::kInvalidRequest, fmt::format("{}:{}: {}", name, number, why)};
}

}  // namespace

Result<CallLogCounts> ReadCallLog(std::istream& lines, const std::string& name,
                                  std::int64_t from_us, std::int64_t now_us,
                                  const std::function<void(const RecordedCall&)>& visit) {
  CallLogCounts counts;
  std::size_t number = 0;
  for (std::string text; std::getline(lines, text);) {
    ++number;
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json line = Json::parse(text, nullptr, false);
    if (!line.is_object()) return At(name, number, "not a JSON object");
    const bool logged = line.contains("event") && line.contains("at");
    if (logged && TextOf(line, "event") != "call") {
      ++counts.other_events;
      continue;
    }
    const std::optional<RecordedCall> call =
        logged ? FromLog(line) : FromAttributes(line, number, now_us);
    if (!call) {
      return At(name, number,
                logged ? "a call whose `at` is no instant or whose `outcome` is unknown"
                       : "`@date` is no date; write it as 2026-11-20 or 2026-11-20T14:00Z");
    }
    if (call->at_s < from_us / kMicrosPerSecond) {
      ++counts.earlier;
      continue;
    }
    ++counts.calls;
    visit(*call);
  }
  return counts;
}

}  // namespace mlp
