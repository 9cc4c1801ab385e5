#include "runtime/tools/taken_down.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "runtime/report/since.hpp"
#include "runtime/store/operator_downs.hpp"

namespace mlp::tools {

Result<std::vector<OperatorDown>> TakenDown(const std::string& store, std::int64_t now_s) {
  const std::string path = store + ".ledger";
  if (!std::filesystem::exists(path)) return std::vector<OperatorDown>{};
  OperatorDowns file;
  if (Status opened = file.OpenToRead(path); !opened) {
    if (file.is_older()) return std::vector<OperatorDown>{};
    return opened.error();
  }
  auto downs = file.List();
  if (downs) std::erase_if(*downs, [&](const OperatorDown& down) { return down.until_s <= now_s; });
  return downs;
}

std::string Words(const std::vector<OperatorDown>& downs) {
  std::string words;
  for (const OperatorDown& down : downs) {
    words += fmt::format(
        "{} is down {}, by {} since {}{}{}\n", down.name,
        down.until_s == kForever ? "until it is taken up"
                                 : "until " + FormatInstant(down.until_s * 1'000'000),
        down.who, FormatInstant(down.at_s * 1'000'000), down.why.empty() ? "" : ": ", down.why);
  }
  return words;
}

}  // namespace mlp::tools
