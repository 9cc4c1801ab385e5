// MLP0505: tokens that will be billed and have no price.
#pragma once

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/prove/uses.hpp"

namespace mlp::compiler {

/// Models that may serve at an instant at which a class of tokens that can be billed has no price:
///
/// - input, and output unless the model makes embeddings;
/// - cache reads of a model that can prompt-caching, where its protocol caches unasked (openai,
///   google) or the route caches prompts;
/// - cache writes of one where the route caches prompts and the protocol bills them (anthropic).
///
/// Reasoning without a price of its own is output, and nobody bills the tokens of ollama. One
/// finding a model; its weight goes by the stage.
void FindMissingPrices(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                       Diagnostics& diagnostics);

}  // namespace mlp::compiler
