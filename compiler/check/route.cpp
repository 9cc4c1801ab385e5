#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compiler/check/literal.hpp"
#include "compiler/check/request_condition.hpp"
#include "compiler/check/routing.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::int64_t kMaxTokens = 0x7FFFFFFF;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMaxAttempts = 32;
constexpr std::int64_t kLeastSimilar = 500'000;  // below, prompts have little in common

// What a provider can cause; the other ends are the engine's own.
bool CausedByProvider(ErrorClass end) {
  switch (end) {
    case ErrorClass::kNone:
    case ErrorClass::kBudgetExhausted:
    case ErrorClass::kDeadlineExceeded:
    case ErrorClass::kNoRoute:
    case ErrorClass::kNoCandidate:
    case ErrorClass::kCancelled:
      return false;
    default:
      return true;
  }
}

class RouteStatements {
 public:
  // `route` begins as what is inherited; `defaults` forbids steps.
  RouteStatements(Context& context, RouteModel& route, bool defaults)
      : context_(context), route_(route), once_(context), defaults_(defaults) {}

  void Apply(View block) {
    for (const View statement : block.Children()) Statement(statement);
    if (defaults_) return;
    for (std::size_t i = 0; i < route_.steps.size(); ++i) {
      CheckStepNeeds(context_, route_, step_nodes_[i], route_.steps[i]);
    }
  }

  [[nodiscard]] bool has_step() const { return !step_nodes_.empty(); }

 private:
  bool First(View statement, std::string_view label) {
    return once_.First(statement.span(), label);
  }

  void Statement(View statement) {
    switch (statement.kind()) {
      case Kind::kRefuse:
        return Refuse(statement);
      case Kind::kTry:
      case Kind::kElse:
        return Step(statement);
      case Kind::kCap:
        return Cap(statement);
      case Kind::kMix:
        return Mix(statement);
      case Kind::kNeed:
        return Need(statement);
      case Kind::kPlace:
        return Place(statement);
      case Kind::kCost:
        return Cost(statement);
      case Kind::kRetry:
        return Retry(statement);
      case Kind::kAttempts:
        if (!First(statement, "attempts")) return;
        route_.attempts =
            static_cast<std::uint8_t>(ReadWithin(context_, statement.ChildAt(0), Unit::kCount, 1,
                                                 kMaxAttempts, "the number of attempts", "1 to 32")
                                          .value_or(route_.attempts));
        return;
      case Kind::kAttemptTime:
        if (!First(statement, "attempt")) return;
        route_.attempt_span = statement.span();
        route_.attempt_ms = Time(statement, "the time of an attempt").value_or(route_.attempt_ms);
        return;
      case Kind::kDeadline:
        if (!First(statement, "deadline")) return;
        route_.deadline_span = statement.span();
        route_.deadline_ms = Time(statement, "the deadline").value_or(route_.deadline_ms);
        return;
      case Kind::kOn:
        return On(statement);
      case Kind::kCache:
        return Cache(statement);
      case Kind::kHedge:
        return Hedge(statement);
      case Kind::kAfterFirstByte:
        if (!First(statement, "after first-byte")) return;
        route_.restart_after_first_byte = context_.Text(statement.ChildAt(0)) == "restart";
        return;
      case Kind::kFollowSuccessors:
        if (First(statement, "follow successors")) route_.follows_successors = true;
        return;
      case Kind::kLogPrompts:
        if (First(statement, "log prompts")) route_.logs_prompts = true;
        return;
      case Kind::kQualityFloor:
        if (!First(statement, "quality")) return;
        route_.quality_floor_micro = ReadWithin(context_, statement.ChildAt(0), Unit::kRatio, 0,
                                                1'000'000, "the floor", "0% to 100%")
                                         .value_or(0);
        route_.quality_evaluator = Resolve(context_, Scope::kEvaluator, statement.ChildAt(1));
        return;
      default:
        return;
    }
  }

  std::optional<std::int64_t> Time(View statement, std::string_view what) {
    return ReadWithin(context_, statement.ChildAt(0), Unit::kDuration, 1, 7 * kDayMs, what,
                      "above 0ms and at most 7d");
  }

  // The statement's keyword: its first word.
  Span Keyword(View statement) const {
    const std::string_view text = context_.Text(statement);
    const std::size_t length = std::min(text.find_first_of(" \t\r\n"), text.size());
    const Span span = statement.span();
    return {span.file, span.begin, span.begin + static_cast<std::uint32_t>(length)};
  }

