#include "compiler/explain/circumstances.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/model/live_facts.hpp"

namespace mlp::compiler {
namespace {

std::optional<std::int64_t> ReadFactValue(LiveFact fact, std::string_view text) {
  switch (UnitOf(fact)) {
    case LiveUnit::kMicroseconds: {
      const std::optional<std::int64_t> ms = ast::ReadDurationMs(text);
      if (!ms) return std::nullopt;
      return *ms * kMicrosecondsPerMs;
    }
    case LiveUnit::kPpm:
      return ast::ReadMicro(text);
    case LiveUnit::kCount:
    case LiveUnit::kTokens:
      return ast::ReadInteger(text);
  }
  return std::nullopt;
}

}  // namespace

Result<Circumstances::LiveValue, std::string> ReadLiveValue(std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::size_t dot = word.find('.');
  if (equals == std::string_view::npos || dot == std::string_view::npos || dot > equals) {
    return fmt::format("`{}` is not MODEL.FACT=VALUE, as in claude-sonnet-4-5.latency.p95=3s",
                       word);
  }
  const std::string_view name = word.substr(dot + 1, equals - dot - 1);
  const std::optional<LiveFact> fact = FindLiveFact(name);
  if (!fact) {
    return fmt::format("`{}` is not a live fact; there are {}", name,
                       fmt::join(LiveFactNames(), ", "));
  }
  const std::optional<std::int64_t> value = ReadFactValue(*fact, word.substr(equals + 1));
  if (!value) return fmt::format("`{}` is not a value of {}", word.substr(equals + 1), name);
  return Circumstances::LiveValue{std::string(word.substr(0, dot)), *fact, *value};
}

namespace {

/// One `@` word of one value.
std::optional<std::string> ReadCircumstance(std::string_view name, std::string_view value,
                                            Circumstances& circumstances) {
  if (name == "@date") {
    circumstances.at_s = ast::ReadDate(value);
    if (!circumstances.at_s) return fmt::format("`{}` is not a date such as 2026-12-01", value);
    return std::nullopt;
  }
  if (name == "@down") {
    circumstances.down.emplace_back(value);
    return std::nullopt;
  }
  if (name == "@arm") {
    // Several arms stand in one word, with commas between them.
    for (std::string_view rest = value;;) {
      const std::string_view one = rest.substr(0, rest.find(','));
      const std::size_t colon = one.find(':');
      const std::string_view arm = colon == std::string_view::npos ? "" : one.substr(colon + 1);
      if (arm.empty())
        return fmt::format("`{}` is not ROLLOUT:canary, ROLLOUT:stable or EXPERIMENT:ARM", one);
      // An experiment's arm keeps both names.
      if (arm != "stable")
        circumstances.canary.emplace_back(arm == "canary" ? one.substr(0, colon) : one);
      if (one.size() == rest.size()) return std::nullopt;
      rest.remove_prefix(one.size() + 1);
    }
  }
  if (name == "@budget") {
    const std::size_t colon = value.find(':');
    const std::optional<std::int64_t> used =
        colon == std::string_view::npos ? std::nullopt : ast::ReadMicro(value.substr(colon + 1));
    if (!used || *used < 0 || *used > UINT32_MAX)
      return fmt::format("`{}` is not BUDGET:80%", value);
    circumstances.budgets.push_back(
        {std::string(value.substr(0, colon)), static_cast<std::uint32_t>(*used)});
    return std::nullopt;
  }
  if (name.starts_with("@live.")) {
    Result<Circumstances::LiveValue, std::string> live =
        ReadLiveValue(fmt::format("{}={}", name.substr(6), value));
    if (!live.ok()) return live.error();
    circumstances.live.push_back(std::move(live).value());
    return std::nullopt;
  }
  return fmt::format("`{}` is not one of @date @down @arm @budget @live.MODEL.FACT", name);
}

}  // namespace

std::optional<std::string> ReadWord(std::string_view word, AttributeWords& attributes,
                                    Circumstances& circumstances) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return fmt::format("`{}` is not ATTR=VALUE", word);
  }
  const std::string_view name = word.substr(0, equals);
  const std::string_view value = word.substr(equals + 1);
  if (!name.starts_with('@')) {
    attributes.emplace_back(name, value);
    return std::nullopt;
  }
  const bool list = name == "@down" || name == "@arm" || name == "@budget";
  for (std::size_t begin = 0;;) {
    const std::size_t comma = list ? value.find(',', begin) : std::string_view::npos;
    if (auto error = ReadCircumstance(name, value.substr(begin, comma - begin), circumstances))
      return error;
    if (comma == std::string_view::npos) return std::nullopt;
    begin = comma + 1;
  }
}

std::string WriteShare(std::uint32_t ppm) {
  constexpr std::uint32_t kPpmPerPercent = 10'000;
  std::string text = fmt::format("{}.{:04}", ppm / kPpmPerPercent, ppm % kPpmPerPercent);
  text.resize(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + '%';
}

}  // namespace mlp::compiler
