// Names for models whose ids have other characters than the language's names.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mlp::compiler {

/// `id` without a final date (-2025-09-29, -20250929) or build number of three or four digits
/// (-001, -2512); `id` itself where it ends otherwise.
[[nodiscard]] std::string_view WithoutBuild(std::string_view id);

/// The name of a model: its id without the final date or build number where the rest is one of its
/// aliases, otherwise the whole id; in lower case, every run of other characters turned into one
/// `-`. What would not begin with a letter, or is a reserved word, gets `model-` in front.
[[nodiscard]] std::string NameFromId(std::string_view id, const std::vector<std::string>& aliases);

/// Any text as a name: the last step of NameFromId.
[[nodiscard]] std::string NameFromText(std::string_view text);

/// Keeps names apart. The first model keeps a name; one that meets it later is named after its
/// whole id, then with its provider in front, then with a number behind, whichever is free first.
class Namer {
 public:
  /// The name of a further model; notes every meeting in `conflicts`.
  std::string Add(std::string_view provider, std::string_view id,
                  const std::vector<std::string>& aliases, std::vector<std::string>& conflicts);

 private:
  std::map<std::string, std::string> owner_of_;  ///< name -> "provider id"
};

}  // namespace mlp::compiler
