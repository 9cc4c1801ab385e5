// From a store's calls to a Report.
#pragma once

#include <cstdint>
#include <string>

#include "mlp/result.hpp"
#include "runtime/report/report.hpp"

namespace mlp {

/// The report on the calls of the store at `path` that began in [from_us, to_us). Quantiles come
/// from sorting all samples of the window: 8 bytes of memory for each attempt and call.
[[nodiscard]] Result<Report> QueryReport(const std::string& path, std::int64_t from_us,
                                         std::int64_t to_us);

}  // namespace mlp
