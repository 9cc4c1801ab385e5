// The walk through nodes of every layout and axis against an evaluator that only counts cuts.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "mlp/decide.hpp"
#include "runtime/core/node_packing.hpp"
#include "runtime/core/walk.hpp"

namespace mlp {
namespace {

constexpr std::uint32_t kSeed = 20261121;
constexpr NodeKind kKinds[] = {NodeKind::kDense, NodeKind::kSorted, NodeKind::kBucketed};

/// Ascending and distinct, within 1 .. code_count-1.
std::vector<std::int32_t> RandomCuts(std::mt19937& random, std::int32_t code_count,
                                     std::size_t most) {
  std::vector<std::int32_t> cuts;
  if (code_count < 2) return cuts;
  const std::size_t count = random() % (most + 1);
  // Half of them crowd together, so that some buckets are full and others empty.
  const std::int32_t crowd =
      1 + static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(code_count - 1));
  for (std::size_t i = 0; i < count; ++i) {
    const auto offset = static_cast<std::int32_t>(random() % 40);
    const auto anywhere =
        1 + static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(code_count - 1));
    cuts.push_back(i % 2 == 0 ? anywhere : std::min(crowd + offset, code_count - 1));
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

BOOST_AUTO_TEST_SUITE(walk)

BOOST_AUTO_TEST_CASE(every_layout_counts_the_cuts) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    const std::int32_t sizes[] = {2, 3, 64, 65, 200, 4'096, 4'097, 100'000};
    const std::int32_t code_count = sizes[random() % std::size(sizes)];
    const std::vector<std::int32_t> cuts = RandomCuts(random, code_count, 1 + random() % 300);
    std::vector<std::uint32_t> edges;
    for (std::uint32_t i = 0; i <= cuts.size(); ++i) edges.push_back(kLeafBit | (1'000 + i));

    NodeArrays arrays;
    for (const NodeKind kind : kKinds) AppendNodeAs(arrays, kind, 0, code_count, cuts, edges);
    AppendNode(arrays, 0, code_count, cuts, edges);
    Tables tables{};
    tables.edges = arrays.edges;
    tables.cuts = arrays.cuts;
    tables.buckets = arrays.buckets;

    std::vector<std::int32_t> codes = {0, code_count - 1};
    for (const std::int32_t cut : cuts) codes.insert(codes.end(), {cut - 1, cut, cut + 1});
    for (int i = 0; i < 50; ++i) {
      codes.push_back(static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(code_count)));
    }
    for (const std::int32_t code : codes) {
      if (code >= code_count) continue;
      const auto below =
          std::count_if(cuts.begin(), cuts.end(), [&](std::int32_t cut) { return cut <= code; });
      for (const Node& node : arrays.nodes) {
        BOOST_REQUIRE_EQUAL(Follow(tables, node, code), edges[static_cast<std::size_t>(below)]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_layout_follows_size_and_density) {
  NodeArrays arrays;
  const auto kind_of = [&](std::int32_t code_count, std::size_t cut_count) {
    std::vector<std::int32_t> cuts;
    for (std::size_t i = 0; i < cut_count; ++i) cuts.push_back(static_cast<std::int32_t>(i) + 1);
    const std::vector<std::uint32_t> edges(cut_count + 1, kLeafBit);
    return arrays.nodes[AppendNode(arrays, 0, code_count, cuts, edges)].kind;
  };
  BOOST_CHECK(kind_of(2, 1) == NodeKind::kDense);
  BOOST_CHECK(kind_of(64, 1) == NodeKind::kDense);
  BOOST_CHECK(kind_of(65, 1) == NodeKind::kSorted);
  BOOST_CHECK(kind_of(400'001, 8) == NodeKind::kSorted);
  BOOST_CHECK(kind_of(400'001, 9) == NodeKind::kBucketed);
  BOOST_CHECK(kind_of(1'000, 600) == NodeKind::kDense);
}

// ---------------------------------------------------------------- whole diagrams

/// A tree as one would write it down: axis, cuts, children.
struct NaiveTree {
  std::uint32_t leaf = 0;
  std::uint16_t axis = 0;
  std::vector<std::int32_t> cuts;
  std::vector<std::unique_ptr<NaiveTree>> children;
};

// Seven cuts of axis 2, five of axis 3. Bytes are unsigned: \x80 is above every letter.
const std::vector<std::string_view> kTextCuts = {"",    "acme", "acmf", std::string_view("b\0", 2),
                                                 "z",   "\x7f", "\x80", "eu",
                                                 "eu-", "eu.",  "us",   "us-"};

const std::vector<Axis> kAxes = {{AxisKind::kCode, 0, 0, 0, 0},   {AxisKind::kCode, 1, 0, 0, 0},
                                 {AxisKind::kText, 0, 0, 0, 7},   {AxisKind::kText, 1, 0, 7, 5},
                                 {AxisKind::kMember, 0, 4, 0, 0}, {AxisKind::kMember, 1, 1, 0, 0}};
constexpr std::int32_t kCodeCounts[] = {5, 20'000, 8, 6, 2, 2};

bool ByteLess(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return static_cast<unsigned char>(x) < static_cast<unsigned char>(y);
  });
}

std::int32_t NaiveCode(const Axis& axis, const RequestView& request) {
  if (axis.kind == AxisKind::kCode) return request.codes[axis.slot];
  if (axis.kind == AxisKind::kMember) return (request.sets[axis.slot] & axis.member) == 0 ? 0 : 1;
  std::int32_t code = 0;
  for (std::uint32_t i = 0; i < axis.text_cut_count; ++i) {
    code += ByteLess(request.texts[axis.slot], kTextCuts[axis.first_text_cut + i]) ? 0 : 1;
  }
  return code;
}

std::uint32_t NaiveLeaf(const NaiveTree& tree, const RequestView& request) {
  if (tree.children.empty()) return tree.leaf;
  const std::int32_t code = NaiveCode(kAxes[tree.axis], request);
  std::size_t child = 0;
  for (const std::int32_t cut : tree.cuts) child += cut <= code ? 1 : 0;
  return NaiveLeaf(*tree.children[child], request);
}

std::unique_ptr<NaiveTree> RandomTree(std::mt19937& random, std::uint16_t axis,
                                      std::uint32_t& leaf_count) {
  auto tree = std::make_unique<NaiveTree>();
  while (axis < kAxes.size() && random() % 4 == 0) ++axis;
  if (axis >= kAxes.size()) {
    tree->leaf = leaf_count++;
    return tree;
  }
  tree->axis = axis;
  tree->cuts = RandomCuts(random, kCodeCounts[axis], axis == 1 ? 30 : 4);
  for (std::size_t i = 0; i <= tree->cuts.size(); ++i) {
    tree->children.push_back(RandomTree(random, static_cast<std::uint16_t>(axis + 1), leaf_count));
  }
  return tree;
}

std::uint32_t Pack(std::mt19937& random, const NaiveTree& tree, NodeArrays& arrays) {
  if (tree.children.empty()) return kLeafBit | tree.leaf;
  std::vector<std::uint32_t> edges;
  for (const auto& child : tree.children) edges.push_back(Pack(random, *child, arrays));
  return AppendNodeAs(arrays, kKinds[random() % 3], tree.axis, kCodeCounts[tree.axis], tree.cuts,
                      edges);
}

BOOST_AUTO_TEST_CASE(random_diagrams_name_the_same_leaf) {
  const std::vector<std::string> texts = {
      "",        "a",   "acme", "acme2", "acmf", "b",    std::string("b\0", 2),
      "y",       "z",   "zz",   "\x7f",  "\x80", "\xff", "eu",
      "eu-west", "eu.", "eu/",  "us",    "us-1", "v"};
  std::mt19937 random(kSeed);
  std::size_t compared = 0;
  for (int round = 0; round < 200; ++round) {
    std::uint32_t leaf_count = 0;
    const auto tree = RandomTree(random, 0, leaf_count);
    NodeArrays arrays;
    const Root roots[] = {{0, Pack(random, *tree, arrays)}};
    Tables tables{};
    tables.axes = kAxes;
    tables.text_cuts = kTextCuts;
    tables.roots = roots;
    tables.nodes = arrays.nodes;
    tables.edges = arrays.edges;
    tables.cuts = arrays.cuts;
    tables.buckets = arrays.buckets;
    for (int i = 0; i < 500; ++i) {
      const std::int32_t codes[] = {static_cast<std::int32_t>(random() % 5),
                                    static_cast<std::int32_t>(random() % 20'000)};
      const std::string_view views[] = {texts[random() % texts.size()],
                                        texts[random() % texts.size()]};
      const std::uint64_t sets[] = {random() % 16, random() % 4};
      const RequestView request{codes, views, sets};
      BOOST_REQUIRE_EQUAL(FindLeaf(tables, 0, request), NaiveLeaf(*tree, request));
      ++compared;
    }
  }
  BOOST_TEST(compared == 100'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
