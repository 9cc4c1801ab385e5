#include "tests/property/oracle.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "mlp/decide.hpp"
#include "tests/property/holds.hpp"

namespace mlp::oracle {
namespace {

constexpr std::int64_t kMicro = 1'000'000;

__extension__ using Wide = __int128;

/// Rounded up to a picodollar.
std::int64_t TimesFactor(Wide pico, std::int64_t factor_micro) {
  return static_cast<std::int64_t>((pico * factor_micro + kMicro - 1) / kMicro);
}

bool InForce(const Price& price, std::int64_t at_s, std::int64_t prompt) {
  return price.from <= at_s && at_s < price.to && price.min_prompt <= prompt &&
         prompt <= price.max_prompt;
}

/// One attempt at the dearest that its tokens can be billed.
std::optional<std::int64_t> AttemptCost(const Model& model, const Endpoint& endpoint,
                                        bool writes_cache, std::int64_t at_s, std::int64_t input,
                                        std::int64_t output) {
  std::optional<std::int64_t> dearest;
  for (const Price& price : model.prices) {
    const std::optional<std::int64_t> in = price.Rate("input");
    const std::optional<std::int64_t> out = price.Rate("output");
    if (!InForce(price, at_s, input) || !in || !out) continue;
    const std::int64_t in_rate =
        writes_cache ? std::max(*in, price.Rate("cache-write").value_or(0)) : *in;
    const std::int64_t out_rate = std::max(*out, price.Rate("reasoning").value_or(0));
    const Wide cost = static_cast<Wide>(in_rate) * input + static_cast<Wide>(out_rate) * output;
    dearest = std::max(dearest.value_or(0), TimesFactor(cost, endpoint.factor_micro));
  }
  return dearest;
}

bool IsRetired(const Model& model, std::int64_t at_s) {
  return model.status == "retired" || model.status == "archived" || at_s >= model.retires;
}

/// Whether the date and status let it be tried by whom: a list, a pool (active ones alone) or a
/// rollout (those before their release too, but not before its date).
enum class By { kList, kPool, kRollout };
bool MayBeTried(const Model& model, By by, std::int64_t at_s) {
  if (IsRetired(model, at_s) || at_s < model.released) return false;
  const std::string status = StatusAt(model, at_s);
  if (status == "candidate" || status == "evaluating") return by == By::kRollout;
  return status == "active" || by != By::kPool;
}

bool CanAll(const Model& model, const auto& names) {
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return model.can.contains(name); });
}

bool AsksForEmbeddings(const Condition& where) {
  if (std::find(where.names.begin(), where.names.end(), "embeddings") != where.names.end())
    return true;
  return std::any_of(where.parts.begin(), where.parts.end(), AsksForEmbeddings);
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The places that the route asks the request to be served from; nothing: anywhere.
std::optional<std::vector<std::string>> WantedPlaces(const Route& route, const Request& request) {
  if (route.says.place_attribute != kNowhere) {
    return std::vector<std::string>{request[route.says.place_attribute].text};
  }
  return route.says.places;
}

std::int64_t Rank(const Model& model, const std::vector<std::string>& prefer) {
  std::int64_t rank = 0;
  for (const std::string& name : prefer) rank = rank * 2 + (model.can.contains(name) ? 0 : 1);
  return rank;
}

}  // namespace

Oracle::Oracle(const Facts& facts)
    : facts_(facts),
      input_(facts.Find("input")),
      output_(facts.Find("output")),
      asks_(facts.Find("asks")) {}

// ---------------------------------------------------------------- from a step to models

const Model* Oracle::Follow(const Model* model, std::int64_t at_s) const {
  std::set<const Model*> seen;
  while (seen.insert(model).second && IsRetired(*model, at_s) && !model->successor.empty())
    model = &facts_.models.at(model->successor);
  return model;
}

const Condition* Oracle::PoolWhere(const Step& step) const {
  return step.pool.empty() ? nullptr : &facts_.pools.at(step.pool).where;
}

/// What the step names or ranges over, and the date and status admit.
std::vector<const Model*> Oracle::Named(const Step& step, const Asked& asked) const {
  const bool lists = step.word == "list" || step.word == "spread";
  const Pool* const pool = step.pool.empty() ? nullptr : &facts_.pools.at(step.pool);
  const bool listed = lists || (pool != nullptr && pool->members.has_value());
  const bool embeds = Contains(asked.route.says.need, "embeddings") ||
                      AsksForEmbeddings(step.where) ||
                      (pool != nullptr && AsksForEmbeddings(pool->where));
  std::vector<const Model*> named;
  for (const std::string& name : lists    ? step.models
                                 : listed ? *pool->members
                                          : facts_.model_order) {
    const Model* model = &facts_.models.at(name);
    if (!listed && model->embeds && !embeds) continue;
    if (asked.route.says.follows_successors) model = Follow(model, asked.at_s);
    if (!MayBeTried(*model, lists ? By::kList : By::kPool, asked.at_s)) continue;
    if (std::find(named.begin(), named.end(), model) == named.end()) named.push_back(model);
  }
  return named;
}

