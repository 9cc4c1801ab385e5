// How long a decision takes, by the number of routes: Decide and FindLeaf against a scan of the
// routes in order and against what a patient programmer would write by hand.
//
// Each iteration is a batch of requests from a set drawn beforehand; the counters p50_ns and p99_ns
// are the quantiles of the batches' means per call. Random requests over all inputs would stop at
// broad early rules and flatter every method, so the sets aim: 0 at a random route, 1 at the last
// one, 2 at the default. `lists` is the number of distinct candidate lists that the routes share.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mlp/decide.hpp"
#include "tests/bench/synthetic_tables.hpp"

namespace mlp::bench {
namespace {

constexpr std::size_t kBatch = 64;
constexpr std::size_t kRequestCount = 128 * kBatch;

const SyntheticTables& TablesOf(std::int64_t route_count, std::int64_t list_count) {
  static std::map<std::pair<std::int64_t, std::int64_t>, std::unique_ptr<SyntheticTables>> made;
  auto& tables = made[{route_count, list_count}];
  if (tables == nullptr) {
    tables = std::make_unique<SyntheticTables>(static_cast<std::int32_t>(route_count),
                                               static_cast<std::int32_t>(list_count));
  }
  return *tables;
}

/// A route for a request, by looking at one after the other.
class LinearScan {
 public:
  explicit LinearScan(const SyntheticTables& synthetic)
      : routes_(synthetic.routes()), default_leaf_(synthetic.default_leaf()) {}
  std::uint32_t operator()(const Request& request) const {
    for (std::uint32_t i = 0; i < routes_.size(); ++i) {
      const Route& route = routes_[i];
      if (request[0] == route.task && request[1] >= route.from && request[1] < route.to) return i;
    }
    return default_leaf_;
  }

 private:
  const std::vector<Route>& routes_;
  std::uint32_t default_leaf_;
};

/// A switch on the task, then a binary search in the borders of this task's routes.
class SwitchAndSearch {
 public:
  explicit SwitchAndSearch(const SyntheticTables& synthetic)
      : default_leaf_(synthetic.default_leaf()) {
    for (std::uint32_t i = 0; i < synthetic.routes().size(); ++i) {
      const Route& route = synthetic.routes()[i];
      by_task_[static_cast<std::size_t>(route.task)].push_back({route.from, route.to, i});
    }
  }
  std::uint32_t operator()(const Request& request) const {
    switch (request[0]) {
      case 0:
        return Search(by_task_[0], request[1]);
      case 1:
        return Search(by_task_[1], request[1]);
      case 2:
        return Search(by_task_[2], request[1]);
      case 3:
        return Search(by_task_[3], request[1]);
    }
    return default_leaf_;
  }

 private:
  struct Interval {
    std::int32_t from;
    std::int32_t to;
    std::uint32_t leaf;
  };
  [[nodiscard]] std::uint32_t Search(const std::vector<Interval>& intervals,
                                     std::int32_t input) const {
    const auto after =
        std::upper_bound(intervals.begin(), intervals.end(), input,
                         [](std::int32_t code, const Interval& i) { return code < i.from; });
    if (after == intervals.begin() || std::prev(after)->to <= input) return default_leaf_;
    return std::prev(after)->leaf;
  }

  std::array<std::vector<Interval>, kTaskCount> by_task_;
  std::uint32_t default_leaf_;
};

class DiagramWalk {
 public:
  explicit DiagramWalk(const SyntheticTables& synthetic) : tables_(synthetic.tables()) {}
  std::uint32_t operator()(const Request& request) const {
    return FindLeaf(tables_, 0, {request, {}, {}});
  }

 private:
  const Tables& tables_;
};

class WholeDecision {
 public:
  explicit WholeDecision(const SyntheticTables& synthetic)
      : tables_(synthetic.tables()), live_(synthetic.tables()) {}
  std::uint32_t operator()(const Request& request) const {
    const Decision decision = Decide(tables_, live_, {request, {}, {}});
    benchmark::DoNotOptimize(decision.candidates);
    return decision.leaf;
  }

 private:
  const Tables& tables_;
  LiveState live_;
};

double Quantile(std::vector<double>& sorted, double q) {
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

template <typename Method>
void Run(benchmark::State& state) {
  const SyntheticTables& synthetic = TablesOf(state.range(0), state.range(1));
  const Method method(synthetic);
  const std::vector<Request> requests =
      synthetic.MakeRequests(static_cast<RequestSet>(state.range(2)), kRequestCount);
  const LinearScan reference(synthetic);
  for (std::size_t i = 0; i < requests.size(); i += 16) {
    if (method(requests[i]) != reference(requests[i])) return state.SkipWithError("another route");
  }
  std::vector<double> batch_ns;
  batch_ns.reserve(1 << 20);
  std::size_t at = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < kBatch; ++i) benchmark::DoNotOptimize(method(requests[at + i]));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(seconds.count());
    batch_ns.push_back(seconds.count() * 1e9 / kBatch);
    at = (at + kBatch) % requests.size();
  }
  std::sort(batch_ns.begin(), batch_ns.end());
  state.counters["p50_ns"] = Quantile(batch_ns, 0.5);
  state.counters["p99_ns"] = Quantile(batch_ns, 0.99);
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"routes", "lists", "set"})->UseManualTime();
  for (const std::int64_t routes : {10, 100, 1'000, 10'000}) {
    for (const auto set : {RequestSet::kRandomHit, RequestSet::kLastRoute, RequestSet::kDefault}) {
      benchmark->Args({routes, routes, static_cast<std::int64_t>(set)});
    }
  }
}

/// Besides, many routes over fewer lists of candidates, whose rows stay in the cache.
void SizesAndSharedLists(benchmark::internal::Benchmark* benchmark) {
  Sizes(benchmark);
  benchmark->Args({10'000, 500, static_cast<std::int64_t>(RequestSet::kRandomHit)});
}

/// What a canary row adds, once per rollout and decision.
void BucketOfUnit(benchmark::State& state) {
  const std::string unit(static_cast<std::size_t>(state.range(0)), 'u');
  for (auto _ : state) benchmark::DoNotOptimize(Bucket("sonnet-next", unit));
}

BENCHMARK_TEMPLATE(Run, WholeDecision)->Name("Decide")->Apply(SizesAndSharedLists);
BENCHMARK_TEMPLATE(Run, DiagramWalk)->Name("FindLeaf")->Apply(Sizes);
BENCHMARK_TEMPLATE(Run, SwitchAndSearch)->Name("SwitchAndSearch")->Apply(Sizes);
BENCHMARK_TEMPLATE(Run, LinearScan)->Name("LinearScan")->Apply(Sizes);
BENCHMARK(BucketOfUnit)->Name("Bucket")->ArgName("bytes")->Arg(8)->Arg(36)->Arg(64);

}  // namespace
}  // namespace mlp::bench

BENCHMARK_MAIN();
