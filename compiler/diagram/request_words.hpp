// Requests and sets of requests in the policy language's words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"

namespace mlp::compiler {

/// One request: per axis a code or -1, and values that go before it.
struct RequestPoint {
  std::vector<std::int32_t> codes;
  std::optional<std::int64_t> input;
  std::optional<std::int64_t> output;
  std::optional<std::uint64_t> asks;
};

/// A complete request; attributes that have a default and do not matter are left out.
[[nodiscard]] Witness WitnessOf(const PolicyModel& model, const AxisOrder& axes,
                                const RequestPoint& point);

/// The code of that complete request on an axis.
[[nodiscard]] std::int32_t CodeAt(const PolicyModel& model, const AxisOrder& axes,
                                  const RequestPoint& point, std::uint32_t axis);

/// The way of the request through a diagram, edges to one child taken together, without what it
/// asks of tokens.
[[nodiscard]] std::vector<DiagramTerm::Part> WayOf(const PolicyModel& model, const AxisOrder& axes,
                                                   const Mdd& mdd, Ref root,
                                                   const RequestPoint& point);

/// At most `most` ways to `wanted`, edges to one child taken together.
[[nodiscard]] std::vector<std::vector<DiagramTerm::Part>> Regions(const Mdd& mdd, Ref root,
                                                                  Ref wanted, std::size_t most);

/// `tier == free and input > 100K`; `every request` where nothing is asked.
[[nodiscard]] std::string RegionWords(const PolicyModel& model, const AxisOrder& axes,
                                      const std::vector<DiagramTerm::Part>& region);
/// A request of the region.
[[nodiscard]] RequestPoint PointOf(const PolicyModel& model, const AxisOrder& axes,
                                   const std::vector<DiagramTerm::Part>& region);

}  // namespace mlp::compiler