  void ReportDefaults(View statement) {
    context_.Report(
        Code::k0205, Keyword(statement),
        fmt::format("`{}` has no place in `defaults`", context_.sources.text(Keyword(statement))),
        "steps and refusals belong to a route");
  }

  void Refuse(View statement) {
    if (defaults_) return ReportDefaults(statement);
    if (!First(statement, "refuse")) return;
    if (!step_nodes_.empty()) ReportBoth(statement, step_nodes_.front());
    route_.refuses = true;
    route_.refusal = Unquote(context_, statement.ChildAt(0));
    refuse_ = statement;
  }

  void ReportBoth(View second, View first) {
    context_
        .Report(Code::k0205, Keyword(second), "a route either refuses or tries models",
                "keep `refuse`, or keep the steps")
        .related.push_back({Keyword(first), "the route does the other here"});
  }

  void Step(View statement) {
    if (defaults_) return ReportDefaults(statement);
    if (refuse_) ReportBoth(statement, refuse_);
    if (statement.Is(Kind::kElse) && step_nodes_.empty()) {
      context_.Report(Code::k0205, Keyword(statement),
                      "the first step of a route begins with `else`",
                      "write `try` for the first step");
    } else if (statement.Is(Kind::kTry) && !step_nodes_.empty()) {
      context_
          .Report(Code::k0205, Keyword(statement), "a later step of a route begins with `try`",
                  "write `else` for every step but the first")
          .related.push_back({Keyword(step_nodes_.front()), "the first step"});
    }
    route_.steps.push_back(CheckStep(context_, statement));
    step_nodes_.push_back(statement);
  }

  void Cap(View statement) {
    if (!First(statement, "cap")) return;
    route_.cap_span = statement.span();
    route_.output_cap = ReadWithin(context_, statement.ChildAt(0), Unit::kTokens, 1, kMaxTokens,
                                   "the cap", "1 to 2147483647 tokens")
                            .value_or(route_.output_cap);
    if (context_.model.output == kNoIndex &&
        !MayBeDeclared(context_, Scope::kAttribute, "output")) {
      context_.Report(Code::k0304, Keyword(statement), "`cap output` needs the request's `output`",
                      "add `output tokens up to 16K` to `request`");
    }
  }

  void Mix(View statement) {
    if (!First(statement, "mix")) return;
    route_.has_mix = true;
    route_.mix_span = statement.span();
    const auto input = ReadWithin(context_, statement.ChildAt(0), Unit::kTokens, 0, kMaxTokens,
                                  "the mix's input", "at most 2147483647 tokens");
    const auto output = ReadWithin(context_, statement.ChildAt(1), Unit::kTokens, 0, kMaxTokens,
                                   "the mix's output", "at most 2147483647 tokens");
    route_.mix_input = input.value_or(route_.mix_input);
    route_.mix_output = output.value_or(route_.mix_output);
    if (input == 0 && output == 0) {
      context_.Report(Code::k0303, statement.span(), "a mix of no tokens costs nothing anywhere",
                      "state a usual request, as in `mix input 2K, output 300`");
    }
  }

  // What the defaults need is needed still.
  void Need(View statement) {
    if (!First(statement, "need")) return;
    for (const View name : statement.Children(Kind::kName)) {
      const Index bit = Resolve(context_, Scope::kCapability, name);
      if (bit == kNoIndex) continue;
      route_.need |= std::uint64_t{1} << bit;
      route_.need_spans.emplace_back(static_cast<std::uint8_t>(bit), name.span());
    }
  }

  void Place(View statement) {
    if (!First(statement, "place")) return;
    route_.place = PlaceKind::kAnywhere;
    route_.places.clear();
    if (const View path = statement.Child(Kind::kPath)) {
      const std::vector<View> names = path.Children(Kind::kName);
      if (names.size() != 2 || context_.Text(names.front()) != "request") {
        context_.Report(Code::k0301, path.span(),
                        fmt::format("`{}` names no place", context_.Text(path)),
                        "write `place request.NAME`, or places as in `place eu, us`");
        return;
      }
      const Index index = Resolve(context_, Scope::kAttribute, names.back());
      if (index == kNoIndex) return;
      const AttributeModel& attribute = context_.model.attributes[index];
      if (attribute.type != AttributeType::kEnum) {
        context_
            .Report(Code::k0301, names.back().span(),
                    fmt::format("`{}` does not name places", attribute.name),
                    "a place comes from an attribute declared as `one of`")
            .related.push_back({attribute.span, "declared here"});
        return;
      }
      route_.place = PlaceKind::kAttribute;
      route_.place_attribute = index;
      return;
    }
    for (const View name : statement.Children(Kind::kName)) {
      const std::string place = context_.String(name);
      if (!context_.places.contains(place) && !context_.names.incomplete &&
          !context_.names.poisoned.contains(place)) {
        ReportUnknown(context_, "place", place, name.span(),
                      {context_.places.begin(), context_.places.end()});
        continue;
      }
      route_.place = PlaceKind::kFixed;
      route_.places.push_back(place);
    }
  }

