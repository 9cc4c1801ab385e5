// Lexer, parser and loader: bytes as a file and what it imports.
#include "compiler/parse/program.hpp"
#include "tests/fuzz/fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp::compiler;
  SourceSet sources;
  Diagnostics diagnostics;
  fuzz::InputReader reader(fuzz::AsText(data, size), /*with_catalogs=*/false);
  const Program program =
      LoadProgram(reader, fuzz::kMainFile, {}, sources, diagnostics, fuzz::SmallParse());
  fuzz::Require(program.trees.size() == program.imported.size(), "every tree is imported or main");
  for (const ast::Tree& tree : program.trees) {
    fuzz::RequireSoundTree(tree, sources, diagnostics);
    (void)ast::Dump(tree, sources);
  }
  fuzz::RequireSoundDiagnostics(sources, diagnostics);
  return 0;
}
