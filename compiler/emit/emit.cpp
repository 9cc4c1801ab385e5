#include "compiler/emit/emit.hpp"

#include <fmt/format.h>

#include "compiler/emit/header.hpp"
#include "compiler/emit/source.hpp"

namespace mlp::compiler {

EmittedFiles Emit(const Tables& tables, const EmitOptions& options) {
  EmittedFiles files;
  files.header_name = fmt::format("{}.mlp.h", tables.name);
  files.source_name = fmt::format("{}.mlp.cpp", tables.name);
  const std::string banner = fmt::format(
      "// Policy {} {}, compiled by mlpc from {} (table format {}).\n"
      "// Do not edit; after a change of the policy: mlpc compile {} -o DIR\n",
      tables.name, tables.version, options.policy_file, tables.format, options.policy_file);
  files.header = emit::Header(tables, banner);
  files.source = emit::Source(tables, banner, files.header_name);
  return files;
}

}  // namespace mlp::compiler
