#include "compiler/driver/traffic_file.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/ast/literals.hpp"
#include "compiler/pipeline/files.hpp"

namespace mlp::compiler {
namespace {

using Json = nlohmann::json;

std::optional<std::string> ValueWord(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  if (value.is_number()) return fmt::format("{}", value.get<double>());
  if (!value.is_array()) return std::nullopt;
  std::string list;
  for (const Json& member : value) {
    if (!member.is_string()) return std::nullopt;
    list += (list.empty() ? "" : ",") + member.get<std::string>();
  }
  return list;
}

std::optional<DiffOptions::Recorded> ReadRecord(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  DiffOptions::Recorded record;
  for (const auto& [name, value] : json.items()) {
    const auto word = ValueWord(value);
    if (!word) continue;
    if (name != "@date") {
      record.words.emplace_back(name, *word);
      continue;
    }
    record.at_s = ast::ReadDate(*word);
    if (!record.at_s) return std::nullopt;
  }
  return record;
}

}  // namespace

Result<std::vector<DiffOptions::Recorded>, std::string> ReadTraffic(const std::string& path) {
  const std::optional<std::string> text = DiskReader().Read(path);
  if (!text) return fmt::format("cannot read {}", path);
  std::vector<DiffOptions::Recorded> records;
  std::size_t number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto record = ReadRecord(line);
    if (!record) {
      return fmt::format("{}:{}: not a JSON object of request attributes", path, number);
    }
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace mlp::compiler
