#include "compiler/ast/ast.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace mlp::compiler::ast {
namespace {

BOOST_AUTO_TEST_SUITE(tree)

struct Sample {
  SourceSet sources;
  Tree tree;
};

// import "a\b" -- built by hand: a file of an import of a string, and a name beside it.
Sample MakeSample() {
  Sample sample;
  sample.tree.file = sample.sources.Add("f", "import \"a\\b\" x");
  sample.tree.nodes = {
      {Kind::kString, {0, 7, 12}, kNoNode, kNoNode},
      {Kind::kImport, {0, 0, 12}, 0, 2},
      {Kind::kName, {0, 13, 14}, kNoNode, kNoNode},
      {Kind::kFile, {0, 0, 14}, 1, kNoNode},
  };
  sample.tree.root = 3;
  return sample;
}

BOOST_AUTO_TEST_CASE(children_are_found_by_place_and_kind) {
  const Sample sample = MakeSample();
  const Tree& tree = sample.tree;
  std::vector<NodeId> children;
  for (const NodeId child : tree.children(tree.root)) children.push_back(child);
  BOOST_TEST((children == std::vector<NodeId>{1, 2}));
  BOOST_TEST(tree.ChildAt(3, 0) == 1U);
  BOOST_TEST(tree.ChildAt(3, 1) == 2U);
  BOOST_TEST(tree.ChildAt(3, 2) == kNoNode);
  BOOST_TEST(tree.Child(3, Kind::kName) == 2U);
  BOOST_TEST(tree.Child(3, Kind::kString) == kNoNode);
  BOOST_TEST(tree.ChildAt(0, 0) == kNoNode);
}

BOOST_AUTO_TEST_CASE(a_dump_has_one_node_a_line) {
  const Sample sample = MakeSample();
  BOOST_TEST(Dump(sample.tree, sample.sources) ==
             "(File\n"
             "  (Import\n"
             "    (String \"\\\"a\\\\b\\\"\"))\n"
             "  (Name \"x\"))\n");
  BOOST_TEST(Dump(Tree{}, sample.sources) == "");
}

BOOST_AUTO_TEST_CASE(a_deep_dump_needs_no_stack) {
  SourceSet sources;
  Tree tree;
  tree.file = sources.Add("f", "x");
  tree.nodes.push_back({Kind::kName, {0, 0, 1}, kNoNode, kNoNode});
  for (NodeId i = 0; i < 2'000; ++i) tree.nodes.push_back({Kind::kNot, {0, 0, 1}, i, kNoNode});
  tree.root = 2'000;
  const std::string dump = Dump(tree, sources);
  BOOST_TEST(dump.substr(0, 12) == "(Not\n  (Not\n");
  BOOST_TEST(dump.substr(dump.size() - 4) == ")))\n");
}

BOOST_AUTO_TEST_CASE(kinds_have_names_and_leaves_are_known) {
  BOOST_TEST(ToString(Kind::kRetiresNotBefore) == "RetiresNotBefore");
  BOOST_TEST(IsLeaf(Kind::kName));
  BOOST_TEST(IsLeaf(Kind::kFollowSuccessors));
  BOOST_TEST(!IsLeaf(Kind::kFile));
  BOOST_TEST(!IsLeaf(Kind::kTry));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler::ast
