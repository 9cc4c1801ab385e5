#include "runtime/tools/shared_options.hpp"

namespace mlp::tools {

void AddFormat(CLI::App& command, std::string& format, const char* what) {
  command.add_option("--format", format, what)
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void AddImportRoots(CLI::App& command, std::vector<std::string>& import_roots) {
  command
      .add_option("--import-root", import_roots,
                  "where the policy's imports are looked for beside its folder")
      ->allow_extra_args(false);
}

void AddBaseUrls(CLI::App& command, std::vector<std::string>& base_urls) {
  command
      .add_option("--base-url", base_urls,
                  "PROVIDER=URL in place of the policy's endpoints: a proxy, a test server")
      ->allow_extra_args(false);
}

}  // namespace mlp::tools
