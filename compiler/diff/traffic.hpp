// Which recorded requests lie in a region.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/diff/comparison.hpp"
#include "compiler/diff/diff.hpp"

namespace mlp::compiler {

/// Requests in the terms of a comparison. One that lacks an attribute without a default, or has a
/// value that neither version declares, is left out; a further attribute does not matter.
class RecordedTraffic {
 public:
  /// Borrows the comparison.
  RecordedTraffic(const Comparison& comparison, const std::vector<DiffOptions::Recorded>& recorded);
  [[nodiscard]] std::size_t readable() const { return requests_.size(); }
  /// The numbers of the records in the cube; one without a date lies in a region of any dates.
  [[nodiscard]] std::vector<std::size_t> In(const Cube& cube) const;

 private:
  const Comparison& comparison_;
  struct Request {
    std::size_t record = 0;
    std::vector<std::int32_t> codes;  ///< per axis, kAnyCode for any date
  };
  std::vector<Request> requests_;
};

}  // namespace mlp::compiler
