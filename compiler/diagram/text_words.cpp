#include "compiler/diagram/text_words.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "compiler/diagram/axes.hpp"

namespace mlp::compiler {
namespace {

/// Classes that one comparison tells: a text, a prefix, or the root for all texts. They nest.
struct Node {
  std::size_t first = 0;
  std::size_t last = 0;
  std::string holds;
  std::string does_not;
  std::vector<std::size_t> children;
};

class TextTree {
 public:
  TextTree(const std::string& attribute, const std::vector<std::string>& cuts,
           const std::vector<bool>& in)
      : in_(in) {
    nodes_.push_back({0, cuts.size(), {}, {}, {}});
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      const std::string end = AfterPrefix(cuts[i]);
      const auto at =
          std::lower_bound(cuts.begin() + static_cast<std::ptrdiff_t>(i), cuts.end(), end);
      if (end.empty() || (at != cuts.end() && *at == end)) {
        const std::size_t last =
            end.empty() ? cuts.size() : static_cast<std::size_t>(at - cuts.begin());
        const std::string prefix = fmt::format("{} starts-with \"{}\"", attribute, cuts[i]);
        nodes_.push_back({i + 1, last, prefix, "not " + prefix, {}});
      }
      if (i + 1 < cuts.size() && cuts[i + 1] == cuts[i] + '\0') {
        nodes_.push_back({i + 1,
                          i + 1,
                          fmt::format("{} == \"{}\"", attribute, cuts[i]),
                          fmt::format("{} != \"{}\"", attribute, cuts[i]),
                          {}});
      }
    }
    // A cut's own nodes stand next to each other, the wider one first.
    std::vector<std::size_t> open{0};
    for (std::size_t i = 1; i < nodes_.size(); ++i) {
      while (nodes_[open.back()].last < nodes_[i].first) open.pop_back();
      nodes_[open.back()].children.push_back(i);
      open.push_back(i);
    }
  }

  /// Ways to be in below a node, each a conjunction; nothing where comparisons do not tell them.
  std::optional<std::vector<std::string>> Ways(std::size_t number) const {
    const Node& node = nodes_[number];
    std::vector<bool> rest(in_.size(), false);
    std::fill(rest.begin() + static_cast<std::ptrdiff_t>(node.first),
              rest.begin() + static_cast<std::ptrdiff_t>(node.last) + 1, true);
    for (const std::size_t child : node.children) {
      for (std::size_t c = nodes_[child].first; c <= nodes_[child].last; ++c) rest[c] = false;
    }
    std::size_t in = 0;
    std::size_t out = 0;
    for (std::size_t c = node.first; c <= node.last; ++c) {
      if (rest[c]) ++(in_[c] ? in : out);
    }
    if (in > 0 && out > 0) return std::nullopt;
    std::vector<std::string> ways;
    if (in > 0) {
      std::vector<std::string> parts;
      if (!node.holds.empty()) parts.push_back(node.holds);
      for (const std::size_t child : node.children) {
        if (!AllIn(nodes_[child])) parts.push_back(nodes_[child].does_not);
      }
      ways.push_back(fmt::format("{}", fmt::join(parts, " and ")));
    }
    for (const std::size_t child : node.children) {
      if (AllIn(nodes_[child])) {
        if (in == 0) ways.push_back(nodes_[child].holds);
        continue;
      }
      const auto more = Ways(child);
      if (!more) return std::nullopt;
      ways.insert(ways.end(), more->begin(), more->end());
    }
    return ways;
  }

 private:
  [[nodiscard]] bool AllIn(const Node& node) const {
    return std::all_of(in_.begin() + static_cast<std::ptrdiff_t>(node.first),
                       in_.begin() + static_cast<std::ptrdiff_t>(node.last) + 1,
                       [](bool one) { return one; });
  }

  const std::vector<bool>& in_;
  std::vector<Node> nodes_;
};

}  // namespace

std::optional<std::string> TextSetWords(const std::string& attribute,
                                        const std::vector<std::string>& cuts,
                                        const std::vector<bool>& in) {
  auto ways = TextTree(attribute, cuts, in).Ways(0);
  if (!ways || ways->empty() || ways->front().empty()) return std::nullopt;
  if (ways->size() == 1) return ways->front();
  for (std::string& way : *ways) {
    if (way.find(" and ") != std::string::npos) way = "(" + way + ")";
  }
  return fmt::format("({})", fmt::join(*ways, " or "));
}

}  // namespace mlp::compiler
