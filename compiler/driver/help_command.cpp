#include <memory>
#include <string>

#include <fmt/format.h>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diag/pages.hpp"
#include "compiler/driver/commands.hpp"

namespace mlp::compiler {
namespace {

int ShowAll() {
  for (const CodeInfo& info : AllCodes()) fmt::print("{}  {}\n", info.name, info.title);
  return kExitDone;
}

int Show(const std::string& name) {
  const std::optional<Code> code = ParseCode(name);
  const std::optional<std::string_view> page = code ? CodePage(*code) : std::nullopt;
  if (!page) {
    fmt::print(stderr, "mlpc help: there is no code `{}`; `mlpc help` lists all\n", name);
    return kExitUsage;
  }
  fmt::print("{}", *page);
  return kExitDone;
}

}  // namespace

void AddHelpCommand(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("help", "The page of a diagnostic, as in `mlpc help MLP0402`");
  const auto name = std::make_shared<std::string>();
  command->add_option("code", *name, "A code such as MLP0402; without one, all codes");
  command->callback([name, &exit_code] { exit_code = name->empty() ? ShowAll() : Show(*name); });
}

}  // namespace mlp::compiler
