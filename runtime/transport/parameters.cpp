#include "runtime/transport/parameters.hpp"

#include <algorithm>

#include "runtime/transport/wire.hpp"

namespace mlp::transport {
namespace {

constexpr std::string_view kNotForVariants[] = {"model",  "messages",       "contents", "input",
                                                "stream", "stream_options", "n",        "tools"};

}  // namespace

Parameters ReadParameters(const WireCall& call, std::vector<std::string>& left_out) {
  Parameters parameters;
  if (call.prompt->temperature) parameters.temperature = *call.prompt->temperature;
  if (!call.parameters.empty()) {
    const Json set = ParseJson(call.parameters);
    if (!set.is_object()) LeaveOut(left_out, "parameters");
    if (set.is_object()) {
      for (const auto& [written, value] : set.items()) {
        std::string name = written;
        std::replace(name.begin(), name.end(), '-', '_');
        if (name == "effort" || name == "reasoning_effort") {
          parameters.effort = Text(value);
        } else if (name == "temperature") {
          parameters.temperature = value;
        } else if (name == "top_p") {
          parameters.top_p = value;
        } else if (name == "top_k") {
          parameters.top_k = value;
        } else if (name == "seed") {
          parameters.seed = value;
        } else {
          parameters.rest[name] = value;
        }
      }
    }
  }
  if (!call.takes_temperature) {
    const auto drop = [&left_out](Json& value, std::string_view name) {
      if (!value.is_null()) LeaveOut(left_out, name);
      value = nullptr;
    };
    drop(parameters.temperature, "temperature");
    drop(parameters.top_p, "top_p");
    drop(parameters.top_k, "top_k");
  }
  return parameters;
}

void AddRest(const Json& rest, Json& body, std::vector<std::string>& left_out) {
  for (const auto& [name, value] : rest.items()) {
    const bool forbidden = std::find(std::begin(kNotForVariants), std::end(kNotForVariants),
                                     name) != std::end(kNotForVariants);
    if (forbidden || body.contains(name)) {
      LeaveOut(left_out, name);
    } else {
      body[name] = value;
    }
  }
}

}  // namespace mlp::transport
