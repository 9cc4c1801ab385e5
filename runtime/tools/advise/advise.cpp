#include "runtime/tools/advise/advise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "mlp/cost.hpp"
#include "runtime/core/call_answer.hpp"
#include "runtime/core/usage_sums.hpp"
#include "runtime/loader/catalog_facts.hpp"
#include "runtime/report/budget_query.hpp"
#include "runtime/report/figures.hpp"
#include "runtime/report/page/page_query.hpp"
#include "runtime/report/since.hpp"
#include "runtime/store/reader.hpp"
#include "runtime/tools/advise/route_edit.hpp"

namespace mlp::tools {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kLeastCalls = 30;  // below them a route's costs say little
constexpr std::int64_t kLeastFallbacks = 20;
constexpr double kLeastSaving = 0.1;  // of what the calls cost
constexpr std::int64_t kSoonRetires = 180 * kDay;

/// Answered calls of a route whose first model answered.
struct Answered {
  std::int64_t calls = 0;
  Usage usage;
  MoneySum cost;
};
struct Fallback {
  std::int64_t attempts = 0;
  std::int64_t answered = 0;
};

/// Of one call on average, rounded down.
Usage Average(const Usage& sum, std::int64_t calls) {
  Usage one;
  one.input = sum.input / calls;
  one.cache_read = sum.cache_read / calls;
  one.cache_write = sum.cache_write / calls;
  one.cache_write_long = sum.cache_write_long / calls;
  one.output = sum.output / calls;
  one.reasoning = sum.reasoning / calls;
  return one;
}

std::optional<std::string> ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

std::string Day(std::int64_t at_s) { return FormatInstant(at_s * kMicros).substr(0, 10); }

MoneySum Sum(double dollars) {
  MoneySum sum;
  sum.Add(Money{std::llround(std::min(dollars, 9e6) * 1e12)});
  return sum;
}

class Advisor {
 public:
  explicit Advisor(const AdviceRequest& request) : request_(request) {}

  Result<std::vector<AdviceItem>> Run() {
    if (Status loaded = Load(); !loaded) return loaded.error();
    if (Status read = ReadCalls(); !read) return read.error();
    for (const auto& [key, answered] : answered_) Cheaper(key.first, key.second, answered);
    for (const auto& [key, fallback] : fallbacks_) DeadFallback(key.first, key.second, fallback);
    Budgets();
    Dates();
    std::stable_sort(items_.begin(), items_.end(), [](const AdviceItem& a, const AdviceItem& b) {
      return a.saves.Approximate() > b.saves.Approximate();
    });
    return std::move(items_);
  }

 private:
  using RouteModel = std::pair<std::string, std::string>;

  Status Load() {
    LoadOptions options{.import_roots = request_.import_roots, .prove = false};
    auto used = LoadPolicy(request_.policy, options);
    if (!used) return used.error();
    used_ = *used;
    options.all_models = true;
    auto all = LoadPolicy(request_.policy, options);
    if (!all) return all.error();
    all_ = *all;
    auto catalog = LoadCatalog(request_.policy, options);
    if (!catalog) return catalog.error();
    for (CatalogModel& model : *catalog) catalog_.emplace(model.name, std::move(model));
    text_ = ReadAll(request_.policy).value_or("");
    return Done{};
  }

  Status ReadCalls() {
    auto reader = StoreReader::Open(request_.store);
    if (!reader) return Error{ErrorClass::kNone, reader.error().context};
    const Status read = reader->ForEachCall(
        request_.from_us, std::numeric_limits<std::int64_t>::max(), [this](const CallRecord& call) {
          Add(call);
          return true;
        });
    if (!read) return Error{ErrorClass::kNone, read.error().context};
    return Done{};
  }

