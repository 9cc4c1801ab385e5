// The oracle: what a policy means, read from the syntax tree in the most obvious way, slow and
// without sharing a line with the compiler behind the parser. The tables must agree with it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/ast/program.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::oracle {

/// A request by attribute: a number in millionths (tokens and numbers), a label or text, or set
/// members.
struct Value {
  std::int64_t micro = 0;
  std::string text;
  std::set<std::string> members;
};
using Request = std::map<std::string, Value>;

struct Chosen {
  std::string model;
  std::string url;  ///< of the endpoint
  friend bool operator==(const Chosen&, const Chosen&) = default;
};

struct Answer {
  std::string outcome;  ///< serve, refused, no-route, no-candidate
  std::string route;
  std::vector<Chosen> candidates;
  std::int64_t cache_ms = 0;
  std::int64_t output = 0;  ///< tokens after the route's cap
  friend bool operator==(const Answer&, const Answer&) = default;
};

struct Circumstances {
  std::int64_t at_s = 0;
  std::set<std::string> canary;  ///< rollouts whose canary arm the unit is in
  bool prefer_cheapest = false;
};

/// Reads a program that checks without errors. Live conditions count as holding.
class Oracle {
 public:
  Oracle(const compiler::Program& program, const compiler::SourceSet& sources);

  [[nodiscard]] Answer Decide(const Request& request, const Circumstances& circumstances) const;

  /// Texts that conditions compare with, for drawing requests.
  [[nodiscard]] std::set<std::string> Texts() const;

 private:
  using Tree = compiler::ast::Tree;
  using NodeId = compiler::ast::NodeId;
  struct At {
    const Tree* tree;
    NodeId node;
  };
  struct Price {
    std::int64_t from = INT64_MIN;
    std::int64_t to = INT64_MAX;
    std::int64_t min_prompt = 0;
    std::int64_t max_prompt = INT64_MAX;
    bool scheduled = false;
    std::map<std::string, std::int64_t> rates;
  };
  struct Endpoint {
    std::vector<std::string> places;
    std::string url;
    std::int64_t factor_micro = 1'000'000;
  };
  struct Provider {
    std::string protocol;
    std::vector<Endpoint> endpoints;
  };
  struct Model {
    std::string name;
    std::string provider;
    std::int64_t context = INT64_MAX;
    std::int64_t max_input = INT64_MAX;
    std::int64_t max_output = INT64_MAX;
    std::set<std::string> can;
    std::vector<Price> prices;
    std::map<std::string, std::int64_t> quality;
    std::string status = "active";
    std::int64_t released = INT64_MIN;
    std::int64_t deprecated = INT64_MAX;
    std::int64_t retires = INT64_MAX;
    std::string successor;
  };
  /// A model standing in a route's list, with the bounds of the step that brought it.
  struct Standing {
    std::string model;
    std::int64_t within = INT64_MAX;
  };
  struct Mix {
    std::int64_t input = 1'000;
    std::int64_t output = 1'000;
  };
  /// What a where condition is asked about.
  struct CandidateView {
    const Model& model;
    const Request& request;
    std::int64_t at_s;
  };

  void Read(const Tree& tree, const compiler::SourceSet& sources);
  void ReadModel(const Tree& tree, NodeId declaration, Model& model, bool amends);
  void ReadProvider(const Tree& tree, NodeId declaration, Provider& provider, bool amends);
  static void CutSheets(std::vector<Price>& prices);

  [[nodiscard]] std::string Text(const Tree& tree, NodeId node) const;
  [[nodiscard]] std::int64_t Number(const Tree& tree, NodeId node) const;
  [[nodiscard]] std::vector<std::string> Names(const Tree& tree, NodeId node) const;
  /// The statement of a kind in a route, or else in `defaults`.
  [[nodiscard]] NodeId Statement(NodeId route, compiler::ast::Kind kind) const;

  [[nodiscard]] bool Holds(NodeId expr, const Request& request) const;
  [[nodiscard]] bool CompareRequest(NodeId compare, const Request& request) const;
  [[nodiscard]] std::optional<bool> HoldsFor(NodeId expr, const CandidateView& candidate) const;
  [[nodiscard]] std::optional<bool> CompareFact(NodeId compare,
                                                const CandidateView& candidate) const;
  [[nodiscard]] bool Fits(const Model& model, NodeId condition_holder, const Request& request,
                          std::int64_t at_s) const;
  [[nodiscard]] std::vector<std::string> Pool(const std::string& name, const Request& request,
                                              std::int64_t at_s) const;
  [[nodiscard]] std::string Follow(std::string name, std::int64_t at_s) const;
  void Sort(NodeId route, NodeId objective, const Request& request, std::int64_t at_s,
            std::vector<std::string>& names) const;
  [[nodiscard]] Mix MixOf(NodeId route) const;
  [[nodiscard]] bool CachesPrompts(NodeId route) const;

  [[nodiscard]] std::vector<Standing> StepModels(NodeId route, NodeId step, const Request& request,
                                                 std::int64_t at_s) const;
  [[nodiscard]] std::optional<Chosen> Serve(NodeId route, const Standing& standing,
                                            const Request& request, std::int64_t at_s,
                                            bool by_rollout) const;
  [[nodiscard]] std::optional<std::int64_t> MixCost(const Model& model, std::int64_t at_s,
                                                    const Mix& mix, NodeId route,
                                                    const Request& request) const;
  [[nodiscard]] const Endpoint* EndpointFor(const Model& model, NodeId route,
                                            const Request& request) const;
  [[nodiscard]] std::optional<std::int64_t> DearestRate(const Model& model, std::int64_t at_s,
                                                        const std::string& token_class) const;
  [[nodiscard]] std::optional<std::int64_t> AttemptCost(const Model& model,
                                                        const Endpoint& endpoint, std::int64_t at_s,
                                                        std::int64_t input, std::int64_t output,
                                                        bool caches_prompts) const;
  [[nodiscard]] bool Alive(const Model& model, std::int64_t at_s) const;

  const compiler::SourceSet& sources_;
  const Tree* main_ = nullptr;
  std::int64_t valid_from_ = INT64_MIN;
  std::int64_t valid_to_ = INT64_MAX;
  std::map<std::string, Provider> providers_;
  std::map<std::string, Model> models_;
  std::map<std::string, At> pools_;
  std::map<std::string, std::vector<std::string>> labels_;  ///< of enums, in order
  std::vector<NodeId> routes_;
  NodeId defaults_ = compiler::ast::kNoNode;
  std::vector<NodeId> rollouts_;
};

}  // namespace mlp::oracle
