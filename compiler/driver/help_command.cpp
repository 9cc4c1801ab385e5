#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diag/pages.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/source/nearest.hpp"

namespace mlp::compiler {
namespace {

using Commands = std::vector<const CLI::App*>;

int ShowAll(const Commands& commands) {
  std::size_t width = 0;
  for (const CLI::App* command : commands) width = std::max(width, command->get_name().size());
  fmt::print("Commands, each with `mlpc COMMAND --help`:\n");
  for (const CLI::App* command : commands)
    fmt::print("  {:<{}}  {}\n", command->get_name(), width, command->get_description());
  fmt::print("\nFindings, each with `mlpc help CODE`:\n");
  for (const CodeInfo& info : AllCodes())
    fmt::print("  {}  {:<7}  {}\n", info.name, ToString(info.severity), info.title);
  return kExitDone;
}

/// The code of `MLP0402`, `mlp0402` or `0402`.
std::optional<Code> CodeOf(std::string name) {
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const std::optional<Code> code = ParseCode(name);
  return code ? code : ParseCode("MLP" + name);
}

int ShowUnknown(const std::string& name, const Commands& commands) {
  std::vector<std::string_view> known;
  for (const CodeInfo& info : AllCodes()) known.push_back(info.name);
  for (const CLI::App* command : commands) known.push_back(command->get_name());
  const std::optional<std::string_view> nearest = NearestName(name, known);
  fmt::print(stderr, "mlpc help: there is no code or command `{}`; {}`mlpc help` lists all\n", name,
             nearest ? fmt::format("the nearest is `{}`, ", *nearest) : std::string());
  return kExitUsage;
}

int Show(const std::string& name, const Commands& commands) {
  const std::optional<Code> code = CodeOf(name);
  if (const std::optional<std::string_view> page = code ? CodePage(*code) : std::nullopt) {
    fmt::print("{}", *page);
    return kExitDone;
  }
  for (const CLI::App* command : commands) {
    if (command->get_name() != name) continue;
    fmt::print("{}", command->help("mlpc"));
    return kExitDone;
  }
  return ShowUnknown(name, commands);
}

}  // namespace

void AddHelpCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "help", "The page of a finding, as in `mlpc help MLP0402`; all findings and commands");
  const auto name = std::make_shared<std::string>();
  command->add_option("code", *name, "A code such as MLP0402 or a command; without one, a list");
  command->callback([name, &app, &exit_code] {
    const Commands commands = std::as_const(app).get_subcommands(nullptr);
    exit_code = name->empty() ? ShowAll(commands) : Show(*name, commands);
  });
}

}  // namespace mlp::compiler
