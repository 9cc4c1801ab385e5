// The catalog that is checked in: fresh, whole, and free of faults in the eyes of the project's own
// parser.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/ast/ast.hpp"
#include "compiler/ast/literals.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/format/format.hpp"
#include "compiler/parse/parse.hpp"
#include "compiler/source/source_set.hpp"
#include "tests/unit/import/import_support.hpp"

namespace {

using namespace mlp::compiler;
using mlp::compiler::test::ReadSource;

constexpr std::size_t kModels = 98;
const std::set<std::string> kProviders{"anthropic", "cohere", "deepseek", "google", "groq",
                                       "mistral",   "ollama", "openai",   "xai"};

const ImportResult& Catalog() {
  static const ImportResult result =
      Import("catalog", ReadSource("policies/catalog/source/catalog.json"));
  return result;
}

bool IsName(std::string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z' || text.back() == '-') return false;
  char before = 'a';
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!word && (c != '-' || before == '-')) return false;
    before = c;
  }
  return true;
}

/// Parses and expects no finding; the tree's own sources must be given.
ast::Tree ParseClean(SourceSet& sources, const std::string& name, const std::string& text) {
  Diagnostics diagnostics;
  const ast::Tree tree = Parse(sources, sources.Add(name, text), diagnostics);
  for (const Diagnostic& finding : diagnostics.all()) {
    const LineColumn place = sources.Locate(finding.span.file, finding.span.begin);
    BOOST_ERROR(name << ":" << place.line << ":" << place.column << ": " << finding.message);
  }
  return tree;
}

std::vector<ast::NodeId> Declarations(const ast::Tree& tree, ast::Kind kind) {
  std::vector<ast::NodeId> found;
  for (const ast::NodeId id : tree.children(tree.root)) {
    if (tree.kind(id) == kind) found.push_back(id);
  }
  return found;
}

std::string_view NameOf(const ast::Tree& tree, const SourceSet& sources, ast::NodeId id) {
  const ast::NodeId name = tree.Child(id, ast::Kind::kName);
  return name == ast::kNoNode ? std::string_view() : sources.text(tree.span(name));
}

BOOST_AUTO_TEST_SUITE(CatalogFiles)

