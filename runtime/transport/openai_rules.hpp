// How OpenAI and those who speak its wire format tell of failures (provider documentation as of
// 2026-08, and reports of what servers send in fact).
#pragma once

#include <span>

#include "runtime/transport/error_rules.hpp"

namespace mlp::transport {

extern const std::span<const ErrorRule> kOpenAiRules;

}  // namespace mlp::transport
