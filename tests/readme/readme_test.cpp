// README.md and policies/README.md: their policies give the findings that the pages show, their
// commands are there, and so are the files that they name. The C++ is linked in from
// readme_cpp.cpp.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

const std::string kRoot = MLP_SOURCE_DIR;

struct Block {
  std::string mark;  ///< behind the opening fence
  std::string text;
};

/// The fenced blocks of a page. Throws on one without an end.
std::vector<Block> Blocks(const std::string& page) {
  std::vector<Block> blocks;
  std::istringstream lines(page);
  std::string line;
  bool inside = false;
  while (std::getline(lines, line)) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({line.substr(3), ""});
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  if (inside) throw std::runtime_error("a block without an end");
  return blocks;
}

std::vector<std::string> Matches(const std::string& text, const char* pattern) {
  std::vector<std::string> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// Each page with the folder that its links start from.
struct Page {
  std::string folder;
  std::string text;
};
std::vector<Page> Pages() {
  std::vector<Page> pages;
  for (const std::string& folder : {kRoot, kRoot + "/policies"})
    pages.push_back({folder, ReadWhole(folder + "/README.md")});
  return pages;
}

BOOST_AUTO_TEST_SUITE(readme)

BOOST_AUTO_TEST_CASE(blocks_are_of_kinds_that_are_tested) {
  for (const Page& page : Pages()) {
    for (const Block& block : Blocks(page.text)) {
      const bool known = block.mark.empty() || block.mark == "sh" || block.mark == "mlp" ||
                         block.mark == "cmake" || block.mark == "cpp";
      BOOST_TEST(known, page.folder << ": a block of `" << block.mark << "`");
      BOOST_TEST((block.mark != "cpp" || page.folder == kRoot), "only README.md's C++ is compiled");
    }
  }
}

BOOST_AUTO_TEST_CASE(policies_give_the_findings_shown_below_them) {
  std::size_t checked = 0;
  for (const Page& page : Pages()) {
    const std::vector<Block> blocks = Blocks(page.text);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (blocks[i].mark != "mlp") continue;
      const ScratchFolder folder;
      const std::vector<std::string> names = Matches(blocks[i].text, R"(\npolicy ([a-z0-9-]+))");
      BOOST_TEST_REQUIRE(names.size() == 1U);
      const std::string file = names.front() + ".mlp";
      WriteWhole(folder / file, blocks[i].text);
      const Surroundings here{.folder = folder.path().string()};
      const std::string roots = kRoot + "/policies";
      const Finished finished = Mlpc({"check", "--import-root", roots, file}, here);
      const bool shown = i + 1 < blocks.size() && blocks[i + 1].text.starts_with(file + ":");
      const std::string findings = shown ? blocks[i + 1].text : "";
      BOOST_TEST(finished.exit_code == (shown ? 1 : 0));
      BOOST_TEST(finished.err.substr(0, findings.size()) == findings);
      BOOST_TEST(finished.err.substr(findings.size()).starts_with(file + ": "), finished.err);
      // Each request to explain is one of the witnesses above, and is explained.
      for (const std::string& request :
           Matches(page.text, ("`mlpc explain " + file + " ([^`]*)`").c_str())) {
        BOOST_TEST(findings.find("witness: " + request + "\n") != std::string::npos, request);
        std::vector<std::string> words = {"explain", "--import-root", roots, file};
        for (const std::string& word : Words(request)) words.push_back(word);
        BOOST_TEST(Mlpc(words, here).exit_code == 0);
      }
      ++checked;
    }
  }
  BOOST_TEST(checked > 0U);
}

BOOST_AUTO_TEST_CASE(commands_are_there) {
  const std::string help = Mlpc({"--help"}).out;
  const std::string dev = ReadWhole(kRoot + "/dev");
  for (const Page& page : Pages()) {
    for (const std::string& word : Matches(page.text, R"(\./dev ([a-z]+))"))
      BOOST_TEST(dev.find("\n./dev " + word) != std::string::npos, "./dev " << word);
    for (const std::string& word : Matches(page.text, R"([`\n] *mlpc ([a-z]+))"))
      BOOST_TEST(help.find("\n  " + word + " ") != std::string::npos, "mlpc " << word);
  }
}

BOOST_AUTO_TEST_CASE(files_are_there) {
  for (const Page& page : Pages()) {
    std::vector<std::string> names = Matches(page.text, R"(\]\(([^):#]+)\))");
    for (const std::string& name : Matches(page.text, R"(`([a-z_./-]+\.(?:mlp|cpp|hpp|json|md))`)"))
      names.push_back(name);
    for (const std::string& name : names) {
      if (name == "catalog/NAME.mlp") continue;
      const std::vector<std::filesystem::path> folders = {page.folder, kRoot,
                                                          kRoot + "/runtime/include"};
      BOOST_TEST(
          std::any_of(folders.begin(), folders.end(),
                      [&](const auto& folder) { return std::filesystem::exists(folder / name); }),
          name);
    }
    BOOST_TEST(!names.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
