// The axes of the diagrams: which attributes are asked, in which order, and the classes of open
// texts.
//
// Order: enums before texts before set members before numbers before tokens; among enums the ones
// that are places come first, else declaration order. Coarse axes first keeps the upper part of a
// diagram small and lets the wide interval nodes of numbers and tokens be shared below it.
// Attributes that nothing depends on have no axis.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/model/policy.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

struct DiagramAxis {
  AxisKind kind = AxisKind::kCode;
  Index attribute = kNoIndex;
  std::uint64_t member = 0;       ///< kMember: its bit
  std::int32_t size = 0;          ///< codes 0 .. size-1
  std::vector<std::string> cuts;  ///< kText: class c holds the texts of cuts[c-1] <= text < cuts[c]
  std::vector<std::string> witnesses;  ///< kText: a readable text of each class
};

struct AxisOrder {
  std::vector<DiagramAxis> axes;
  /// The axis of an attribute (of that member, for sets), or kNoIndex where nothing depends on it.
  [[nodiscard]] Index Find(Index attribute, std::uint64_t member = 0) const;
  [[nodiscard]] std::vector<std::int32_t> Sizes() const;
};

/// The axes of everything that the policy's conditions ask of a request.
[[nodiscard]] AxisOrder OrderAxes(const PolicyModel& model);

/// The first text after all that begin with `prefix`; empty where there is none.
[[nodiscard]] std::string AfterPrefix(std::string prefix);

/// The class of a text: how many cuts are at or below it in byte order.
[[nodiscard]] std::int32_t TextClass(const std::vector<std::string>& cuts, std::string_view text);

}  // namespace mlp::compiler
