// Policy residency 1.0.0, compiled by mlpc from residency.mlp (table format 5).
// Do not edit; after a change of the policy: mlpc compile residency.mlp -o DIR
#pragma once

#include <cstdint>
#include <string_view>

#include "mlp/policy.hpp"

namespace residency {

static_assert(mlp::kTableFormat == 5, "compile the policy again with the mlpc of this runtime");

enum class Data : std::uint8_t {
  public_,
  personal,
  secret,
};

enum class Asks : std::uint8_t {
  structured_output = 8,
  streaming = 11,
};

/// What a request says about itself. A member without a default that is left out does not compile.
/// Texts are views: they must live until the call returns (Client copies what it keeps).
struct Request {
  mlp::Required<Data> data;
  mlp::Required<std::int64_t> input;
  mlp::Required<std::int64_t> output;
  mlp::SetOf<Asks> asks = {};

  /// The request in the tables' terms.
  [[nodiscard]] mlp::PackedRequest<3, 0, 1> Pack() const noexcept {
    mlp::PackedRequest<3, 0, 1> packed{};
    packed.codes[0] = static_cast<std::int32_t>(static_cast<Data>(data));
    packed.codes[1] = mlp::TokenCode(input);
    packed.codes[2] = mlp::TokenCode(output);
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

}  // namespace residency