std::vector<Oracle::Site> Oracle::Sites(const Model& model, const Asked& asked) const {
  std::vector<Site> sites;
  for (const Endpoint& endpoint : facts_.providers.at(model.provider).endpoints) {
    if (!asked.wanted) {
      sites.push_back({&endpoint, endpoint.places});
    } else if (endpoint.places.empty()) {
      sites.push_back({&endpoint, *asked.wanted});
    } else {
      std::vector<std::string> served;
      for (const std::string& place : *asked.wanted) {
        if (Contains(endpoint.places, place)) served.push_back(place);
      }
      if (!served.empty()) sites.push_back({&endpoint, served});
    }
  }
  return sites;
}

const Endpoint* Oracle::EndpointFor(const Model& model, const Step& step,
                                    const Asked& asked) const {
  for (const Site& site : Sites(model, asked)) {
    const CandidateView view{facts_,     model,       asked.request,
                             asked.at_s, site.places, asked.route.says.place_attribute};
    const Condition* const pool = PoolWhere(step);
    const bool fits = (pool == nullptr || HoldsFor(*pool, view).value_or(false)) &&
                      HoldsFor(step.where, view).value_or(false);
    if (fits) return site.endpoint;
  }
  return nullptr;
}

std::vector<Oracle::Standing> Oracle::StepModels(const Step& step, const Asked& asked,
                                                 std::size_t number) const {
  std::vector<Standing> standing;
  for (const Model* const model : Named(step, asked)) {
    if (!CanAll(*model, asked.route.says.need)) continue;
    // Without a price it can keep no bound, whatever the request.
    const bool bounded = step.within != kWithoutBound || asked.route.says.cost.has_value();
    if (bounded && !DearestRate(*model, asked.at_s, "input")) continue;
    const Endpoint* const endpoint = EndpointFor(*model, step, asked);
    if (endpoint != nullptr) standing.push_back({model, endpoint, step.within, false});
  }
  Sort(step, asked, number, standing);
  return standing;
}

/// The price of the route's mix at the endpoint's factor.
std::optional<std::int64_t> Oracle::MixCost(const Standing& standing, const Asked& asked) const {
  constexpr std::pair<std::int64_t, std::int64_t> kEven{1'000, 1'000};
  const auto [input, output] = asked.route.says.mix.value_or(kEven);
  std::optional<std::int64_t> dearest;
  for (const Price& price : standing.model->prices) {
    const std::optional<std::int64_t> in = price.Rate("input");
    const std::optional<std::int64_t> out = price.Rate("output");
    if (!InForce(price, asked.at_s, input) || !in || !out) continue;
    const std::int64_t cost =
        TimesFactor(static_cast<Wide>(*in) * input + static_cast<Wide>(*out) * output,
                    standing.endpoint->factor_micro);
    dearest = std::max(dearest.value_or(0), cost);
  }
  return dearest;
}

void Oracle::Sort(const Step& step, const Asked& asked, std::size_t number,
                  std::vector<Standing>& standing) const {
  const auto by = [&](const auto& key) {
    std::stable_sort(standing.begin(), standing.end(),
                     [&](const Standing& a, const Standing& b) { return key(a) < key(b); });
  };
  const auto prior = [](const Standing& one, const char* fact) {
    const auto found = one.model->priors.find(fact);
    return found == one.model->priors.end() ? INT64_MAX : found->second;
  };
  if (step.word == "cheapest") {
    std::erase_if(standing, [&](const Standing& one) { return !MixCost(one, asked); });
    by([&](const Standing& one) {
      return std::tuple(*MixCost(one, asked),
                        DearestRate(*one.model, asked.at_s, "output").value_or(INT64_MAX),
                        one.model->name);
    });
  } else if (step.word == "best") {
    std::erase_if(standing,
                  [&](const Standing& one) { return !one.model->quality.contains(step.score); });
    by([&](const Standing& one) {
      const std::int64_t cost = asked.route.says.mix ? MixCost(one, asked).value_or(INT64_MAX) : 0;
      return std::tuple(-one.model->quality.at(step.score), cost, one.model->name);
    });
  } else if (step.word == "fastest") {
    by([&](const Standing& one) {
      return std::tuple(prior(one, "latency.p50"), prior(one, "latency.p95"), one.model->name);
    });
  } else if (step.word == "balanced") {
    Balance(step, asked, standing);
  }
  if (!step.prefer.empty()) by([&](const Standing& one) { return Rank(*one.model, step.prefer); });
  if (step.word == "spread" && asked.draws) Draw(step, asked, number, standing);
}