  void Add(const CallRecord& call) {
    first_us_ = calls_ == 0 ? call.started_us : std::min(first_us_, call.started_us);
    last_us_ = calls_ == 0 ? call.started_us : std::max(last_us_, call.started_us);
    ++calls_;
    for (const AttemptRecord& attempt : call.attempts) {
      if (attempt.kind != AttemptKind::kFallback) continue;
      Fallback& fallback = fallbacks_[{call.route, attempt.model}];
      ++fallback.attempts;
      if (attempt.error_class == ErrorClass::kNone) ++fallback.answered;
    }
    for (const AttemptRecord& attempt : call.attempts) ++tried_[attempt.model];
    const AttemptRecord* answer = FindAnswer(call);
    if (answer == nullptr || !answer->usage.reported || !answer->priced) return;
    if (answer->model != call.attempts.front().model) return;
    Answered& answered = answered_[{call.route, answer->model}];
    ++answered.calls;
    AddTokens(answer->usage, answered.usage);
    answered.cost.Add(Money{answer->cost_pico});
  }

  [[nodiscard]] double Days() const {
    return std::max(static_cast<double>(last_us_ - first_us_) / 1e6 / static_cast<double>(kDay),
                    1.0 / 24);
  }

  static const Model* Find(const Tables& tables, const std::string& name) {
    for (const Model& model : tables.models) {
      if (model.name == name) return &model;
    }
    return nullptr;
  }

  [[nodiscard]] const RoutePlan* Route(const std::string& name) const {
    for (const RoutePlan& route : used_->tables().routes) {
      if (route.name == name) return &route;
    }
    return nullptr;
  }

  /// The line of a route in the policy's own file; nothing where another file has it.
  [[nodiscard]] std::optional<std::size_t> LineOf(const std::string& route) const {
    const RoutePlan* plan = Route(route);
    const std::string own = std::filesystem::path(request_.policy).filename().string();
    if (plan == nullptr || plan->file != own) return std::nullopt;
    return plan->line;
  }

  /// The patch of an edit that passes every check; nothing, and why not in `why`, else.
  std::string Checked(const std::optional<std::string>& edited, std::string& why) const {
    if (!edited) {
      why = "the policy's text does not name it there: a pool or an objective chooses";
      return {};
    }
    const auto policy = LoadPolicy(request_.policy, {.import_roots = request_.import_roots,
                                                     .instead = {{request_.policy, *edited}}});
    if (policy) return PatchOf(text_, *edited, request_.policy);
    const std::string& said = policy.error().context;
    why = "the edited policy is refused: " + said.substr(0, said.find('\n'));
    return {};
  }

  /// What `usage` costs at the model's first endpoint; nothing without a price.
  [[nodiscard]] std::optional<double> Price(const Model& model, const Usage& usage,
                                            std::int64_t at_s) const {
    const Tables& tables = all_->tables();
    const auto number = static_cast<std::uint16_t>(&model - tables.models.data());
    for (std::size_t i = 0; i < tables.endpoints.size(); ++i) {
      if (tables.endpoints[i].provider != model.provider) continue;
      bool priced = true;
      const Money cost =
          SettleCost(tables, number, static_cast<std::uint16_t>(i), at_s, usage, priced);
      if (!priced) return std::nullopt;
      return static_cast<double>(cost.pico_usd) / 1e12;
    }
    return std::nullopt;
  }

  /// Whether a provider is one that the policy calls already, so that its key is there.
  [[nodiscard]] bool IsCalled(std::uint16_t provider) const {
    const std::string_view name = all_->tables().providers[provider].name;
    const auto providers = used_->tables().providers;
    return std::any_of(providers.begin(), providers.end(),
                       [&](const Provider& one) { return one.name == name; });
  }

  enum class Scores : std::uint8_t { kNoLess, kLess, kUnknown };
  [[nodiscard]] Scores Compare(const std::string& other, const std::string& than) const {
    const auto& mine = catalog_.at(than).quality;
    const auto& theirs = catalog_.at(other).quality;
    if (mine.empty()) return Scores::kUnknown;
    bool unknown = false;
    for (const auto& own : mine) {
      const auto same = std::find_if(theirs.begin(), theirs.end(),
                                     [&](const auto& score) { return score.first == own.first; });
      if (same == theirs.end()) {
        unknown = true;
      } else if (same->second < own.second) {
        return Scores::kLess;
      }
    }
    return unknown ? Scores::kUnknown : Scores::kNoLess;
  }

