#include "compiler/emit/source.hpp"

#include <fmt/format.h>

#include "compiler/emit/source_parts.hpp"
#include "compiler/emit/spelling.hpp"
#include "compiler/emit/table_writer.hpp"

namespace mlp::compiler::emit {

std::string Source(const Tables& tables, const std::string& banner,
                   const std::string& header_name) {
  TableWriter out;
  out.Print(banner);
  out.Line();
  out.Line(fmt::format("// {} routes, {} roots, {} nodes, {} leaves, {} rows, {} guards.",
                       tables.routes.size(), tables.roots.size(), tables.nodes.size(),
                       tables.leaves.size(), tables.rows.size(), tables.guards.size()));
  out.Print("#include \"$header$\"\n\nnamespace $policy$ {\nnamespace {\n\n// clang-format off\n",
            {{"header", header_name}, {"policy", Identifier(tables.name)}});
  WriteRequests(tables, out);
  WriteDiagram(tables, out);
  WriteLeaves(tables, out);
  WriteRoutes(tables, out);
  WriteCatalog(tables, out);
  WriteBesideTheRoutes(tables, out);
  WriteRoot(tables, out);
  out.Print(R"(
// clang-format on

const mlp::Policy kPolicy{kTables};

}  // namespace

const mlp::Policy& Policy() noexcept { return kPolicy; }

}  // namespace $policy$)",
            {{"policy", Identifier(tables.name)}});
  return out.Take();
}

}  // namespace mlp::compiler::emit
