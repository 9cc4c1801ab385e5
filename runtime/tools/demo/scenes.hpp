// What the demonstration shows: single calls, each with the faults that it meets.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "generated/support.mlp.h"
#include "mlp/client.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"

namespace mlp::tools {

struct Scene {
  std::string title;
  support::Request request;
  /// Replies by the policy's model name.
  std::vector<std::pair<std::string, std::vector<loopback::FakeReply>>> faults;
  Prompt prompt;
  CallOptions options;
  bool streams = false;  ///< shown piece by piece
};

[[nodiscard]] std::vector<Scene> Scenes();

/// A kind of call for the crowd: drawn by number, over all routes, tiers and regions.
[[nodiscard]] support::Request CrowdRequest(std::uint64_t number, const std::string& user);

/// What a provider does with the crowd's call of this number: most are answered, some fail in each
/// way.
[[nodiscard]] loopback::FakeReply CrowdReply(std::uint64_t number);

}  // namespace mlp::tools
