// Pictures compared whole with their golden files; MLP_UPDATE_GOLDENS=1 writes them anew.
#include "compiler/graph/graph.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "tests/unit/check/check_support.hpp"

namespace mlp::compiler {
namespace {

class DiskFiles : public FileReader {
 public:
  std::optional<std::string> Read(const std::string& path) override {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }
};

PolicyGraph GraphOf(const std::string& file) {
  DiskFiles reader;
  Checked checked;
  const Program program = LoadProgram(reader, std::string(MLP_SOURCE_DIR) + file, {},
                                      checked.sources, checked.diagnostics);
  checked.model = Check(program, checked.sources, checked.diagnostics);
  BOOST_TEST(checked.Short() == "");
  return MakeGraph(checked.model, checked.sources);
}

PolicyGraph GraphOfText(const std::string& text) {
  Checked checked;
  CheckFiles({{"main.mlp", PolicyWith(text)}, {"catalog.mlp", SmallCatalog()}}, checked);
  BOOST_TEST(checked.Short() == "");
  return MakeGraph(checked.model, checked.sources);
}

void Compare(const std::string& name, const std::string& text) {
  const std::string path = std::string(MLP_SOURCE_DIR) + "/tests/golden/graph/" + name + ".golden";
  if (std::getenv("MLP_UPDATE_GOLDENS") != nullptr) std::ofstream(path, std::ios::binary) << text;
  BOOST_TEST(DiskFiles().Read(path).value_or("") == text);
}

BOOST_AUTO_TEST_SUITE(graph)

BOOST_AUTO_TEST_CASE(the_worked_example) {
  const PolicyGraph graph = GraphOf("/policies/support.mlp");
  Compare("support.mmd", RenderMermaid(graph));
  Compare("support.dot", RenderDot(graph));
}

BOOST_AUTO_TEST_CASE(every_kind_of_step_and_hostile_texts) {
  const PolicyGraph graph = GraphOfText(R"(
route no when tenant == "a\"b<script>#{x}|`y`" { refuse "1. \"no\" <b>& `x` {y} #1; \\ end" }
route all when task == codegen    // a remark
  and (tier == free
       or tier == pro) and complexity >= moderate and region == eu and input > 10K and output <= 8K {
  mix   input 2K, output 300
  try   sonnet, gpt within $0.60
  else  cheapest of all
  else  best quality.accuracy of all
  else  spread haiku 70%, gpt 30% by user
  else  fastest of all
  else  least-busy of all
  else  balanced of all
}
route rest otherwise { try haiku }
rollout r {
  move    haiku -> gpt
  for     rest
  by      user
  traffic 2000 users per hour, failures 2%
  ramp    1%, 5% for at least 30m, 300 users
  prove   50% failures <= 1.5x baseline
  then    100%
}
experiment e {
  by      user
  replace haiku
  arm     old haiku 50%
  arm     new sonnet 50%
}
)");
  Compare("steps.mmd", RenderMermaid(graph));
  Compare("steps.dot", RenderDot(graph));
}

BOOST_AUTO_TEST_CASE(ids_are_words_and_edges_lead_to_nodes) {
  const PolicyGraph graph = GraphOf("/policies/retiring.mlp");
  std::set<std::string> ids;
  const auto add = [&](const GraphNode& node) {
    BOOST_TEST(ids.insert(node.id).second, node.id);
    BOOST_TEST(node.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
               std::string::npos);
    BOOST_TEST(!node.lines.empty());
  };
  for (const GraphNode& node : graph.nodes) add(node);
  for (const GraphCluster& cluster : graph.clusters) {
    BOOST_TEST(ids.insert(cluster.id).second, cluster.id);
    for (const GraphNode& node : cluster.nodes) add(node);
  }
  for (const GraphEdge& edge : graph.edges) {
    BOOST_TEST(ids.contains(edge.from), edge.from);
    BOOST_TEST(ids.contains(edge.to), edge.to);
  }
}

BOOST_AUTO_TEST_CASE(no_text_leaves_its_quotes) {
  const PolicyGraph graph = GraphOfText(
      "route a when tenant == \"\\\"\\\\\\\"]-->x\" { refuse \"\\\"] --> y[\\\"\\n\\n%%{init}\" }\n"
      "route rest otherwise { try haiku }\n");
  const std::string mermaid = RenderMermaid(graph);
  for (std::size_t begin = 0; begin < mermaid.size();) {
    const std::size_t end = std::min(mermaid.find('\n', begin), mermaid.size());
    const std::string line = mermaid.substr(begin, end - begin);
    begin = end + 1;
    BOOST_TEST_CONTEXT(line) {
      BOOST_TEST(std::count(line.begin(), line.end(), '"') % 2 == 0);
      BOOST_TEST(std::count(line.begin(), line.end(), '"') <= 2);
      const std::size_t quote = line.find('"');
      if (quote == std::string::npos) continue;
      const std::string label = line.substr(quote + 1, line.rfind('"') - quote - 1);
      BOOST_TEST(label.find_first_of("<>[]{}|`\\&") == label.find("<br/>"));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
