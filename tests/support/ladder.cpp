#include "tests/support/ladder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace mlp::ladder {
namespace {

struct Row {
  std::string_view folder;
  std::string_view may_include;  // words; beside these the folder itself, std, and see Allowed()
};

// Anything not listed is forbidden. `compiler/*` stands for every folder of the compiler.
constexpr std::array kRows = std::to_array<Row>({
    {"grammar", "pegtl"},
    {"compiler/source", ""},
    {"compiler/diag", "compiler/source"},
    {"compiler/ast", "compiler/source"},
    {"compiler/parse", "grammar pegtl compiler/ast compiler/diag compiler/source"},
    {"compiler/model", "compiler/source runtime/core"},
    {"compiler/check", "compiler/ast compiler/diag compiler/source compiler/model"},
    {"compiler/evaluation",
     "compiler/parse compiler/ast compiler/model compiler/diag compiler/source runtime/core"},
    {"compiler/diagram", "compiler/model compiler/diag compiler/source runtime/core"},
    {"compiler/prove",
     "compiler/diagram compiler/model compiler/diag compiler/source runtime/core"},
    {"compiler/catalog", "compiler/diagram compiler/model compiler/source runtime/core"},
    {"compiler/graph",
     "compiler/prove compiler/diagram compiler/model compiler/source runtime/core"},
    {"compiler/diff",
     "compiler/explain compiler/diagram compiler/model compiler/diag compiler/source "
     "runtime/core"},
    {"compiler/emit", "compiler/diagram compiler/model compiler/source runtime/core"},
    {"compiler/explain",
     "compiler/ast compiler/diagram compiler/model compiler/source runtime/core"},
    {"compiler/format", "compiler/ast compiler/parse compiler/source"},
    {"compiler/import", "compiler/model"},
    {"compiler/testing",
     "compiler/ast compiler/diag compiler/diagram compiler/explain compiler/format compiler/model "
     "compiler/parse compiler/source runtime/core"},
    {"compiler/pipeline",
     "compiler/parse compiler/check compiler/evaluation compiler/diagram compiler/prove "
     "compiler/model compiler/ast compiler/diag compiler/source posix"},
    {"compiler/lsp", "compiler/* runtime/core cli11 posix"},
    {"compiler/driver", "compiler/* runtime/core cli11 posix"},
    {"runtime/core", "cpu"},
    {"runtime/store", "runtime/core sqlite posix"},
    {"runtime/transport", "runtime/core curl posix"},
    {"runtime/engine", "runtime/core runtime/store runtime/transport hnswlib posix valijson"},
    {"runtime/report", "runtime/core runtime/store"},
    {"runtime/loader",
     "compiler/pipeline compiler/diag compiler/diagram compiler/format compiler/source "
     "runtime/core runtime/engine"},
    {"runtime/tools",
     "runtime/core runtime/store runtime/transport runtime/engine runtime/report runtime/loader "
     "generated cli11 posix"},
    {"generated", "runtime/core"},
});

// Public headers above the core: the folder whose types they show. All others are the core's.
struct PublicHeader {
  std::string_view name;
  std::string_view layer;
};
constexpr std::array kPublicHeaders = std::to_array<PublicHeader>({
    {"mlp/client.hpp", "runtime/engine"},
    {"mlp/loader.hpp", "runtime/loader"},
    {"mlp/store.hpp", "runtime/store"},
    {"mlp/http_client.hpp", "runtime/transport"},
});

struct Library {
  std::string_view prefix;
  std::string_view name;
};
constexpr std::array kLibraries = std::to_array<Library>({
    {"tao/pegtl", "pegtl"},
    {"fmt/", "fmt"},
    {"hnswlib/", "hnswlib"},
    {"nlohmann/", "json"},
    {"sqlite3.h", "sqlite"},
    {"curl/", "curl"},
    {"CLI/", "cli11"},
    {"valijson/", "valijson"},
    {"cpuid.h", "cpu"},
    {"immintrin.h", "cpu"},
    {"sys/", "posix"},
    {"netinet/", "posix"},
    {"arpa/", "posix"},
});

struct Include {
  std::size_t line;  // 1-based
  std::string_view name;
  bool angled;
};

std::optional<Include> ParseLine(std::string_view line, std::size_t number) {
  const auto skip_blanks = [&line] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  };
  const auto skip_word = [&line](std::string_view word) {
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    return true;
  };
  skip_blanks();
  if (!skip_word("#")) return std::nullopt;
  skip_blanks();
  if (!skip_word("include")) return std::nullopt;
  skip_blanks();
  if (line.empty() || (line.front() != '<' && line.front() != '"')) return std::nullopt;
  const bool angled = line.front() == '<';
  line.remove_prefix(1);
  return Include{number, line.substr(0, line.find(angled ? '>' : '"')), angled};
}

