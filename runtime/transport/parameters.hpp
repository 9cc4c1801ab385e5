// A variant's call parameters and the call's own, before a wire format spells them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {

/// Null or empty where not set. Where both the variant and the prompt set a value, the variant's
/// holds: with another value it would not be the model that was evaluated.
struct Parameters {
  std::string effort;  ///< none, minimal, low, medium, high, xhigh, max, or a provider's own
  Json temperature;
  Json top_p;
  Json top_k;
  Json seed;
  Json rest = Json::object();  ///< what no wire format shares, under the names of the policy
};

/// Names may be written with `-` or `_`. What the model cannot take goes to `left_out`.
[[nodiscard]] Parameters ReadParameters(const WireCall& call, std::vector<std::string>& left_out);

/// Adds the members of `rest` to `body`; one that is there already, or that would turn the call
/// into another one, goes to `left_out`.
void AddRest(const Json& rest, Json& body, std::vector<std::string>& left_out);

}  // namespace mlp::transport
