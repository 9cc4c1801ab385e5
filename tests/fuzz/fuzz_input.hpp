// What the fuzz targets share: an input as a small file system, and what must hold whatever it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/parse/program.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler::fuzz {

/// Prints what was broken and aborts, which a fuzzer keeps as a crash.
void Require(bool holds, std::string_view what);

/// The name of an input's first file.
inline constexpr const char* kMainFile = "main.mlp";

/// An input as files: up to a line `//// NAME` it is the main file, behind it the file NAME, and so
/// on. With catalogs, the goldens' own stand beside them; those of policies/ are so large that
/// nearly all the time would go into parsing them.
class InputReader final : public FileReader {
 public:
  InputReader(std::string_view input, bool with_catalogs);
  [[nodiscard]] std::optional<std::string> Read(const std::string& path) override;
  [[nodiscard]] std::vector<std::string> List(const std::string& folder) override;

 private:
  const std::map<std::string, std::string>& catalogs_;
  std::map<std::string, std::string> files_;
};

/// The bytes of a libFuzzer input as text.
[[nodiscard]] inline std::string_view AsText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Limits that keep one input below a second, and are themselves reached by some.
[[nodiscard]] ParseOptions SmallParse();

/// Every span lies in its file and every child in its parent; no node has two parents; broken
/// statements were reported.
void RequireSoundTree(const ast::Tree& tree, const SourceSet& sources,
                      const Diagnostics& diagnostics);

/// Every finding stands in a file, and every renderer takes them.
void RequireSoundDiagnostics(const SourceSet& sources, Diagnostics& diagnostics);

}  // namespace mlp::compiler::fuzz
