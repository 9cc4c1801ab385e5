#include "runtime/report/page/page_query.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "runtime/core/call_answer.hpp"
#include "runtime/core/evidence/rate_ratio.hpp"
#include "runtime/core/floor_divide.hpp"
#include "runtime/report/page/anomalies.hpp"
#include "runtime/report/page/slots.hpp"
#include "runtime/store/reader.hpp"

namespace mlp {
namespace {

// Of the evidence shown: no more failures than the stable arm, and 2 as the alternative of
// interest.
constexpr double kHarmMargin = 1;
constexpr double kHarmDetect = 2;

/// Numbers names in the order in which they come.
class Numbering {
 public:
  std::size_t operator()(const std::string& name) {
    return numbers_.try_emplace(name, numbers_.size()).first->second;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names(numbers_.size());
    for (const auto& [name, number] : numbers_) names[number] = name;
    return names;
  }

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
};

template <typename Amount>
void AddAt(std::vector<MoneySum>& sums, std::size_t index, const Amount& amount) {
  if (sums.size() <= index) sums.resize(index + 1);
  sums[index].Add(amount);
}

/// A rollout while its calls are read.
class ArmCount {
 public:
  explicit ArmCount(std::string name) { rollout_.name = std::move(name); }

  void Add(std::size_t slot, bool canary, const CallRecord& call) {
    PageArm& arm = canary ? rollout_.canary : rollout_.stable;
    ++arm.calls;
    if (call.attempts.empty()) return;
    if (blocks_.size() <= slot) blocks_.resize(slot + 1);
    RateBlock& block = blocks_[slot];
    const bool failed = call.attempts.front().error_class != ErrorClass::kNone;
    const auto [unit, is_new] = units_[canary ? 1 : 0].try_emplace(call.unit_hash, false);
    bool& failing = unit->second;
    if (is_new) {
      ++arm.units;
      ++(canary ? block.canary_units : block.stable_units);
    }
    if (!failed || failing) return;
    failing = true;
    ++arm.failing_units;
    ++(canary ? block.canary_events : block.stable_events);
  }

  PageRollout Finish(std::size_t slots) {
    blocks_.resize(slots);
    RateRatioTest harm(kHarmMargin, HarmRatios(kHarmMargin, kHarmDetect));
    for (const RateBlock& block : blocks_) {
      harm.Add(block);
      rollout_.harm.push_back(harm.LogEvidence());
    }
    return std::move(rollout_);
  }

 private:
  PageRollout rollout_;
  std::vector<RateBlock> blocks_;
  std::array<std::unordered_map<std::uint64_t, bool>, 2> units_;  // by arm: whether it failed
};

class PageBuilder {
 public:
  PageBuilder(std::int64_t first_us, std::int64_t last_us, std::int64_t least_slot_us) {
    page_.slot_us = std::max(ChooseSlotUs(first_us, last_us), least_slot_us);
    page_.start_us = FloorDivide(first_us, page_.slot_us) * page_.slot_us;
    const std::int64_t last = FloorDivide(last_us - page_.start_us, page_.slot_us);
    page_.slots.resize(static_cast<std::size_t>(last) + 1);
  }

  [[nodiscard]] std::int64_t slot_us() const { return page_.slot_us; }

  void Add(const CallRecord& call) {
    PageSlot& slot = page_.slots[SlotOf(call.started_us)];
    ++slot.calls;
    const AttemptRecord* answer = FindAnswer(call);
    const bool cached = IsFromCache(call);
    if (answer != nullptr || cached) {
      ++slot.answered;
      slot.latency.Add(call.duration_us);
    }
    if (call.cache != CacheUse::kNone) ++slot.cache_asked;
    if (cached) ++slot.cached;
    const std::size_t route = routes_(call.route);
    for (const AttemptRecord& attempt : call.attempts) {
      ++slot.attempts;
      ++slot.attempt_ends[static_cast<std::size_t>(attempt.error_class)];
      AddCost(Money{attempt.cost_pico}, attempt.model, route, slot);
    }
    for (const AttemptRecord& lookup : call.lookups) {
      AddCost(Money{lookup.cost_pico}, lookup.model, route, slot);
    }
    AddFlow(call, answer);
    if (!call.arms.empty()) AddArms(call);
  }

  void Add(std::int64_t start_us, const CellKey& key, const RolledCell& cell) {
    PageSlot& slot = page_.slots[SlotOf(start_us)];
    switch (key.kind) {
      case CellKind::kCalls:
        slot.calls += cell.calls;
        slot.answered += cell.answered;
        slot.cache_asked += cell.cache_asked;
        slot.cached += cell.cached;
        slot.latency.Merge(cell.latency);
        routes_(key.names[0]);
        break;
      case CellKind::kAttempts:
        slot.attempts += cell.attempts;
        for (std::size_t i = 0; i < cell.ends.size(); ++i) slot.attempt_ends[i] += cell.ends[i];
        AddCost(cell.cost, key.names[2], routes_(key.names[0]), slot);
        break;
      case CellKind::kLookups:
        AddCost(cell.cost, key.names[2], routes_(key.names[0]), slot);
        break;
      case CellKind::kFlow: {
        PageFlow& flow = FlowOf(key.names[0], key.names[1]);
        flow.calls += cell.calls;
        const auto reason = ParseErrorClass(key.names[2]);
        if (reason) flow.reasons[static_cast<std::size_t>(*reason)] += cell.calls;
        break;
      }
      case CellKind::kArm:
        break;  // without units there is no evidence
    }
  }

