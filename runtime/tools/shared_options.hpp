// Options that several commands have, with the same words.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace mlp::tools {

/// `--format text|json`; `format` has its default.
void AddFormat(CLI::App& command, std::string& format, const char* what = "text or json");
/// `--import-root DIR`, any number of times.
void AddImportRoots(CLI::App& command, std::vector<std::string>& import_roots);
/// `--base-url PROVIDER=URL`, any number of times.
void AddBaseUrls(CLI::App& command, std::vector<std::string>& base_urls);

}  // namespace mlp::tools