  void Cheaper(const std::string& route, const std::string& name, const Answered& answered) {
    const Tables& tables = all_->tables();
    const Model* from = Find(tables, name);
    const double paid = answered.cost.Approximate();
    if (from == nullptr || answered.calls < kLeastCalls || paid <= 0) return;
    const Usage one = Average(answered.usage, answered.calls);
    std::vector<std::pair<double, const Model*>> cheaper;
    for (const Model& model : tables.models) {
      const bool can_all = (from->capabilities & ~model.capabilities) == 0 &&
                           model.context >= from->context && model.max_output >= from->max_output;
      const bool stays = model.retires_s > request_.now_s + kSoonRetires &&
                         model.deprecated_s > request_.now_s &&
                         catalog_.at(std::string(model.name)).active;
      if (&model == from || !can_all || !stays || !IsCalled(model.provider)) continue;
      const std::optional<double> cost = Price(model, one, request_.now_s);
      if (!cost) continue;
      const double all = *cost * static_cast<double>(answered.calls);
      if (all < paid * (1 - kLeastSaving)) cheaper.emplace_back(all, &model);
    }
    std::sort(cheaper.begin(), cheaper.end());
    bool named_unknown = false;
    for (const auto& [cost, model] : cheaper) {
      const std::string other(model->name);
      const Scores scores = Compare(other, name);
      if (scores == Scores::kLess || (scores == Scores::kUnknown && named_unknown)) continue;
      AdviceItem item;
      item.saves = Sum((paid - cost) * 30 / Days());
      item.evidence = fmt::format(
          "{} calls of the window that {} answered cost {}; at the average call's tokens {} would "
          "have cost {}. It can all that {} can.",
          Grouped(answered.calls), name, answered.cost.Rounded(), other, Sum(cost).Rounded(), name);
      if (scores == Scores::kUnknown) {
        named_unknown = true;
        item.kind = AdviceKind::kEvaluate;
        item.title = fmt::format("route {}: evaluate {} in place of {}", route, other, name);
        item.evidence += " No score says how good it is for you.";
        item.next = fmt::format("mlp eval {} --suite CASES.jsonl --candidate {} --baseline {}",
                                request_.policy, other, name);
        items_.push_back(std::move(item));
        continue;
      }
      const auto line = LineOf(route);
      std::string why = "the route is not in the policy's own file";
      item.kind = AdviceKind::kCheaper;
      item.title = fmt::format("route {}: {} in place of {}", route, other, name);
      item.evidence += " Its scores are no less.";
      if (line) item.patch = Checked(ReplaceInRoute(text_, *line, name, other), why);
      if (item.patch.empty()) continue;  // what the policy's assertions refuse is no advice
      items_.push_back(std::move(item));
      return;
    }
  }

  void DeadFallback(const std::string& route, const std::string& model, const Fallback& fallback) {
    if (fallback.attempts < kLeastFallbacks || fallback.answered > 0) return;
    AdviceItem item;
    item.kind = AdviceKind::kDeadFallback;
    item.title = fmt::format("route {}: the fallback {} never answers", route, model);
    item.evidence =
        fmt::format("{} attempts in the window, none answered", Grouped(fallback.attempts));
    item.next = "look at its key, quota and address, or take it out";
    std::string why;
    if (const auto line = LineOf(route)) item.patch = Checked(DropElse(text_, *line, model), why);
    if (item.patch.empty() && !why.empty()) item.evidence += "; " + why;
    items_.push_back(std::move(item));
  }

  void Budgets() {
    Report report;
    QueryBudgets(request_.store, request_.now_s, report);
    for (const BudgetRow& row : report.budgets) {
      if (!row.forecast || row.forecast->pico_usd <= row.limit.pico_usd) continue;
      const double elapsed = static_cast<double>(request_.now_s - row.from_s);
      const double share = static_cast<double>(row.limit.pico_usd) /
                           std::max(1.0, static_cast<double>(row.spent.pico_usd));
      const auto out_s = row.from_s + static_cast<std::int64_t>(elapsed * share);
      AdviceItem item;
      item.kind = AdviceKind::kBudget;
      item.title =
          fmt::format("budget {} of this {} {} {}", BudgetRowName(row), row.month ? "month" : "day",
                      out_s > request_.now_s ? "runs out" : "ran out",
                      out_s > request_.now_s ? "at about " + Minute(out_s * kMicros) + " UTC" : "");
      item.evidence = fmt::format(
          "{} of {} are spent, {} would be by {}, every hour like those before", Dollars(row.spent),
          Dollars(row.limit), Dollars(*row.forecast), Day(row.to_s));
      item.next = "raise the limit, or let it prefer cheapest earlier: a decision about money";
      items_.push_back(std::move(item));
    }
  }

