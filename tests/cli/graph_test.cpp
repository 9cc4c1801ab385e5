// mlpc graph: its two formats and its errors.
#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/cli/policies.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(graph_command)

struct Files {
  ScratchFolder folder;
  std::string catalog = WriteWhole(folder / "catalog.mlp", Catalog());
  std::string policy = WriteWhole(folder / "desk.mlp", Desk("catalog.mlp", SoundRoutes()));
};

BOOST_FIXTURE_TEST_CASE(mermaid_unless_asked_for_dot, Files) {
  const Finished mermaid = Mlpc({"graph", policy});
  BOOST_TEST(mermaid.exit_code == 0);
  BOOST_TEST(mermaid.err == "");
  BOOST_TEST(mermaid.out.find("flowchart LR\n") == 0);
  BOOST_TEST(mermaid.out.find("  route_first -->|\"1\"| model_large\n") != std::string::npos);
  BOOST_TEST(mermaid.out == Mlpc({"graph", "--format", "mermaid", policy}).out);

  const Finished dot = Mlpc({"graph", policy, "--format", "dot"});
  BOOST_TEST(dot.exit_code == 0);
  BOOST_TEST(dot.out.find("digraph policy {\n") != std::string::npos);
  BOOST_TEST(dot.out.find("  route_first -> model_large [label=\"1\"];\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_drawn, Files) {
  BOOST_TEST(Mlpc({"graph", folder / "missing.mlp"}).exit_code == 2);
  const Finished no_policy = Mlpc({"graph", catalog});
  BOOST_TEST(no_policy.exit_code == 2);
  BOOST_TEST(no_policy.err.find("no routes to draw") != std::string::npos);
  const std::string broken =
      WriteWhole(folder / "broken.mlp", Desk("catalog.mlp", "route x otherwise { try nobody }\n"));
  const Finished finished = Mlpc({"graph", broken});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.out == "");
  BOOST_TEST(finished.err.find("[MLP0201]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
