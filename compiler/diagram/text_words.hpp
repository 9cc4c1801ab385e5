// A set of texts in the policy language's words, exactly.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mlp::compiler {

/// `tenant starts-with "ac" and tenant != "acme"`: the classes between the cuts (DiagramAxis) that
/// are in, by the texts and prefixes that the cuts stem from. Nothing where they do not tell the
/// set, and for all classes.
[[nodiscard]] std::optional<std::string> TextSetWords(const std::string& attribute,
                                                      const std::vector<std::string>& cuts,
                                                      const std::vector<bool>& in);

}  // namespace mlp::compiler
