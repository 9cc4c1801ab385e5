// The oracle: what a policy means, decided from its facts in the most obvious way, slow and without
// sharing a line with the compiler behind the parser. The tables must agree with it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/property/facts.hpp"

namespace mlp::oracle {

/// Of one attribute: tokens and numbers in millionths, an enumeration's label with its position, a
/// text, or members.
struct Value {
  std::int64_t number = 0;
  std::string text;
  std::set<std::string> members;
};
/// In the order of Facts::attributes.
using Request = std::vector<Value>;

struct Chosen {
  std::string model;
  std::string url;  ///< of the endpoint
  bool canary = false;
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
  bool experiments_run = false;  ///< then the unit's bucket says in which of their arms it is
  bool prefer_cheapest = false;
};

/// Live conditions count as holding, live orders are those without a measurement, and a spread by
/// chance draws its first member.
class Oracle {
 public:
  explicit Oracle(const Facts& facts);  ///< which must outlive it

  [[nodiscard]] Answer Decide(const Request& request, const Circumstances& circumstances) const;

 private:
  /// A model standing in a route's list, with the bounds of the step that brought it.
  struct Standing {
    const Model* model = nullptr;
    const Endpoint* endpoint = nullptr;
    std::int64_t within = kWithoutBound;
    bool canary = false;
  };
  /// The request as a route sees it, and the places it is to be served from; nothing: anywhere.
  struct Asked {
    const Route& route;
    const Request& request;
    std::int64_t at_s;
    std::optional<std::vector<std::string>> wanted;
    bool draws;  ///< not where the list is sorted by cost, whose ties keep the policy's order
  };
  /// An endpoint that serves a wanted place, and which of them it serves.
  struct Site {
    const Endpoint* endpoint;
    std::vector<std::string> places;
  };

  [[nodiscard]] const Model* Follow(const Model* model, std::int64_t at_s) const;
  [[nodiscard]] std::vector<const Model*> Named(const Step& step, const Asked& asked) const;
  [[nodiscard]] const Condition* PoolWhere(const Step& step) const;
  /// In the provider's order.
  [[nodiscard]] std::vector<Site> Sites(const Model& model, const Asked& asked) const;
  /// The first endpoint that serves the route's place and at which the step's conditions hold.
  [[nodiscard]] const Endpoint* EndpointFor(const Model& model, const Step& step,
                                            const Asked& asked) const;
  [[nodiscard]] std::vector<Standing> StepModels(const Step& step, const Asked& asked,
                                                 std::size_t number) const;
  void Sort(const Step& step, const Asked& asked, std::size_t number,
            std::vector<Standing>& standing) const;
  void Balance(const Step& step, const Asked& asked, std::vector<Standing>& standing) const;
  void Draw(const Step& step, const Asked& asked, std::size_t number,
            std::vector<Standing>& standing) const;
  [[nodiscard]] bool Serves(const Standing& standing, const Asked& asked) const;
  [[nodiscard]] std::optional<Standing> Canary(const Rollout& rollout, const Standing& old,
                                               const Asked& asked) const;
  /// The model of the experiment's arm that the request's unit is in, where the old one stands.
  [[nodiscard]] std::optional<Standing> InArm(const Experiment& experiment, const Standing& old,
                                              const Asked& asked) const;
  /// A model that comes in for another one.
  [[nodiscard]] std::optional<Standing> InPlaceOf(const Standing& old, const std::string& name,
                                                  const Asked& asked) const;
  [[nodiscard]] std::optional<std::int64_t> MixCost(const Standing& standing,
                                                    const Asked& asked) const;

  const Facts& facts_;
  const std::size_t input_;
  const std::size_t output_;
  const std::size_t asks_;
};

}  // namespace mlp::oracle