std::vector<Include> Includes(std::string_view text) {
  std::vector<Include> found;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (const auto include = ParseLine(text.substr(0, end), number)) found.push_back(*include);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found;
}

bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

// Files that users build with see the public headers alone, whatever their layer's row would allow.
bool SeenByUsers(std::string_view folder, std::string_view path) {
  return folder == "generated" || path.starts_with("runtime/include/");
}

bool Allowed(const Row& row, std::string_view layer) {
  if (layer == "std" || layer == row.folder) return true;
  if (layer == "fmt" || layer == "json") {
    return row.folder != "grammar" && row.folder != "runtime/core" && row.folder != "generated";
  }
  if (layer.starts_with("compiler/") && HasWord(row.may_include, "compiler/*")) return true;
  return HasWord(row.may_include, layer);
}

}  // namespace

std::string Layer(std::string_view included, bool angled) {
  for (const Library& library : kLibraries) {
    if (included.starts_with(library.prefix)) return std::string(library.name);
  }
  if (angled) {
    if (included.find('/') != std::string_view::npos) return "";
    return included.ends_with(".h") ? "posix" : "std";
  }
  if (included.ends_with(".mlp.h")) return "generated";
  for (const PublicHeader& header : kPublicHeaders) {
    if (included == header.name) return std::string(header.layer);
  }
  if (included.starts_with("mlp/")) return "runtime/core";
  if (included.starts_with("grammar/")) return "grammar";
  if (included.starts_with("generated/")) return "generated";
  for (const std::string_view house : {"compiler/", "runtime/"}) {
    if (!included.starts_with(house)) continue;
    const std::size_t slash = included.find('/', house.size());
    if (slash != std::string_view::npos) return std::string(included.substr(0, slash));
  }
  return "";
}

std::vector<std::string> Violations(std::string_view folder, std::string_view path,
                                    std::string_view text) {
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                [folder](const Row& each) { return each.folder == folder; });
  if (row == kRows.end()) {
    return {std::string(path) + ": the folder " + std::string(folder) + " is not in the ladder"};
  }
  std::vector<std::string> found;
  for (const Include& include : Includes(text)) {
    const std::string layer = Layer(include.name, include.angled);
    const bool hidden = SeenByUsers(folder, path) && include.name.starts_with("runtime/");
    if (Allowed(*row, layer) && !hidden) continue;
    found.push_back(std::string(path) + ":" + std::to_string(include.line) + ": " +
                    std::string(folder) + " may not include " + std::string(include.name) +
                    (layer.empty() ? "" : " of " + layer));
  }
  return found;
}

std::vector<std::string> PublicHeaders(std::string_view text) {
  std::vector<std::string> found;
  for (const Include& include : Includes(text)) {
    if (!include.name.starts_with("mlp/")) continue;
    if (std::find(found.begin(), found.end(), include.name) == found.end()) {
      found.emplace_back(include.name);
    }
  }
  return found;
}

}  // namespace mlp::ladder
