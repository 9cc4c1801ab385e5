// How a client comes by a policy that is not linked: mlp::loader registers itself here.
#pragma once

#include <memory>
#include <string>

#include "mlp/policy.hpp"
#include "mlp/result.hpp"

namespace mlp::engine {

using PolicyLoader = Result<std::shared_ptr<const Policy>> (*)(const std::string& file);

/// Both thread-safe. Null until one is set.
void SetPolicyLoader(PolicyLoader loader) noexcept;
[[nodiscard]] PolicyLoader GetPolicyLoader() noexcept;

/// Why requests packed for `from` cannot be read by `to`'s tables, or empty where they can: the
/// attributes must agree in order, type, range and labels, and asked capabilities in their bits.
[[nodiscard]] std::string SchemaDifference(const Tables& from, const Tables& to);

}  // namespace mlp::engine
