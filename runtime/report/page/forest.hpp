// Differences with their intervals around zero, a row each: a forest plot in HTML, so that its
// words keep their size on a phone.
#pragma once

#include <string>
#include <vector>

namespace mlp {

struct ForestRow {
  std::string label;
  std::string words;  ///< of the difference and its interval
  double value = 0;
  double low = 0;  ///< infinite: none yet
  double high = 0;
  enum class Colour { kOpen, kGood, kBad } colour = Colour::kOpen;
};

/// `unit` is of the ends of the scale, which all rows share.
[[nodiscard]] std::string RenderForest(const std::string& title, const std::vector<ForestRow>& rows,
                                       const std::string& unit);

}  // namespace mlp
