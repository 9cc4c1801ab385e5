// The formatter: what parses is laid out so that it says the same, and laid out again stays.
#include <string>

#include "compiler/format/format.hpp"
#include "compiler/parse/parse.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace mlp::compiler::fuzz {
namespace {

void Run(std::string_view input) {
  SourceSet sources;
  Diagnostics diagnostics;
  const ast::Tree tree =
      Parse(sources, sources.Add("before.mlp", std::string(input)), diagnostics, SmallParse());
  if (diagnostics.has_errors()) return;

  const std::string once = Format(sources, tree);
  // Longer by its layout, it may pass the limit of this target alone.
  ParseOptions options = SmallParse();
  options.max_bytes *= 64;
  const ast::Tree again = Parse(sources, sources.Add("after.mlp", once), diagnostics, options);
  Require(!diagnostics.has_errors(), "what was laid out parses");
  RequireSoundTree(again, sources, diagnostics);
  Require(SaysTheSame(sources, tree, again), "layout changes nothing that is said");
  Require(Format(sources, again) == once, "a second layout changes nothing");
  Require(once.empty() || once.back() == '\n', "the last line ends");
  Require(once.find(" \n") == std::string::npos, "no blanks at line ends");
}

}  // namespace
}  // namespace mlp::compiler::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mlp::compiler::fuzz::Run(mlp::compiler::fuzz::AsText(data, size));
  return 0;
}
