// What a policy says, read from its syntax tree into plain values: the oracle's own reading, which
// shares nothing with the compiler behind the parser but the values of literals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/ast/program.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::oracle {

inline constexpr std::size_t kNowhere = SIZE_MAX;
inline constexpr std::int64_t kWithoutBound = INT64_MAX;

/// One side of a comparison, or one option of `in`.
struct Operand {
  std::vector<std::string> path;      ///< empty for a literal
  std::size_t attribute = kNowhere;   ///< what the path names of the request
  std::optional<std::string> string;  ///< a literal in quotes
  std::int64_t number = 0;  ///< in millionths, picodollars (per token), milliseconds, seconds of
                            ///< dates; of a label its position
  [[nodiscard]] bool is(const char* dotted) const { return path.size() == 1 && path[0] == dotted; }
};

/// A condition as it is written. `kind` is the syntax node's.
struct Condition {
  compiler::ast::Kind kind = compiler::ast::Kind::kTruth;
  bool truth = true;             ///< of kTruth
  std::string op;                ///< of kCompare, with the attribute or fact on its left
  bool mirrored = false;         ///< of kCompare: it was written on the right
  std::vector<Condition> parts;  ///< of kAnd, kOr, kNot
  std::vector<Operand>
      operands;  ///< of kCompare both sides, of kIn, kHas, kStartsWith the rest too
  std::vector<std::string> names;  ///< of kCan, kHas
};

struct Attribute {
  std::string name;                                           ///< `asks` too
  compiler::ast::Kind type = compiler::ast::Kind::kTextType;  ///< kOneOf ... kNumberType; kAsks
  std::vector<std::string> labels;  ///< of enumerations in order; members of sets and asks
  std::int64_t first = 0;           ///< tokens and numbers: the domain in millionths, and its step
  std::int64_t last = 0;
  std::int64_t step = 1;
};

struct Price {
  std::int64_t from = INT64_MIN;
  std::int64_t to = INT64_MAX;
  std::int64_t min_prompt = 0;
  std::int64_t max_prompt = INT64_MAX;
  bool scheduled = false;
  std::vector<std::pair<std::string, std::int64_t>> rates;  ///< by token class
  [[nodiscard]] std::optional<std::int64_t> Rate(const std::string& token_class) const;
};

struct Endpoint {
  std::vector<std::string> places;  ///< empty: anywhere
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
  std::int64_t context = kWithoutBound;
  std::int64_t max_input = kWithoutBound;
  std::int64_t max_output = kWithoutBound;
  std::set<std::string> can;
  std::vector<Price> prices;
  std::map<std::string, std::int64_t> quality;
  std::map<std::string, std::int64_t> priors;  ///< milliseconds, by `latency.p50`
  std::string status = "active";
  std::int64_t released = INT64_MIN;
  std::int64_t deprecated = INT64_MAX;
  std::int64_t retires = INT64_MAX;
  std::string successor;
  bool embeds = false;
};

struct Pool {
  std::optional<std::vector<std::string>> members;  ///< nothing: every model
  Condition where;
};

struct Step {
  std::string word;                  ///< list, spread, or the objective's
  std::vector<std::string> models;   ///< of a list and a spread
  std::vector<std::int64_t> shares;  ///< of a spread, in millionths
  std::size_t key = kNowhere;        ///< of a spread: the attribute that draws
  std::string pool;                  ///< empty: every model
  std::string score;                 ///< of `best`
  std::map<std::string, std::int64_t> weights = {{"capability", 300'000},
                                                 {"cost", 250'000},
                                                 {"performance", 250'000},
                                                 {"availability", 200'000}};  ///< of `balanced`
  Condition where;
  std::int64_t within = kWithoutBound;
  std::vector<std::string> prefer;
};

/// What stands in a route, or in `defaults`.
struct Statements {
  std::vector<std::string> need;
  std::optional<std::int64_t> cap;  ///< millionths
  std::optional<std::pair<std::int64_t, std::int64_t>> mix;
  std::optional<std::vector<std::string>> places;
  std::size_t place_attribute = kNowhere;
  std::optional<std::int64_t> cost;
  std::optional<std::pair<std::int64_t, Condition>> cache;  ///< milliseconds
  bool caches_prompts = false;
  bool follows_successors = false;
};

struct Route {
  std::string name;
  Condition when;
  bool refuses = false;
  Statements says;  ///< with what `defaults` adds
  std::vector<Step> steps;
};

struct Rollout {
  std::string name;
  std::string from;
  std::string to;
  std::set<std::string> routes;  ///< empty: all
  std::size_t key = kNowhere;    ///< the attribute whose value is the unit
};

struct Experiment {
  struct Arm {
    std::string name;
    std::string model;
    std::int64_t share = 0;  ///< millionths
  };
  std::string name;
  std::string salt;
  std::string replaced;  ///< the model that the arms stand in for
  Condition when;
  std::set<std::string> routes;  ///< empty: all
  std::size_t key = kNowhere;
  std::vector<Arm> arms;
};

struct Facts {
  std::int64_t valid_from = INT64_MIN;
  std::int64_t valid_to = INT64_MAX;
  std::vector<Attribute> attributes;
  std::map<std::string, Provider> providers;
  std::map<std::string, Model> models;
  std::vector<std::string> model_order;  ///< as declared
  std::map<std::string, Pool> pools;
  std::vector<Route> routes;
  std::vector<Rollout> rollouts;
  std::vector<Experiment> experiments;
  [[nodiscard]] std::size_t Find(const std::string& attribute) const;
};

/// Reads a program that checks without errors.
[[nodiscard]] Facts ReadFacts(const compiler::Program& program, const compiler::SourceSet& sources);

}  // namespace mlp::oracle
