// A result file of `mlp eval`, read and held against its own hash.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mlp/result.hpp"

namespace mlp::compiler {

/// A model as it was asked, and how many of the cases it passed.
struct EvaluatedModel {
  std::string name;        ///< in the policy of the evaluation
  std::string id;          ///< what the provider was asked for
  std::string provider;    ///< by name
  std::string parameters;  ///< of a variant: a JSON object, else empty
  std::int64_t asked = 0;
  std::int64_t passed = 0;  ///< 0 .. asked
};

struct ResultFile {
  std::string measure;      ///< the score's name in policies
  std::int64_t date_s = 0;  ///< the day of the evaluation, seconds since 1970 UTC
  std::string suite_name;   ///< for words
  std::string suite_path;   ///< relative to the result's folder; empty where it is not known
  std::string suite_hash;   ///< SHA-256 of the suite's file, hex
  std::int64_t cases = 0;   ///< of the suite
  bool stopped = false;     ///< by a ceiling of costs, before the suite's end
  std::array<EvaluatedModel, 2> models;  ///< candidate and baseline
};

/// Most bytes of a result: as of a policy's file.
inline constexpr std::size_t kMostResultBytes = std::size_t{16} << 20;

/// The error is what is wrong with the file as a whole, in words that follow its name: `is no
/// result of mlp eval`. Any text may be given.
[[nodiscard]] Result<ResultFile, std::string> ReadResultFile(std::string_view text);

}  // namespace mlp::compiler
