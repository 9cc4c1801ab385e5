#include "runtime/tools/sums_only.hpp"

#include <fmt/format.h>

#include "runtime/report/figures.hpp"

namespace mlp::tools {

std::string SumsOnly(StoreReader& reader, std::int64_t from_us) {
  const auto kept = reader.Kept();
  if (!kept || kept->calls_us <= from_us) return {};
  std::int64_t calls = 0;
  const auto span = reader.ForEachRecorded(
      {.from_us = from_us, .to_us = kept->calls_us, .most_rows = 0}, [](const CallRecord&) {},
      [&calls](std::int64_t, const CellKey& key, const RolledCell& cell) {
        if (key.kind == CellKind::kCalls) calls += cell.calls;
      });
  if (!span || calls == 0) return {};
  return fmt::format("{} calls from before {} UTC are kept in sums only", Grouped(calls),
                     Minute(kept->calls_us));
}

}  // namespace mlp::tools