BOOST_AUTO_TEST_CASE(AreWhatTheImporterWritesToday) {
  BOOST_REQUIRE_MESSAGE(Catalog().ok(), Catalog().error);
  std::set<std::string> names;
  for (const auto& [name, text] : Catalog().files) {
    names.insert(name.substr(0, name.find('.')));
    SourceSet sources;
    const std::string canonical = Format(sources, ParseClean(sources, name, text));
    BOOST_TEST((ReadSource("policies/catalog/" + name) == canonical),
               name << " is stale: mlpc import catalog policies/catalog/source/catalog.json -o "
                       "policies/catalog");
  }
  BOOST_TEST(names == kProviders, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AreTheSameEveryTime) {
  const ImportResult again = Import("catalog", ReadSource("policies/catalog/source/catalog.json"));
  BOOST_TEST((again.files == Catalog().files));
  BOOST_TEST((again.conflicts == Catalog().conflicts));
  BOOST_TEST((again.text == Catalog().text));
}

BOOST_AUTO_TEST_CASE(HoldEveryModelUnderANameOfItsOwn) {
  SourceSet sources;
  std::set<std::string> names;
  std::map<std::string, std::string> successors;
  for (const auto& [file, text] : Catalog().files) {
    const ast::Tree tree = ParseClean(sources, file, text);
    std::set<std::string> here;
    for (const ast::NodeId model : Declarations(tree, ast::Kind::kModel)) {
      const std::string name(NameOf(tree, sources, model));
      BOOST_TEST(IsName(name), name);
      BOOST_TEST(names.insert(name).second, name << " twice");
      here.insert(name);
      const ast::NodeId successor = tree.Child(model, ast::Kind::kSuccessor);
      if (successor != ast::kNoNode) successors[name] = NameOf(tree, sources, successor);
    }
    for (const auto& [model, successor] : successors) {
      if (here.count(model) != 0)
        BOOST_TEST(here.count(successor) == 1U, successor << " of " << model);
    }
  }
  BOOST_TEST(names.size() == kModels);
  // The names that the worked example and the documents use.
  for (const std::string name :
       {"claude-haiku-4-5", "claude-sonnet-4-5", "claude-sonnet-5", "gpt-5-4", "gpt-5-4-mini",
        "llama3-1-8b", "gpt-4o", "openai-gpt-oss-120b"}) {
    BOOST_TEST(names.count(name) == 1U, name);
  }
}

BOOST_AUTO_TEST_CASE(HaveReadableDatesPricesAndCounts) {
  SourceSet sources;
  std::size_t prices = 0;
  for (const auto& [file, text] : Catalog().files) {
    const ast::Tree tree = ParseClean(sources, file, text);
    for (const ast::Node& node : tree.nodes) {
      const std::string_view literal = sources.text(node.span);
      if (node.kind == ast::Kind::kDate) BOOST_TEST(ast::ReadDate(literal).has_value(), literal);
      if (node.kind == ast::Kind::kRate)
        BOOST_TEST(ast::ReadRatePico(literal).has_value(), literal);
      if (node.kind == ast::Kind::kInteger)
        BOOST_TEST(ast::ReadInteger(literal).has_value(), literal);
      if (node.kind == ast::Kind::kPrice) ++prices;
    }
  }
  // 132 periods, 28 tiers, 10 schedules; a period with 2 schedules that change days counts twice.
  BOOST_TEST(prices == 132U + 28U + 10U + 3U);
}

/// Every rate under `value`, in picodollars a token, by way of floating point; audio has no class.
void CollectRates(const nlohmann::json& value, int times, std::multiset<std::int64_t>& rates) {
  if (value.is_array()) {
    for (const nlohmann::json& item : value) CollectRates(item, times, rates);
  }
  if (!value.is_object()) return;
  // A period whose schedules change their days is written as two.
  if (value.contains("schedule") && value["schedule"].dump().find(", then ") != std::string::npos) {
    times = 2;
  }
  for (auto it = value.begin(); it != value.end(); ++it) {
    if (it.key() != "rates") {
      CollectRates(*it, times, rates);
      continue;
    }
    for (auto rate = it->begin(); rate != it->end(); ++rate) {
      if (rate.key() == "input_audio") continue;
      const std::int64_t pico = std::llround(std::stod(rate->get<std::string>()) * 1e6);
      for (int i = 0; i < times; ++i) rates.insert(pico);
    }
  }
}

BOOST_AUTO_TEST_CASE(HaveExactlyThePricesOfTheSource) {
  const auto catalog = nlohmann::json::parse(ReadSource("policies/catalog/source/catalog.json"));
  std::map<std::string, std::multiset<std::int64_t>> expected;  // by id
  for (const nlohmann::json& model : catalog.at("models")) {
    CollectRates(model.at("prices"), 1, expected[model.at("id")]);
  }
  SourceSet sources;
  const ast::Tree tree = ParseClean(sources, "stdout.mlp", Catalog().text);
  for (const ast::NodeId model : Declarations(tree, ast::Kind::kModel)) {
    const ast::NodeId id = tree.Child(tree.Child(model, ast::Kind::kPin), ast::Kind::kString);
    std::multiset<std::int64_t> rates;
    for (const ast::NodeId price : tree.children(model)) {
      if (tree.kind(price) != ast::Kind::kPrice) continue;
      for (const ast::NodeId item : tree.children(price)) {
        if (tree.kind(item) != ast::Kind::kPriceItem) continue;
        const ast::NodeId rate = tree.Child(item, ast::Kind::kRate);
        rates.insert(ast::ReadRatePico(sources.text(tree.span(rate))).value());
      }
    }
    const std::string name = ast::ReadString(sources.text(tree.span(id))).value();
    BOOST_TEST((rates == expected.at(name)), name);
    expected.erase(name);
  }
  BOOST_TEST(expected.empty());
}

BOOST_AUTO_TEST_CASE(ImportProvidersWrittenByHand) {
  SourceSet sources;
  for (const std::string& provider : kProviders) {
    const std::string path = "policies/catalog/providers/" + provider + ".mlp";
    const ast::Tree tree = ParseClean(sources, path, ReadSource(path));
    const std::vector<ast::NodeId> declared = Declarations(tree, ast::Kind::kProvider);
    BOOST_REQUIRE_MESSAGE(declared.size() == 1U, path);
    BOOST_TEST(NameOf(tree, sources, declared.front()) == provider);
    BOOST_TEST((tree.Child(declared.front(), ast::Kind::kEndpoint) != ast::kNoNode), path);
  }
}

BOOST_AUTO_TEST_CASE(CanBeReadFromStandardOutputToo) {
  SourceSet sources;
  const ast::Tree tree = ParseClean(sources, "stdout.mlp", Catalog().text);
  BOOST_TEST(Declarations(tree, ast::Kind::kModel).size() == kModels);
  BOOST_TEST(Declarations(tree, ast::Kind::kImport).size() == kProviders.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
