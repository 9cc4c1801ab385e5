// mlp down, mlp up: the operator's hand on models and providers.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/report/since.hpp"
#include "runtime/store/operator_downs.hpp"
#include "runtime/tools/by_hand.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/shared_options.hpp"
#include "runtime/tools/taken_down.hpp"

namespace mlp::tools {
namespace {

struct Arguments {
  std::string name;
  std::string store;
  std::string lasts;
  std::string why;
  std::string who;
  std::string format = "text";
};

int List(const Arguments& arguments) {
  const auto downs = TakenDown(arguments.store, NowS());
  if (!downs) return Refuse("down", downs.error().context);
  if (arguments.format == "text") {
    std::fputs(downs->empty() ? "nothing is taken down\n" : Words(*downs).c_str(), stdout);
    return kExitDone;
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const OperatorDown& down : *downs) {
    nlohmann::ordered_json until = nullptr;
    if (down.until_s != kForever) until = FormatInstant(down.until_s * 1'000'000);
    list.push_back({{"name", down.name},
                    {"until", until},
                    {"why", down.why},
                    {"who", down.who},
                    {"at", FormatInstant(down.at_s * 1'000'000)}});
  }
  const nlohmann::ordered_json page{{"version", 1}, {"takenDown", list}};
  std::printf("%s\n", page.dump(2).c_str());
  return kExitDone;
}

int Down(const Arguments& arguments) {
  if (arguments.name.empty()) return List(arguments);
  OperatorDown down{.name = arguments.name,
                    .why = arguments.why,
                    .who = OperatorName(arguments.who),
                    .at_s = NowS()};
  if (!arguments.lasts.empty()) {
    // A duration before the beginning of 1970 is below it; an instant is not.
    const std::optional<std::int64_t> before = ParseSince(arguments.lasts, 0);
    if (!before || *before >= 0 || -*before / 1'000'000 < 1) {
      return Refuse("down", fmt::format("`{}` is no time; write --for as 90s, 30m, 2h, 7d or 2w",
                                        arguments.lasts));
    }
    down.until_s = down.at_s - *before / 1'000'000;
  }
  if (!std::filesystem::exists(arguments.store)) {
    std::fprintf(stderr, "mlp down: there is no store at %s yet; what opens one there will obey\n",
                 arguments.store.c_str());
  }
  OperatorDowns file;
  if (Status opened = file.Open(arguments.store + ".ledger"); !opened) {
    return Refuse("down", opened.error().context);
  }
  if (Status set = file.Set(down); !set) return Refuse("down", set.error().context);
  std::fputs(Words({down}).c_str(), stdout);
  return kExitDone;
}

int Up(const Arguments& arguments) {
  const std::string path = arguments.store + ".ledger";
  if (!std::filesystem::exists(path)) {
    return Refuse("up", fmt::format("{}: there is no such file; check --store", path));
  }
  OperatorDowns file;
  if (Status opened = file.Open(path); !opened) return Refuse("up", opened.error().context);
  const Result<bool> cleared = file.Clear(arguments.name);
  if (!cleared) return Refuse("up", cleared.error().context);
  if (!*cleared) {
    std::fprintf(stderr, "mlp up: `%s` was not down\n", arguments.name.c_str());
    return kExitFindings;
  }
  std::printf("%s is up\n", arguments.name.c_str());
  return kExitDone;
}

}  // namespace

void AddDownCommands(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<Arguments>();
  constexpr const char* kStore = "the store's file, as the services name it";
  CLI::App* down = app.add_subcommand(
      "down", "Take a model or provider down for all services on a store; without a name, list");
  down->add_option("NAME", arguments->name, "a model, or a provider with all its models");
  down->add_option("--store", arguments->store, kStore)->required();
  down->add_option("--for", arguments->lasts, "90s, 30m, 2h, 7d, 2w; left out: until mlp up");
  down->add_option("--why", arguments->why, "shown wherever it is left alone");
  down->add_option("--who", arguments->who, "who does this; left out: the user");
  AddFormat(*down, arguments->format, "of the list: text or json");
  down->callback([arguments, &exit_code] { exit_code = Down(*arguments); });

  CLI::App* up = app.add_subcommand("up", "End what mlp down began");
  up->add_option("NAME", arguments->name, "as it was given to mlp down")->required();
  up->add_option("--store", arguments->store, kStore)->required();
  up->callback([arguments, &exit_code] { exit_code = Up(*arguments); });
}

}  // namespace mlp::tools
