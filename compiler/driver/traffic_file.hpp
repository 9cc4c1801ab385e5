// Recorded requests: a file of JSON lines.
#pragma once

#include <string>
#include <vector>

#include "compiler/diff/diff.hpp"
#include "mlp/result.hpp"

namespace mlp::compiler {

/// One object a line, `{"tier":"free","input":12000,"asks":["streaming"],"@date":"2027-01-01"}`;
/// blank lines count as nothing. Members that are no text, number or list of texts are ignored,
/// since records hold more than the request. The error names the line.
[[nodiscard]] Result<std::vector<DiffOptions::Recorded>, std::string> ReadTraffic(
    const std::string& path);

}  // namespace mlp::compiler
