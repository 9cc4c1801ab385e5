// Diagnostics for programs: the JSON of `--format json`, whose schema is schema/check.schema.json.
#pragma once

#include <string>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

/// All of them, in the order given:
/// `{"version":1,"diagnostics":[{"code","severity","message","file","line","column","endLine","endColumn",
/// "related":[{"file","line","column","message"}],"help":[...],"witness":{ATTR:VALUE}|null}],
/// "summary":{"errors":N,"warnings":N}}` and a newline. The end is the place after the last
/// character.
[[nodiscard]] std::string RenderJson(const SourceSet& sources,
                                     const std::vector<Diagnostic>& diagnostics);

}  // namespace mlp::compiler
