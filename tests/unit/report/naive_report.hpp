// The numbers of a report computed the slow and obvious way: one pass over all calls for each.
#pragma once

#include <string>
#include <vector>

#include "mlp/record.hpp"
#include "runtime/report/report.hpp"

namespace mlp {

[[nodiscard]] ReportRow NaiveRoute(const std::vector<CallRecord>& calls, const std::string& route);
[[nodiscard]] ReportRow NaiveModel(const std::vector<CallRecord>& calls, const std::string& model);

}  // namespace mlp
