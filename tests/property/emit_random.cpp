// Writes random policies as the C++ that mlpc emits for them, to be compiled into the property
// test: emit_random COUNT UNITS DIR. Policies are dealt to UNITS translation units, unit0.cpp and
// so on.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/emit/emit.hpp"
#include "tests/property/compiled.hpp"
#include "tests/property/random_policy.hpp"

namespace {

bool Write(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && written;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto count = static_cast<std::size_t>(std::atoi(argv[1]));
  const auto unit_count = static_cast<std::size_t>(std::atoi(argv[2]));
  const std::string folder = argv[3];
  std::vector<std::string> units(unit_count);
  std::string table = "// Every random policy by its seed.\n#include \"mlp/policy.hpp\"\n";
  std::string rows;
  for (std::size_t seed = 0; seed < count; ++seed) {
    const mlp::oracle::RandomPolicy policy = mlp::oracle::MakeRandomPolicy(
        seed, 1, mlp::oracle::kSmallDomain, mlp::oracle::Experiments::kSome);
    const auto compiled = mlp::oracle::CompileText(policy.name, policy.text);
    if (!compiled->tables) {
      fmt::print(stderr, "seed {} does not compile:\n{}\n{}\n", seed, policy.text,
                 compiled->errors());
      return 1;
    }
    const mlp::compiler::EmittedFiles files =
        mlp::compiler::Emit(compiled->tables->view(), {.policy_file = policy.name + ".mlp"});
    if (!Write(folder + "/" + files.header_name, files.header) ||
        !Write(folder + "/" + files.source_name, files.source)) {
      return 1;
    }
    units[seed % unit_count] += fmt::format("#include \"{}\"\n", files.source_name);
    table += fmt::format("namespace random_{} {{ const mlp::Policy& Policy() noexcept; }}\n", seed);
    rows += fmt::format("  &random_{}::Policy(),\n", seed);
  }
  table += "namespace mlp::oracle {\nconst Policy* EmittedPolicy(std::size_t seed) {\n";
  table +=
      "  const Policy* const policies[] = {\n" + rows + "  };\n  return policies[seed];\n}\n}\n";
  units[0] += table;
  for (std::size_t i = 0; i < unit_count; ++i) {
    if (!Write(fmt::format("{}/unit{}.cpp", folder, i), units[i])) return 1;
  }
  return 0;
}
