// A strict reader of OpenMetrics 1.0 text, to hold what we write against the format's rules.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlp::test {

struct MetricSample {
  std::string name;  ///< with its suffix
  std::map<std::string, std::string> labels;
  std::string value;  ///< as written
};

struct MetricFamily {
  std::string name;
  std::string type;
  std::string unit;
  std::string help;
  std::vector<MetricSample> samples;
};

struct Exposition {
  std::vector<MetricFamily> families;
  std::string error;  ///< `line 3: ...`, the first offence; empty where the text keeps the rules

  using Labels = std::vector<std::pair<std::string, std::string>>;
  /// The value of the one sample of this name with these labels among its own; a text that says
  /// what is wrong where there is none or more than one.
  [[nodiscard]] std::string Value(const std::string& sample, const Labels& labels = {}) const;
  [[nodiscard]] const MetricFamily* Find(const std::string& family) const;
};

/// Checks all that the standard asks for with MUST of the types that we write, and where it has a
/// SHOULD about `le` and units, that too. Timestamps, exemplars and unknown types are offences: we
/// never write any.
[[nodiscard]] Exposition ParseOpenMetrics(std::string_view text);

}  // namespace mlp::test
