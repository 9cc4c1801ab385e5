// The ladder of includes: which folder may include what, as a table, and the check of one file
// against it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlp::ladder {

/// What an include line names: one of our folders (`compiler/ast`, `runtime/core`), a library
/// (`fmt`, `json`, `pegtl`, `sqlite`, `curl`, `cli11`, `posix`, `std`), or empty when it is
/// neither.
[[nodiscard]] std::string Layer(std::string_view included, bool angled);

/// One message `path:line: ...` for each include in `text` that the row of `folder` does not allow.
/// `folder` is as in Layer(); a folder without a row is itself a violation.
[[nodiscard]] std::vector<std::string> Violations(std::string_view folder, std::string_view path,
                                                  std::string_view text);

/// The public runtime headers that `text` includes, without repetition.
[[nodiscard]] std::vector<std::string> PublicHeaders(std::string_view text);

}  // namespace mlp::ladder