  void Cost(View statement) {
    const bool per_call = static_cast<bool>(statement.Child(Kind::kPerCall));
    if (!First(statement, per_call ? "cost per call" : "cost")) return;
    const auto bound = Read(context_, statement.ChildAt(0), Unit::kMoney);
    (per_call ? route_.call_cost_pico : route_.cost_pico) = bound.value_or(kUnlimited);
    (per_call ? route_.call_cost_span : route_.cost_span) = statement.span();
    NeedTokens(context_, Keyword(statement), "a bound on the cost");
  }

  void Retry(View statement) {
    if (!First(statement, "retry")) return;
    route_.retries =
        static_cast<std::uint8_t>(ReadWithin(context_, statement.ChildAt(0), Unit::kCount, 0,
                                             kMaxAttempts - 1, "the number of retries", "0 to 31")
                                      .value_or(route_.retries));
    const View backoff = statement.Child(Kind::kBackoff);
    if (!backoff) return;
    const View base = backoff.ChildAt(0);
    const View cap = backoff.ChildAt(1);
    const auto first =
        ReadWithin(context_, base, Unit::kDuration, 0, kDayMs, "the backoff", "at most 24h");
    const auto last =
        ReadWithin(context_, cap, Unit::kDuration, 0, kDayMs, "the backoff", "at most 24h");
    if (!first || !last) return;
    if (*last < *first) {
      context_.Report(Code::k0303, cap.span(), "the longest backoff is shorter than the first",
                      "write the shorter time first, as in `backoff 500ms .. 8s`");
      return;
    }
    route_.backoff_base_ms = *first;
    route_.backoff_cap_ms = *last;
  }

  void On(View statement) {
    const View word = statement.Child(Kind::kWord);
    const std::string_view action_name = word ? context_.Text(word) : "";
    const Action action = action_name == "retry"  ? Action::kRetry
                          : action_name == "next" ? Action::kNext
                                                  : Action::kStop;
    for (const View name : statement.Children(Kind::kName)) {
      const auto end = ParseErrorClass(context_.Text(name));
      if (!end || *end == ErrorClass::kNone) {
        std::vector<std::string> known;
        for (std::size_t i = 1; i < kErrorClassCount; ++i) {
          if (CausedByProvider(static_cast<ErrorClass>(i)))
            known.emplace_back(mlp::ToString(static_cast<ErrorClass>(i)));
        }
        ReportUnknown(context_, "end of a call", context_.Text(name), name.span(), known);
        continue;
      }
      if (!CausedByProvider(*end)) {
        context_.Report(Code::k0301, name.span(),
                        fmt::format("no provider causes `{}`", context_.Text(name)),
                        "it ends the call by itself, and nothing can follow it");
        continue;
      }
      if (once_.First(name.span(), fmt::format("on {}", context_.Text(name)))) {
        route_.actions[static_cast<std::size_t>(*end)] = action;
      }
    }
  }

  void Cache(View statement) {
    std::vector<std::string_view> words;
    for (const View word : statement.Children(Kind::kWord)) words.push_back(context_.Text(word));
    if (std::find(words.begin(), words.end(), "prompts") != words.end()) {
      if (First(statement, "cache prompts")) route_.caches_prompts = true;
      return;
    }
    if (!First(statement, "cache")) return;
    route_.cache_vectors = kNoIndex;
    route_.cache_similar_ppm = 0;
    if (const View similarity = statement.Child(Kind::kDecimal)) {
      Similar(similarity, statement.Child(Kind::kName));
    } else if (const View percent = statement.Child(Kind::kPercent)) {
      Similar(percent, statement.Child(Kind::kName));
    }
    route_.cache_span = statement.span();
    if (const View life = statement.Child(Kind::kDuration)) {
      route_.cache_ttl_ms = ReadWithin(context_, life, Unit::kDuration, 1'000, 365 * kDayMs,
                                       "the life of an answer", "1s to 365d")
                                .value_or(0);
    }
    route_.cache_when = CheckOptionalWhen(context_, statement);
    route_.caches_any_temperature = static_cast<bool>(statement.Child(Kind::kWhen));
  }

