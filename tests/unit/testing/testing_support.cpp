#include "tests/unit/testing/testing_support.hpp"

#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "compiler/check/check.hpp"
#include "compiler/diag/render_text.hpp"
#include "compiler/parse/program.hpp"

namespace mlp::compiler::test {
namespace {

/// The text under its path; what it imports from the disk.
class TextReader : public FileReader {
 public:
  TextReader(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {}
  std::optional<std::string> Read(const std::string& path) override {
    if (path == path_) return text_;
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::string path_;
  std::string text_;
};

}  // namespace

std::unique_ptr<TestedPolicy> Compiled(const std::string& text, const std::string& path,
                                       const DiagramOptions& options) {
  auto policy = std::make_unique<TestedPolicy>();
  TextReader reader(path, text);
  const Program program = LoadProgram(reader, path, {}, policy->sources, policy->diagnostics);
  policy->model = Check(program, policy->sources, policy->diagnostics);
  BOOST_REQUIRE_MESSAGE(!policy->diagnostics.has_errors(),
                        RenderText(policy->sources, policy->diagnostics.all()) << "in\n"
                                                                               << text);
  policy->diagram = BuildDiagram(policy->model, options, policy->diagnostics);
  policy->tables = Flatten(policy->model, *policy->diagram, policy->sources);
  return policy;
}

std::string DeskPolicy(const std::string& tests) {
  return R"(language 1
policy desk { version "1.0.0"; stage development; valid 2026-11-21 .. 2027-11-21 }
request {
  task    one of chat, code
  tier    one of free, pro  default free
  tenant  text
  user    key
  load    number 0 .. 1 step 0.25  default 0.5
  input   tokens up to 100K
  output  tokens up to 8K
  asks    streaming, json-mode
}
provider acme { protocol openai; endpoint us "https://us.acme.example" }
provider local { protocol ollama; endpoint us "http://localhost:11434" }
model large { provider acme; pin exact "l"; context 50K, output 8K; can text-input, text-output, streaming
  price from 2026-01-01 input $10/M, output $20/M
  price from 2027-03-01 input $1/M, output $2/M
  prior latency.p95 4s }
model larger { provider acme; pin exact "m"; context 200K, output 8K; can text-input, text-output, streaming
  price input $5/M, output $6/M }
model small { provider local; pin exact "s"; context 128K, output 8K; can text-input, text-output; price input $0/M, output $0/M }
pool big { large, larger }
route secret when tenant starts-with "acme \"&<" { refuse "ask \"us\"" }
route code when task == code and tier == pro {
  mix   input 1K, output 1K
  try   cheapest of big where live.latency.p95 over 10m <= 5s
  else  small
}
route rest otherwise { try small }
rollout bigger { move small -> larger; for rest; by user; ramp 10% for at least 1h; then 100%; rollback when failures > baseline }
)" + tests;
}

}  // namespace mlp::compiler::test
