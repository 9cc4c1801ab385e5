// Policy support 2.3.0, compiled by mlpc from support.mlp (table format 5).
// Do not edit; after a change of the policy: mlpc compile support.mlp -o DIR
#pragma once

#include <cstdint>
#include <string_view>

#include "mlp/policy.hpp"

namespace support {

static_assert(mlp::kTableFormat == 5, "compile the policy again with the mlpc of this runtime");

enum class Task : std::uint8_t {
  classify,
  extract,
  summarize,
  codegen,
};

enum class Complexity : std::uint8_t {
  simple,
  moderate,
  complex,
};

enum class Tier : std::uint8_t {
  free,
  pro,
  enterprise,
};

enum class Region : std::uint8_t {
  us,
  eu,
};

enum class Asks : std::uint8_t {
  structured_output = 8,
  function_calling = 9,
  streaming = 11,
};

/// What a request says about itself. A member without a default that is left out does not compile.
/// Texts are views: they must live until the call returns (Client copies what it keeps).
struct Request {
  mlp::Required<Task> task;
  Complexity complexity = Complexity::moderate;
  mlp::Required<Tier> tier;
  mlp::Required<Region> region;
  mlp::Required<std::string_view> tenant;
  mlp::Required<std::string_view> user;
  mlp::Required<std::int64_t> input;
  mlp::Required<std::int64_t> output;
  double temperature = 1000000 / 1e6;
  mlp::SetOf<Asks> asks = {};

  /// The request in the tables' terms.
  [[nodiscard]] mlp::PackedRequest<7, 2, 1> Pack() const noexcept {
    mlp::PackedRequest<7, 2, 1> packed{};
    packed.codes[0] = static_cast<std::int32_t>(static_cast<Task>(task));
    packed.codes[1] = static_cast<std::int32_t>(complexity);
    packed.codes[2] = static_cast<std::int32_t>(static_cast<Tier>(tier));
    packed.codes[3] = static_cast<std::int32_t>(static_cast<Region>(region));
    packed.texts[0] = tenant;
    packed.texts[1] = user;
    packed.codes[4] = mlp::TokenCode(input);
    packed.codes[5] = mlp::TokenCode(output);
    packed.codes[6] = mlp::NumberCode(temperature, 0, 10000, 201);
    packed.sets[0] = asks.bits();
    return packed;
  }
};

/// The linked policy with its live state: what mlp::Client takes. Usable once static objects are
/// made.
[[nodiscard]] const mlp::Policy& Policy() noexcept;

/// The decision under the published state: noexcept, no allocation, no lock, no I/O, no clock.
[[nodiscard]] inline mlp::Decision Decide(const Request& request,
                                          const mlp::DecideOptions& options = {}) noexcept {
  return mlp::Decide(Policy().tables(), Policy().live(), request.Pack().view(), options);
}

/// The decision under a state of the caller's, which must have been made for Policy().tables().
[[nodiscard]] inline mlp::Decision Decide(const Request& request, const mlp::LiveState& live,
                                          const mlp::DecideOptions& options = {}) noexcept {
  return mlp::Decide(Policy().tables(), live, request.Pack().view(), options);
}

}  // namespace support
