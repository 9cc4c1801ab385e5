// The policies and catalog files that people start from hold no fault: each reads alone, with all
// it imports.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/check/check.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/parse/program.hpp"
#include "compiler/source/source_set.hpp"

namespace {

using namespace mlp::compiler;

class SourceReader : public FileReader {
 public:
  std::optional<std::string> Read(const std::string& path) override {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
};

/// The checked file; every finding of the parser or the checker is an error of the test.
PolicyModel CheckClean(const std::string& path) {
  SourceReader reader;
  SourceSet sources;
  Diagnostics diagnostics;
  const std::string whole = std::string(MLP_SOURCE_DIR) + "/policies/" + path;
  const Program program = LoadProgram(reader, whole, {}, sources, diagnostics);
  BOOST_REQUIRE_MESSAGE(!program.trees.empty(), "cannot read " << whole);
  PolicyModel model = Check(program, sources, diagnostics);
  for (const Diagnostic& finding : diagnostics.all()) {
    const LineColumn place = sources.Locate(finding.span.file, finding.span.begin);
    BOOST_ERROR(sources.name(finding.span.file)
                << ":" << place.line << ": " << Info(finding.code).name << " " << finding.message);
  }
  return model;
}

BOOST_AUTO_TEST_SUITE(Policies)

BOOST_AUTO_TEST_CASE(CheckWithoutAFinding) {
  for (const std::string name : {"starter", "support", "residency", "retiring"}) {
    const PolicyModel model = CheckClean(name + ".mlp");
    BOOST_TEST(model.name == name);
    BOOST_TEST(!model.routes.empty());
  }
}

BOOST_AUTO_TEST_CASE(EachCatalogFileChecksAlone) {
  std::size_t models = 0;
  for (const std::string name : {"anthropic", "cohere", "deepseek", "google", "groq", "mistral",
                                 "ollama", "openai", "xai"}) {
    const PolicyModel model = CheckClean("catalog/" + name + ".mlp");
    BOOST_TEST(model.providers.size() == 1U, name);
    for (const CandidateModel& candidate : model.candidates) {
      BOOST_TEST(!candidate.id.empty(), candidate.name);
      BOOST_TEST(!candidate.prices.empty(), candidate.name);
      BOOST_TEST(candidate.capabilities != 0U, candidate.name);
    }
    models += model.candidates.size();
  }
  BOOST_TEST(models == 98U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