/// By the sum of the weighted parts, in millionths: the share of the preferred capabilities that it
/// has, the least cost of the mix by its own, the least latency by its own (a half without one),
/// and availability, which is whole while nothing is measured. Ties go by name.
void Oracle::Balance(const Step& step, const Asked& asked, std::vector<Standing>& standing) const {
  const auto latency = [](const Standing& one) {
    const auto prior = one.model->priors.find("latency.p95");
    return prior == one.model->priors.end() ? std::nullopt : std::optional(prior->second);
  };
  std::optional<std::int64_t> least_cost;
  std::optional<std::int64_t> least_latency;
  for (const Standing& one : standing) {
    const std::optional<std::int64_t> cost = MixCost(one, asked);
    if (cost) least_cost = std::min(least_cost.value_or(INT64_MAX), *cost);
    if (latency(one)) least_latency = std::min(least_latency.value_or(INT64_MAX), *latency(one));
  }
  const auto part = [](std::optional<std::int64_t> least, std::int64_t own) {
    return own == 0 ? kMicro : static_cast<std::int64_t>(Wide{*least} * kMicro / own);
  };
  const auto score = [&](const Standing& one) {
    std::int64_t had = 0;
    for (const std::string& name : step.prefer) had += one.model->can.contains(name) ? 1 : 0;
    const std::int64_t fit =
        step.prefer.empty() ? kMicro : had * kMicro / static_cast<std::int64_t>(step.prefer.size());
    const std::optional<std::int64_t> cost = MixCost(one, asked);
    return step.weights.at("capability") * fit +
           step.weights.at("cost") * (cost ? part(least_cost, *cost) : 0) +
           step.weights.at("performance") *
               (latency(one) ? part(least_latency, *latency(one)) : kMicro / 2) +
           step.weights.at("availability") * kMicro;
  };
  std::stable_sort(standing.begin(), standing.end(), [&](const Standing& a, const Standing& b) {
    return std::tuple(-score(a), a.model->name) < std::tuple(-score(b), b.model->name);
  });
}

/// The drawn member comes first, the others by falling share. The unit's bucket is the runtime's,
/// whose own tests hold it to published vectors.
void Oracle::Draw(const Step& step, const Asked& asked, std::size_t number,
                  std::vector<Standing>& standing) const {
  if (standing.size() < 2) return;
  constexpr std::int64_t kBuckets = 1'000'000;
  const auto share = [&](const Standing& one) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < step.models.size(); ++i) {
      const Model* model = &facts_.models.at(step.models[i]);
      if (asked.route.says.follows_successors) model = Follow(model, asked.at_s);
      if (model == one.model) sum += step.shares[i];
    }
    return sum;
  };
  std::int64_t total = 0;
  for (const Standing& one : standing) total += share(one);
  std::int64_t point = 0;
  if (step.key != kNowhere && !asked.request[step.key].text.empty()) {
    const std::string salt = asked.route.name + "/" + std::to_string(number);
    point = Bucket(salt, asked.request[step.key].text) * total / kBuckets;
  }
  std::size_t drawn = 0;
  while (drawn + 1 < standing.size() && point >= share(standing[drawn]))
    point -= share(standing[drawn++]);
  std::rotate(standing.begin(), standing.begin() + static_cast<std::ptrdiff_t>(drawn),
              standing.begin() + static_cast<std::ptrdiff_t>(drawn) + 1);
  std::stable_sort(standing.begin() + 1, standing.end(),
                   [&](const Standing& a, const Standing& b) { return share(a) > share(b); });
}

// ---------------------------------------------------------------- whether a model serves

bool Oracle::Serves(const Standing& standing, const Asked& asked) const {
  const Model& model = *standing.model;
  if (asks_ != kNowhere && !CanAll(model, asked.request[asks_].members)) return false;
  const auto tokens = [&](std::size_t attribute) {
    return attribute == kNowhere ? 0 : asked.request[attribute].number / kMicro;
  };
  const std::int64_t input = tokens(input_);
  const std::int64_t output = tokens(output_);
  if (input > model.max_input || output > model.max_output || input + output > model.context)
    return false;
  const std::int64_t bound =
      std::min(standing.within, asked.route.says.cost.value_or(kWithoutBound));
  if (bound == kWithoutBound) return true;
  const bool writes_cache =
      asked.route.says.caches_prompts || facts_.providers.at(model.provider).protocol == "openai";
  const std::optional<std::int64_t> cost =
      AttemptCost(model, *standing.endpoint, writes_cache, asked.at_s, input, output);
  return cost && *cost <= bound;
}