  void Similar(View similarity, View by) {
    route_.cache_similar_ppm =
        static_cast<std::uint32_t>(ReadWithin(context_, similarity, Unit::kRatio, kLeastSimilar,
                                              1'000'000, "the similarity", "0.5 to 1")
                                       .value_or(1'000'000));
    const Index vectors = Resolve(context_, Scope::kModel, by);
    if (vectors == kNoIndex) return;
    const CandidateModel& model = context_.model.candidates[vectors];
    if (model.kind != ModelKind::kEmbedding) {
      context_.Report(Code::k0301, by.span(),
                      fmt::format("`{}` makes no vectors to compare prompts by", model.name),
                      "name a model with `kind embedding`");
      return;
    }
    if (model.provider != kNoIndex &&
        context_.model.providers[model.provider].protocol == Protocol::kAnthropic) {
      context_.Report(Code::k0301, by.span(),
                      fmt::format("provider `{}` of `{}` speaks a protocol without embeddings",
                                  context_.model.providers[model.provider].name, model.name),
                      "name a model of a provider with protocol openai, google or ollama");
      return;
    }
    route_.cache_vectors = vectors;
  }

  void Hedge(View statement) {
    if (!First(statement, "hedge")) return;
    const View word = statement.Child(Kind::kWord);
    const std::string_view percentile = word ? context_.Text(word) : "p95";
    route_.hedge_percentile = percentile == "p50" ? 50 : percentile == "p99" ? 99 : 95;
    // Without a bound: the share of calls that are slower than the percentile.
    route_.hedge_share_ppm = static_cast<std::uint32_t>((100 - route_.hedge_percentile) * 10'000);
    if (const View share = statement.Child(Kind::kPercent)) {
      route_.hedge_share_ppm =
          ReadShare(context_, share, "the share").value_or(route_.hedge_share_ppm);
    }
  }

  Context& context_;
  RouteModel& route_;
  Once once_;
  bool defaults_;
  View refuse_;
  std::vector<View> step_nodes_;
};

// `otherwise` closes the list.
void CheckOtherwise(Context& context, const Declared& routes) {
  for (std::size_t i = 0; i + 1 < routes.size(); ++i) {
    const View otherwise = routes[i].node.Child(Kind::kOtherwise);
    if (!otherwise) continue;
    Diagnostic& diagnostic =
        context.Report(Code::k0205, otherwise.span(), "`otherwise` is not on the last route",
                       "move the route to the end of the list, or give it a `when`");
    if (routes[i + 1].name)
      diagnostic.related.push_back(
          {routes[i + 1].name.span(), "this route follows and can never be chosen"});
    return;
  }
}

}  // namespace

void CheckRoutes(Context& context, const Declarations& declarations) {
  RouteModel inherited;
  for (const Declaration& one : declarations.defaults) {
    if (&one != &declarations.defaults.front()) {
      context.Report(Code::k0305,
                     Span{one.node.span().file, one.node.span().begin, one.node.span().begin + 8},
                     "`defaults` is stated twice", "put all of them into one `defaults`");
    }
    RouteStatements(context, inherited, true).Apply(one.node);
  }
  for (const Declaration& one : declarations.routes) {
    RouteModel route = inherited;
    if (one.index != kNoIndex) {
      route.name = context.model.routes[one.index].name;
      route.doc = context.model.routes[one.index].doc;
      route.span = context.model.routes[one.index].span;
    }
    if (const View when = one.node.Child(Kind::kWhen)) {
      route.when_span = when.ChildAt(0).span();
      route.when = CheckWhen(context, when.ChildAt(0));
    } else if (const View otherwise = one.node.Child(Kind::kOtherwise)) {
      route.when_span = otherwise.span();
      route.otherwise = true;
    }
    RouteStatements statements(context, route, false);
    statements.Apply(one.node);
    if (!route.refuses && !statements.has_step() && !IsBroken(one.node) && one.name) {
      context.Report(Code::k0304, one.name.span(),
                     fmt::format("route `{}` has no step", route.name),
                     "add `try MODEL`, or decline with `refuse \"why\"`");
    }
    if (one.index != kNoIndex) context.model.routes[one.index] = std::move(route);
  }
  CheckOtherwise(context, declarations.routes);
}

}  // namespace mlp::compiler::check
