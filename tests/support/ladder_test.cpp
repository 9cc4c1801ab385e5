// The includes of the whole tree against the ladder, and the ladder against includes that are known
// wrong.
#include "tests/support/ladder.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using mlp::ladder::Layer;
using mlp::ladder::PublicHeaders;
using mlp::ladder::Violations;

const fs::path kRoot = MLP_SOURCE_DIR;

std::string Read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(stream, path << " cannot be read");
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<fs::path> SourcesUnder(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".hpp" || extension == ".cpp" || extension == ".h" || extension == ".def") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The row a file stands under: public headers under the layer of their types.
std::string FolderOf(const fs::path& relative) {
  auto part = relative.begin();
  const std::string house = (part++)->string();
  if (house == "grammar" || house == "generated") return house;
  const std::string folder = part->string();
  if (house == "runtime" && folder == "include") {
    return Layer(fs::relative(relative, "runtime/include").generic_string(), false);
  }
  return house + "/" + folder;
}

BOOST_AUTO_TEST_SUITE(ladder)

BOOST_AUTO_TEST_CASE(whole_tree_keeps_to_the_ladder) {
  std::size_t count = 0;
  for (const char* house : {"grammar", "compiler", "runtime", "generated"}) {
    for (const fs::path& file : SourcesUnder(kRoot / house)) {
      const fs::path relative = fs::relative(file, kRoot);
      for (const std::string& message :
           Violations(FolderOf(relative), relative.generic_string(), Read(file))) {
        BOOST_ERROR(message);
      }
      ++count;
    }
  }
  BOOST_TEST(count > 8U);
}

BOOST_AUTO_TEST_CASE(generated_policies_include_exactly_one_public_header) {
  std::map<std::string, std::string> texts;  // header and source of a policy together
  for (const fs::path& file : SourcesUnder(kRoot / "generated")) {
    texts[file.stem().string()] += Read(file);
  }
  for (const auto& [name, text] : texts) {
    BOOST_TEST_CONTEXT(name) { BOOST_TEST(PublicHeaders(text).size() == 1U); }
  }
}

BOOST_AUTO_TEST_CASE(wrong_includes_are_found) {
  struct Case {
    const char* folder;
    const char* line;
    const char* message;  // empty: allowed
  };
  const Case cases[] = {
      {"runtime/core", "#include <span>", ""},
      {"runtime/core", "#include \"mlp/tables.hpp\"", ""},
      {"runtime/core", "#include <fmt/core.h>", "runtime/core may not include fmt/core.h of fmt"},
      {"runtime/core", "#include <nlohmann/json.hpp>",
       "runtime/core may not include nlohmann/json.hpp of json"},
      {"runtime/core", "#include \"compiler/ast/ast.hpp\"",
       "runtime/core may not include compiler/ast/ast.hpp of compiler/ast"},
      {"runtime/core", "#include \"mlp/client.hpp\"",
       "runtime/core may not include mlp/client.hpp of runtime/engine"},
      {"runtime/store", "#include <sqlite3.h>", ""},
      {"runtime/store", "  #  include <curl/curl.h>",
       "runtime/store may not include curl/curl.h of curl"},
      {"runtime/engine", "#include \"runtime/transport/curl_pool.hpp\"", ""},
      {"runtime/engine", "#include <sqlite3.h>",
       "runtime/engine may not include sqlite3.h of sqlite"},
      {"runtime/engine", "#include \"grammar/grammar.hpp\"",
       "runtime/engine may not include grammar/grammar.hpp of grammar"},
      {"compiler/parse", "#include <tao/pegtl.hpp>", ""},
      {"compiler/check", "#include \"grammar/grammar.hpp\"",
       "compiler/check may not include grammar/grammar.hpp of grammar"},
      {"compiler/model", "#include \"compiler/ast/ast.hpp\"",
       "compiler/model may not include compiler/ast/ast.hpp of compiler/ast"},
      {"compiler/diagram", "#include \"compiler/check/check.hpp\"",
       "compiler/diagram may not include compiler/check/check.hpp of compiler/check"},
      {"compiler/driver", "#include \"compiler/check/check.hpp\"", ""},
      {"compiler/driver", "#include \"runtime/engine/client.hpp\"",
       "compiler/driver may not include runtime/engine/client.hpp of runtime/engine"},
      {"compiler/ast", "#include \"ast.hpp\"", "compiler/ast may not include ast.hpp"},
      {"grammar", "#include <fmt/format.h>", "grammar may not include fmt/format.h of fmt"},
      {"generated", "#include \"mlp/decide.hpp\"", ""},
      {"generated", "#include \"support.mlp.h\"", ""},
      {"generated", "#include \"runtime/core/classify.hpp\"",
       "generated may not include runtime/core/classify.hpp of runtime/core"},
      {"generated", "#include \"runtime/store/store.hpp\"",
       "generated may not include runtime/store/store.hpp of runtime/store"},
  };
  for (const Case& each : cases) {
    const std::string expected =
        *each.message == '\0' ? "" : "f.cpp:2: " + std::string(each.message);
    const auto found =
        Violations(each.folder, "f.cpp", "// why\n" + std::string(each.line) + "\nint x;\n");
    BOOST_TEST_CONTEXT(each.folder << " " << each.line) {
      BOOST_TEST((found.empty() ? "" : found.front()) == expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(public_headers_may_not_show_private_ones) {
  const char* text = "#include \"runtime/core/classify.hpp\"\n";
  BOOST_TEST(Violations("runtime/core", "runtime/core/decide.cpp", text).empty());
  BOOST_TEST(Violations("runtime/core", "runtime/include/mlp/decide.hpp", text).size() == 1U);
}

BOOST_AUTO_TEST_CASE(folders_without_a_row_are_found) {
  BOOST_TEST(Violations("compiler/extra", "f.cpp", "").size() == 1U);
}

BOOST_AUTO_TEST_CASE(public_headers_are_counted_once) {
  BOOST_TEST(PublicHeaders("#include \"mlp/a.hpp\"\n#include \"mlp/b.hpp\"\n#include <array>\n"
                           "#include \"mlp/a.hpp\"\n")
                 .size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