/// The new side of a rollout where the old one stands: under its bound, but not its condition.
std::optional<Oracle::Standing> Oracle::Canary(const Rollout& rollout, const Standing& old,
                                               const Asked& asked) const {
  if (rollout.from != old.model->name || !Serves(old, asked)) return std::nullopt;
  if (!rollout.routes.empty() && !rollout.routes.contains(asked.route.name)) return std::nullopt;
  return InPlaceOf(old, rollout.to, asked);
}

/// Arms lie side by side over the unit's bucket, whose hash is the runtime's.
std::optional<Oracle::Standing> Oracle::InArm(const Experiment& experiment, const Standing& old,
                                              const Asked& asked) const {
  if (experiment.replaced != old.model->name || !Serves(old, asked)) return std::nullopt;
  if (!experiment.routes.empty() && !experiment.routes.contains(asked.route.name))
    return std::nullopt;
  const std::string& unit = asked.request[experiment.key].text;
  if (unit.empty() || !Holds(experiment.when, facts_, asked.request)) return std::nullopt;
  const std::int64_t bucket = Bucket(experiment.salt + "/split", unit);
  std::int64_t end = 0;
  for (const Experiment::Arm& arm : experiment.arms) {
    end += arm.share;
    if (bucket >= end) continue;
    if (arm.model == experiment.replaced) return std::nullopt;  // the control
    return InPlaceOf(old, arm.model, asked);
  }
  return std::nullopt;
}

std::optional<Oracle::Standing> Oracle::InPlaceOf(const Standing& old, const std::string& name,
                                                  const Asked& asked) const {
  const Model& model = facts_.models.at(name);
  const std::vector<Site> sites = Sites(model, asked);
  if (sites.empty() || !MayBeTried(model, By::kRollout, asked.at_s) ||
      !CanAll(model, asked.route.says.need)) {
    return std::nullopt;
  }
  return Standing{&model, sites.front().endpoint, old.within, true};
}

Answer Oracle::Decide(const Request& given, const Circumstances& circumstances) const {
  Answer answer;
  if (output_ != kNowhere) answer.output = given[output_].number / kMicro;
  const auto found =
      std::find_if(facts_.routes.begin(), facts_.routes.end(),
                   [&](const Route& route) { return Holds(route.when, facts_, given); });
  if (found == facts_.routes.end()) {
    answer.outcome = "no-route";
    return answer;
  }
  const Route& route = *found;
  answer.route = route.name;
  std::optional<Request> capped;
  if (route.says.cap && output_ != kNowhere && *route.says.cap < given[output_].number) {
    capped = given;
    (*capped)[output_].number = *route.says.cap;
    answer.output = *route.says.cap / kMicro;
  }
  const Request& request = capped ? *capped : given;
  if (route.refuses) {
    answer.outcome = "refused";
    return answer;
  }
  if (route.says.cache && Holds(route.says.cache->second, facts_, request))
    answer.cache_ms = route.says.cache->first;

  // Before the horizon its first instant answers, after it its last.
  const std::int64_t at_s = std::clamp(circumstances.at_s, facts_.valid_from, facts_.valid_to - 1);
  const Asked asked{route, request, at_s, WantedPlaces(route, request),
                    !circumstances.prefer_cheapest};
  std::vector<Standing> entries;
  for (std::size_t number = 0; number < route.steps.size(); ++number) {
    for (const Standing& standing : StepModels(route.steps[number], asked, number)) {
      for (const Rollout& rollout : facts_.rollouts) {
        if (!circumstances.canary.contains(rollout.name) || request[rollout.key].text.empty())
          continue;
        if (const auto canary = Canary(rollout, standing, asked)) entries.push_back(*canary);
      }
      for (const Experiment& experiment : facts_.experiments) {
        if (!circumstances.experiments_run) break;
        if (const auto arm = InArm(experiment, standing, asked)) entries.push_back(*arm);
      }
      entries.push_back(standing);
    }
  }
  // The first that may serve the request brings its model.
  std::vector<Standing> serving;
  for (const Standing& entry : entries) {
    const bool taken = std::any_of(serving.begin(), serving.end(), [&](const Standing& other) {
      return other.model == entry.model;
    });
    if (!taken && Serves(entry, asked)) serving.push_back(entry);
  }
  if (circumstances.prefer_cheapest) {
    std::stable_sort(serving.begin(), serving.end(), [&](const Standing& a, const Standing& b) {
      return MixCost(a, asked).value_or(INT64_MAX) < MixCost(b, asked).value_or(INT64_MAX);
    });
  }
  for (const Standing& one : serving)
    answer.candidates.push_back({one.model->name, one.endpoint->url, one.canary});
  answer.outcome = answer.candidates.empty() ? "no-candidate" : "serve";
  return answer;
}

}  // namespace mlp::oracle
