// A policy as a picture: routes in their order, what each tries, the providers and places behind
// it, rollouts and experiments, retirements.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

enum class NodeShape : std::uint8_t { kRequest, kRoute, kRefusal, kModel };

struct GraphNode {
  std::string id;  ///< letters, digits and `_`; unique, from the name
  NodeShape shape = NodeShape::kModel;
  std::vector<std::string> lines;
  bool leaving = false;  ///< a model that is deprecated or retired by the horizon's end
};

struct GraphEdge {
  std::string from;
  std::string to;
  std::vector<std::string> lines;
  bool moving = false;  ///< of a rollout or an experiment: some of the traffic, for some time
};

/// The models of one provider.
struct GraphCluster {
  std::string id;
  std::string title;
  std::vector<GraphNode> nodes;
};

struct PolicyGraph {
  std::vector<std::string> remarks;  ///< lines that say what is drawn
  std::vector<GraphNode> nodes;      ///< the request, routes, refusals
  std::vector<GraphCluster> clusters;
  std::vector<GraphEdge> edges;
};

/// Candidates are those of any date of the horizon and any place. Precondition: checked without
/// errors, and a policy.
[[nodiscard]] PolicyGraph MakeGraph(const PolicyModel& model, const SourceSet& sources);

/// A flowchart as code review pages draw it.
[[nodiscard]] std::string RenderMermaid(const PolicyGraph& graph);
/// For Graphviz.
[[nodiscard]] std::string RenderDot(const PolicyGraph& graph);

}  // namespace mlp::compiler