  void Dates() {
    ReportPage page;
    AddCalendar(used_->tables(), Report(), request_.now_s, page);
    for (const PageDate& date : page.dates) {
      const auto tried = tried_.find(date.model);
      if (tried == tried_.end()) continue;
      AdviceItem item;
      if (date.what == "price") {
        item.kind = AdviceKind::kPrice;
        item.title = fmt::format("{} changes its price on {}", date.model, Day(date.at_s));
        item.evidence = date.words + PriceEvidence(date);
        items_.push_back(std::move(item));
      } else if (date.at_s < request_.now_s + kSoonRetires && date.what == "retires") {
        Retires(date, tried->second, std::move(item));
      }
    }
  }

  std::string PriceEvidence(const PageDate& date) {
    Answered all;
    for (const auto& [key, answered] : answered_) {
      if (key.second != date.model) continue;
      all.calls += answered.calls;
      AddTokens(answered.usage, all.usage);
    }
    const Model* model = Find(all_->tables(), date.model);
    if (model == nullptr || all.calls == 0) return {};
    const Usage one = Average(all.usage, all.calls);
    const auto now = Price(*model, one, request_.now_s);
    const auto then = Price(*model, one, date.at_s);
    if (!now || !then) return {};
    const auto calls = static_cast<double>(all.calls);
    return fmt::format("; {} calls of the window, about {} now, would cost about {}",
                       Grouped(all.calls), Sum(*now * calls).Rounded(),
                       Sum(*then * calls).Rounded());
  }

  void Retires(const PageDate& date, std::int64_t tried, AdviceItem item) {
    const Model* model = Find(all_->tables(), date.model);
    item.kind = AdviceKind::kRetires;
    item.title = fmt::format("{} retires on {}", date.model, Day(date.at_s));
    item.evidence = fmt::format("{} attempts of the window were made at it", Grouped(tried));
    const std::string successor(model == nullptr ? "" : model->successor);
    if (successor.empty()) {
      item.next = "its catalog entry names no successor: choose one";
    } else {
      std::string edited = text_;
      for (const RoutePlan& route : used_->tables().routes) {
        const auto line = LineOf(std::string(route.name));
        if (!line) continue;
        if (auto next = ReplaceInRoute(edited, *line, date.model, successor)) edited = *next;
      }
      std::string why;
      item.patch = Checked(edited == text_ ? std::nullopt : std::optional(edited), why);
      item.next = fmt::format("move to {}, best by a rollout", successor);
      if (!why.empty()) item.evidence += "; " + why;
    }
    items_.push_back(std::move(item));
  }

  const AdviceRequest& request_;
  std::shared_ptr<const Policy> used_;
  std::shared_ptr<const Policy> all_;
  std::map<std::string, CatalogModel> catalog_;
  std::string text_;
  std::map<RouteModel, Answered> answered_;
  std::map<RouteModel, Fallback> fallbacks_;
  std::map<std::string, std::int64_t> tried_;
  std::int64_t calls_ = 0;
  std::int64_t first_us_ = 0;
  std::int64_t last_us_ = 0;
  std::vector<AdviceItem> items_;
};

}  // namespace

const char* ToString(AdviceKind kind) {
  switch (kind) {
    case AdviceKind::kCheaper:
      return "cheaper";
    case AdviceKind::kEvaluate:
      return "evaluate";
    case AdviceKind::kDeadFallback:
      return "dead-fallback";
    case AdviceKind::kBudget:
      return "budget";
    case AdviceKind::kPrice:
      return "price";
    case AdviceKind::kRetires:
      return "retires";
  }
  return "";
}

Result<std::vector<AdviceItem>> Advise(const AdviceRequest& request) {
  return Advisor(request).Run();
}

}  // namespace mlp::tools