  ReportPage Finish(bool summed) {
    if (summed) arms_.clear();  // what single calls are left says too little
    page_.models = SortByCost(models_.names(), &PageSlot::cost_by_model);
    page_.routes = SortByCost(routes_.names(), &PageSlot::cost_by_route);
    for (auto& [key, flow] : flows_) page_.flows.push_back(std::move(flow));
    std::stable_sort(page_.flows.begin(), page_.flows.end(),
                     [](const PageFlow& a, const PageFlow& b) { return a.calls > b.calls; });
    for (auto& [name, arms] : arms_) page_.rollouts.push_back(arms.Finish(page_.slots.size()));
    MarkAnomalies(page_);
    return std::move(page_);
  }

 private:
  [[nodiscard]] std::size_t SlotOf(std::int64_t instant_us) const {
    // Sums may begin before the first call, and calls may have come since the report.
    const std::int64_t slot = FloorDivide(instant_us - page_.start_us, page_.slot_us);
    const auto last = static_cast<std::int64_t>(page_.slots.size()) - 1;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(slot, 0, last));
  }

  template <typename Amount>
  void AddCost(const Amount& cost, const std::string& model, std::size_t route, PageSlot& slot) {
    slot.cost.Add(cost);
    AddAt(slot.cost_by_model, models_(model), cost);
    AddAt(slot.cost_by_route, route, cost);
  }

  PageFlow& FlowOf(const std::string& from, const std::string& to) {
    PageFlow& flow = flows_[{from, to}];
    flow.from = from;
    flow.to = to;
    return flow;
  }

  void AddFlow(const CallRecord& call, const AttemptRecord* answer) {
    if (call.attempts.empty()) return;
    const AttemptRecord& first = call.attempts.front();
    if (answer != nullptr && answer->model == first.model) return;
    PageFlow& flow = FlowOf(first.model, answer == nullptr ? "" : answer->model);
    ++flow.calls;
    ++flow.reasons[static_cast<std::size_t>(first.error_class)];
  }

  void AddArms(const CallRecord& call) {
    std::string_view words = call.arms;
    while (!words.empty()) {
      const std::string_view word = words.substr(0, words.find(' '));
      words.remove_prefix(std::min(word.size() + 1, words.size()));
      const std::size_t colon = word.rfind(':');
      if (colon == std::string_view::npos) continue;
      const std::string_view arm = word.substr(colon + 1);
      if (arm != "canary" && arm != "stable") continue;
      const std::string name(word.substr(0, colon));
      arms_.try_emplace(name, name)
          .first->second.Add(SlotOf(call.started_us), arm == "canary", call);
    }
  }

  /// The names by falling cost, and each slot's sums in that order.
  std::vector<std::string> SortByCost(std::vector<std::string> names,
                                      std::vector<MoneySum> PageSlot::*sums) {
    std::vector<double> totals(names.size());
    for (PageSlot& slot : page_.slots) {
      (slot.*sums).resize(names.size());
      for (std::size_t i = 0; i < names.size(); ++i) totals[i] += (slot.*sums)[i].Approximate();
    }
    std::vector<std::size_t> order(names.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return totals[a] > totals[b]; });
    for (PageSlot& slot : page_.slots) {
      std::vector<MoneySum> sorted;
      sorted.reserve(order.size());
      for (const std::size_t i : order) sorted.push_back((slot.*sums)[i]);
      slot.*sums = std::move(sorted);
    }
    std::vector<std::string> sorted;
    sorted.reserve(order.size());
    for (const std::size_t i : order) sorted.push_back(std::move(names[i]));
    return sorted;
  }

  ReportPage page_;
  Numbering models_;
  Numbering routes_;
  std::map<std::pair<std::string, std::string>, PageFlow> flows_;
  std::map<std::string, ArmCount> arms_;
};

}  // namespace

Result<ReportPage> QueryPage(const std::string& path, const Report& report) {
  if (report.total.calls == 0) return ReportPage{};
  auto reader = StoreReader::Open(path);
  if (!reader) return reader.error();
  const auto kept = reader->Kept();
  if (!kept) return kept.error();
  const std::int64_t step_us = StepAt(report.first_us, *kept);
  PageBuilder builder(report.first_us, report.last_us, step_us);
  constexpr std::int64_t kEach = std::numeric_limits<std::int64_t>::max();
  const auto span = reader->ForEachRecorded(
      {.from_us = report.first_us,
       .to_us = report.last_us + 1,
       .grain_us = builder.slot_us(),
       .most_rows = report.summed ? 0 : kEach},
      [&builder](const CallRecord& call) { builder.Add(call); },
      [&builder](std::int64_t start_us, const CellKey& key, const RolledCell& cell) {
        builder.Add(start_us, key, cell);
      });
  if (!span) return span.error();
  return builder.Finish(span->summed);
}

}  // namespace mlp
