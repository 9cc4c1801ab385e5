#include "runtime/tools/demo/scenes.hpp"

#include <array>

namespace mlp::tools {
namespace {

using loopback::FakeKind;
using loopback::FakeReply;
using support::Asks;
using support::Complexity;
using support::Region;
using support::Task;
using support::Tier;

Prompt Says(std::string text) {
  return {.messages = {{"system", "You help customers."}, {"user", std::move(text)}}};
}

support::Request Code(Region region) {
  return {.task = Task::codegen,
          .complexity = Complexity::complex,
          .tier = Tier::pro,
          .region = region,
          .tenant = "acme",
          .user = "u-1",
          .input = 12'000,
          .output = 2'000,
          .asks = {Asks::function_calling}};
}

support::Request Summary(Tier tier, Region region) {
  return {.task = Task::summarize,
          .tier = tier,
          .region = region,
          .tenant = "acme",
          .user = "u-2",
          .input = 3'000,
          .output = 400};
}

/// A user of the first ramp step of the rollout: the first of a plain series.
const std::string& CanaryUser() {
  static const std::string user = [] {
    const Rollout& rollout = support::Policy().tables().rollouts.front();
    for (int i = 0;; ++i) {
      std::string name = "user-" + std::to_string(i);
      if (Bucket(rollout.salt, name) < rollout.steps.front().share_ppm) return name;
    }
  }();
  return user;
}

}  // namespace

std::vector<Scene> Scenes() {
  const Usage code_usage{.input = 9'000, .cache_read = 3'000, .output = 1'450, .reasoning = 0};
  const FakeReply code{.text = "def answer(): return 42", .usage = code_usage};
  const FakeReply summary{.text = "In short: it works.", .usage = {.input = 2'930, .output = 120}};
  std::vector<Scene> scenes;
  scenes.push_back({"hard code in the US, all is well",
                    Code(Region::us),
                    {{"claude-sonnet-4-5", {code}}},
                    Says("write answer()"),
                    {}});
  support::Request canary = Code(Region::us);
  canary.user = CanaryUser();
  scenes.push_back({"the same from a user in the rollout's first 1%",
                    canary,
                    {{"claude-sonnet-5", {code}}},
                    Says("write answer()"),
                    {}});
  scenes.push_back(
      {"Anthropic limits the rate and asks for 30 s: the policy goes on",
       Code(Region::us),
       {{"claude-sonnet-4-5", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 30'000}}},
        {"gpt-5-4", {code}}},
       Says("write answer()"),
       {}});
  scenes.push_back({"Anthropic is overloaded (529)",
                    Code(Region::eu),
                    {{"claude-sonnet-4-5", {{.kind = FakeKind::kOverloaded}}}, {"gpt-5-4", {code}}},
                    Says("write answer()"),
                    {}});
  scenes.push_back({"the first model hangs; the caller gives each attempt 700 ms",
                    Code(Region::us),
                    {{"claude-sonnet-4-5", {{.kind = FakeKind::kHang}}}, {"gpt-5-4", {code}}},
                    Says("write answer()"),
                    {.attempt_ms = 700}});
  scenes.push_back(
      {"OpenAI's quota is used up: no retry would help",
       Summary(Tier::free, Region::us),
       {{"gpt-5-4-mini", {{.kind = FakeKind::kQuota}}}, {"claude-haiku-4-5", {summary}}},
       Says("sum it up"),
       {}});
  scenes.push_back({"a server error (500), tried again after a jittered wait",
                    Summary(Tier::pro, Region::us),
                    {{"gpt-5-4-mini", {{.kind = FakeKind::kServerError}, summary}}},
                    Says("sum it up"),
                    {}});
  scenes.push_back({"half a JSON document, tried again",
                    Summary(Tier::enterprise, Region::eu),
                    {{"gpt-5-4-mini", {{.kind = FakeKind::kMalformed}, summary}}},
                    Says("sum it up"),
                    {}});
  scenes.push_back({"no cloud provider answers: the local model does",
                    Summary(Tier::pro, Region::eu),
                    {{"gpt-5-4-mini", {{.kind = FakeKind::kServerError}}},
                     {"claude-haiku-4-5", {{.kind = FakeKind::kOverloaded}}},
                     {"gemini-3-5-flash-lite", {{.kind = FakeKind::kReset}}},
                     {"llama3-1-8b", {summary}}},
                    Says("sum it up"),
                    {}});
  scenes.push_back(
      {"the model declines: that is an answer, not a fault",
       Summary(Tier::pro, Region::us),
       {{"gpt-5-4-mini", {{.kind = FakeKind::kRefusal, .usage = {.input = 2'930, .output = 9}}}}},
       Says("something it will not do"),
       {}});
  const FakeReply streamed{
      .text = "def answer(): return 42", .usage = code_usage, .piece_delay_us = 20'000};
  scenes.push_back(
      {"a stream that breaks off before its first token: nobody notices",
       Code(Region::us),
       {{"claude-sonnet-4-5", {{.kind = FakeKind::kStreamError}}}, {"gpt-5-4", {streamed}}},
       Says("write answer()"),
       {},
       true});
  FakeReply broken = streamed;
  broken.kind = FakeKind::kResetMidBody;
  broken.pieces_first = 2;
  scenes.push_back({"a stream that breaks off after two pieces: no other model may go on",
                    Code(Region::us),
                    {{"claude-sonnet-4-5", {broken}}},
                    Says("write answer()"),
                    {},
                    true});
  support::Request long_one = Summary(Tier::pro, Region::us);
  long_one.input = 180'000;
  scenes.push_back({"a document of 180,000 tokens", long_one, {}, Says("sum it up"), {}});
  return scenes;
}

support::Request CrowdRequest(std::uint64_t number, const std::string& user) {
  constexpr std::array kTasks = {Task::classify, Task::extract, Task::summarize, Task::codegen};
  constexpr std::array kTiers = {Tier::free, Tier::pro, Tier::pro, Tier::enterprise};
  constexpr std::array kComplexities = {Complexity::simple, Complexity::moderate,
                                        Complexity::complex};
  return {.task = kTasks[number % kTasks.size()],
          .complexity = kComplexities[number / 4 % kComplexities.size()],
          .tier = kTiers[number / 3 % kTiers.size()],
          .region = number % 3 == 0 ? Region::eu : Region::us,
          .tenant = number % 2 == 0 ? "acme" : "globex",
          .user = user,
          .input = static_cast<std::int64_t>(500 + number * 37 % 20'000),
          .output = static_cast<std::int64_t>(100 + number * 13 % 1'500)};
}

FakeReply CrowdReply(std::uint64_t number) {
  const Usage usage{.input = static_cast<std::int64_t>(400 + number * 31 % 9'000),
                    .output = static_cast<std::int64_t>(40 + number * 7 % 700)};
  switch (number % 29) {
    case 3:
      return {.kind = FakeKind::kOverloaded};
    case 7:
      return {.kind = FakeKind::kServerError};
    case 11:
      return {.kind = FakeKind::kRateLimited};
    case 13:
      return {.kind = FakeKind::kMalformed};
    case 17:
      return {.kind = FakeKind::kResetMidBody};
    case 19:
      return {.kind = FakeKind::kQuota};
    case 23:
      return {.kind = FakeKind::kModelNotFound};
    default:
      return {.text = "done",
              .usage = usage,
              .first_byte_delay_us = static_cast<std::int64_t>(number * 997 % 20'000)};
  }
}

}  // namespace mlp::tools
