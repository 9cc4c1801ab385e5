// Models, amendments and variants.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/check/candidate_condition.hpp"
#include "compiler/check/catalog.hpp"
#include "compiler/check/facts.hpp"
#include "compiler/check/literal.hpp"
#include "compiler/model/capabilities.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::int64_t kMaxTokens = 0x7FFFFFFF;
constexpr std::size_t kMaxScores = 100;

class ModelStatements {
 public:
  ModelStatements(Context& context, CandidateModel& model, Index self, Once& once)
      : context_(context), model_(model), self_(self), once_(once) {}

  void Apply(View declaration) {
    for (const View statement : declaration.Children()) Statement(statement);
    if (!prices_.empty()) model_.prices = CheckPrices(context_, prices_);
    CheckLimits();
    CheckLifecycleOrder(context_, model_);
    Derive();
  }

 private:
  bool First(View statement, std::string_view label) {
    return once_.First(statement.span(), label);
  }

  void Statement(View statement) {
    switch (statement.kind()) {
      case Kind::kProviderRef:
        if (First(statement, "provider")) {
          model_.provider = Resolve(context_, Scope::kProvider, statement.ChildAt(0));
        }
        return;
      case Kind::kPin:
        if (First(statement, "pin")) Pin(statement);
        return;
      case Kind::kAlias:
        for (const View alias : statement.Children()) Alias(alias);
        return;
      case Kind::kLimits:
        for (const View limit : statement.Children()) Limit(limit);
        return;
      case Kind::kCanList:
        if (!std::exchange(has_can_, true)) model_.capabilities = 0;
        for (const View name : statement.Children(Kind::kName)) Can(name);
        return;
      case Kind::kPrice:
        prices_.push_back(statement);
        return;
      case Kind::kQuality:
        return Quality(statement);
      case Kind::kPrior:
        for (const View fact : statement.Children(Kind::kPriorFact)) Prior(fact);
        return;
      case Kind::kRateLimit:
        for (const View part : statement.Children()) RateLimit(part);
        return;
      case Kind::kStatus:
        if (First(statement, "status")) CheckLifecycle(context_, statement, model_);
        return;
      case Kind::kLifecycleDate:
        if (First(statement, context_.Text(statement.ChildAt(0))))
          CheckLifecycle(context_, statement, model_);
        return;
      case Kind::kRetiresNotBefore:
        if (First(statement, "retires not before")) CheckLifecycle(context_, statement, model_);
        return;
      case Kind::kSuccessor:
        if (First(statement, "successor")) CheckLifecycle(context_, statement, model_);
        return;
      case Kind::kModelKind:
        if (First(statement, "kind")) {
          model_.kind = context_.Text(statement.ChildAt(0)) == "embedding" ? ModelKind::kEmbedding
                                                                           : ModelKind::kChat;
        }
        return;
      case Kind::kDimension:
        if (First(statement, "dimension")) {
          model_.dimension = ReadWithin(context_, statement.ChildAt(0), Unit::kCount, 1, 1'000'000,
                                        "the dimension", "1 to 1M")
                                 .value_or(0);
        }
        return;
      case Kind::kTunedFrom:
        if (First(statement, "tuned from")) TunedFrom(statement);
        return;
      case Kind::kSet:
        return CheckSettings(context_, statement, model_);
      case Kind::kOwner:
        if (First(statement, "owner")) model_.owner = Unquote(context_, statement.ChildAt(0));
        return;
      case Kind::kPurpose:
        if (First(statement, "purpose")) model_.purpose = Unquote(context_, statement.ChildAt(0));
        return;
      case Kind::kDisplay:
        if (First(statement, "display")) model_.display = Unquote(context_, statement.ChildAt(0));
        return;
      case Kind::kMigration:
        if (First(statement, "migration"))
          model_.migration = Unquote(context_, statement.ChildAt(0));
        return;
      default:
        return;  // docs, notes and guidance are for readers; what did not parse was reported
    }
  }

  void Pin(View statement) {
    const std::string word = context_.String(statement.ChildAt(0));
    const View id = statement.Child(Kind::kString);
    model_.pin_span = statement.span();
    model_.id = Unquote(context_, id);
    model_.pin_kind = word == "family"  ? PinKind::kFamily
                      : word == "tier"  ? PinKind::kTier
                      : word == "alias" ? PinKind::kAlias
                                        : PinKind::kExact;
    if (id && model_.id.empty()) {
      context_.Report(Code::k0303, id.span(), "the pin is empty",
                      "write the id that the provider is asked for");
    } else if (id && model_.pin_kind == PinKind::kExact &&
               model_.id.find('*') != std::string::npos) {
      context_.Report(
          Code::k0303, id.span(), "an exact pin has no `*`",
          "write the whole id, or pin a moving name with `pin family`, `pin tier` or `pin alias`");
    }
    if (const View gate = statement.Child(Kind::kGate)) {
      model_.pin_gated = true;
      model_.gate = CheckCandidateCondition(context_, gate.ChildAt(0), FactSet::kGate);
    }
  }

  void Alias(View alias) {
    const std::string name =
        alias.Is(Kind::kString) ? Unquote(context_, alias) : context_.String(alias);
    if (!Declare(context_, Scope::kModel, name, self_, alias.span())) {
      context_.Report(Code::k0202, alias.span(), fmt::format("`{}` already names a model", name),
                      "choose another alias");
      return;
    }
    model_.aliases.push_back(name);
  }

  void Limit(View limit) {
    std::int64_t* target = limit.Is(Kind::kContextLimit)  ? &model_.context
                           : limit.Is(Kind::kInputLimit)  ? &model_.max_input
                           : limit.Is(Kind::kOutputLimit) ? &model_.max_output
                                                          : nullptr;
    if (target == nullptr) return;
    const std::string_view label = limit.Is(Kind::kContextLimit) ? "context"
                                   : limit.Is(Kind::kInputLimit) ? "input"
                                                                 : "output";
    if (!First(limit, label)) return;
    limits_.push_back(limit);
    const auto value = ReadWithin(context_, limit.ChildAt(0), Unit::kTokens, 1, kMaxTokens, label,
                                  "1 to 2147483647 tokens");
    if (value) *target = *value;
  }

  // Input and output lie within the context.
  void CheckLimits() {
    for (const View limit : limits_) {
      if (limit.Is(Kind::kContextLimit)) continue;
      const bool input = limit.Is(Kind::kInputLimit);
      const std::int64_t value = input ? model_.max_input : model_.max_output;
      if (value == kUnlimited || value <= model_.context) continue;
      context_.Report(
          Code::k0303, limit.ChildAt(0).span(),
          fmt::format("{} `{}` is more than the context of {} tokens", input ? "input" : "output",
                      context_.Text(limit.ChildAt(0)), model_.context),
          "the context holds input and output together; lower this limit or raise `context`");
    }
  }

  void Can(View name) {
    const Index bit = Resolve(context_, Scope::kCapability, name);
    if (bit == kNoIndex) return;
    const std::uint64_t member = std::uint64_t{1} << bit;
    if ((model_.capabilities & member) != 0) {
      context_.Report(Code::k0202, name.span(),
                      fmt::format("`{}` is listed twice", context_.Text(name)),
                      "leave the second one out");
    }
    model_.capabilities |= member;
    if (context_.Text(name) == kLargeContext || context_.Text(name) == kExtraLargeContext)
      derived_.push_back(name);
  }

  // Capabilities that follow from the context; written ones must agree.
  void Derive() {
    const std::uint64_t all = DerivedCapabilities(kUnlimited - 1);
    const std::uint64_t derived = DerivedCapabilities(model_.context);
    for (const View name : derived_) {
      const std::uint64_t bit = std::uint64_t{1} << *BuiltInCapability(context_.Text(name));
      if ((derived & bit) != 0) continue;
      context_.Report(
          Code::k0303, name.span(),
          fmt::format("`{}` does not follow from the context of this model", context_.Text(name)),
          context_.Text(name) == kLargeContext
              ? "it is derived where `context` is over 100K; leave it out"
              : "it is derived where `context` is 1M or more; leave it out");
    }
    model_.capabilities = (model_.capabilities & ~all) | derived;
  }

  void Quality(View statement) {
    const View source = statement.Child(Kind::kSource);
    const View on = statement.Child(Kind::kOnDate);
    const auto date = on ? Read(context_, on.ChildAt(0), Unit::kDate) : std::nullopt;
    for (const View score : statement.Children(Kind::kScore)) {
      ScoreModel one;
      one.name = context_.String(score.ChildAt(0));
      if (!once_.First(score.span(), "quality " + one.name)) continue;
      one.source = source ? Unquote(context_, source.ChildAt(0)) : "";
      one.on_s = date.value_or(0);
      one.span = score.span();
      if (source) one.source_span = source.ChildAt(0).span();
      if (on) one.on_span = on.ChildAt(0).span();
      one.micro = ReadWithin(context_, score.ChildAt(1), Unit::kRatio, 0, 1'000'000, "the score",
                             "0% to 100%, as in `0.94`")
                      .value_or(0);
      context_.quality_names.insert(one.name);
      if (model_.quality.size() >= kMaxScores) {
        context_.Report(Code::k0303, score.span(),
                        fmt::format("more than {} scores of one model", kMaxScores),
                        "keep those that conditions and objectives ask for");
        return;
      }
      const auto same = std::find_if(model_.quality.begin(), model_.quality.end(),
                                     [&](const ScoreModel& old) { return old.name == one.name; });
      if (same == model_.quality.end()) {
        model_.quality.push_back(std::move(one));
      } else {
        *same = std::move(one);
      }
    }
  }

  void Prior(View fact) {
    const View path = fact.ChildAt(0);
    std::string name;
    for (const View part :
         path.Is(Kind::kPath) ? path.Children(Kind::kName) : std::vector<View>{}) {
      name += (name.empty() ? "" : ".") + context_.String(part);
    }
    std::int64_t* target = name == "latency.p50"   ? &model_.prior_p50_ms
                           : name == "latency.p95" ? &model_.prior_p95_ms
                                                   : nullptr;
    if (target == nullptr) {
      ReportUnknown(context_, "prior", name, path.span(), {"latency.p50", "latency.p95"});
      return;
    }
    if (!once_.First(fact.span(), "prior " + name)) return;
    *target = ReadWithin(context_, fact.ChildAt(1), Unit::kDuration, 1, 86'400'000, "the latency",
                         "above 0ms and at most 24h")
                  .value_or(0);
  }

  void RateLimit(View part) {
    constexpr std::int64_t kMost = 1'000'000'000'000;
    switch (part.kind()) {
      case Kind::kRequestsPerMinute:
        if (!First(part, "requests per minute")) return;
        model_.requests_per_minute =
            ReadWithin(context_, part.ChildAt(0), Unit::kCount, 1, kMost, "the limit", "1 and more")
                .value_or(0);
        return;
      case Kind::kTokensPerMinute:
        if (!First(part, "tokens per minute")) return;
        model_.tokens_per_minute = ReadWithin(context_, part.ChildAt(0), Unit::kTokens, 1, kMost,
                                              "the limit", "1 and more")
                                       .value_or(0);
        return;
      case Kind::kSlowAt:
        if (!First(part, "slow at")) return;
        model_.slow_at_ppm =
            ReadShare(context_, part.ChildAt(0), "the share").value_or(model_.slow_at_ppm);
        return;
      default:
        return;
    }
  }

  void TunedFrom(View statement) {
    static_cast<void>(Resolve(context_, Scope::kModel, statement.ChildAt(0)));
    if (const View on = statement.Child(Kind::kOnDate))
      static_cast<void>(Read(context_, on.ChildAt(0), Unit::kDate));
    if (const View every = statement.Child(Kind::kEvery)) {
      static_cast<void>(Read(context_, every.ChildAt(0), Unit::kDuration));
    }
  }

  Context& context_;
  CandidateModel& model_;
  Index self_;
  Once& once_;
  std::vector<View> prices_;
  std::vector<View> limits_;
  std::vector<View> derived_;
  bool has_can_ = false;
};

void CheckComplete(Context& context, const Declaration& one, const CandidateModel& model) {
  if (IsBroken(one.node)) return;
  if (!one.node.Child(Kind::kProviderRef)) {
    context.Report(Code::k0304, one.name.span(),
                   fmt::format("model `{}` has no provider", model.name), "add `provider NAME`");
  }
  if (!one.node.Child(Kind::kPin)) {
    context.Report(Code::k0304, one.name.span(), fmt::format("model `{}` has no pin", model.name),
                   "add `pin exact \"ID\"` with the id that the provider is asked for");
  }
  if (model.kind == ModelKind::kEmbedding && model.dimension == 0 &&
      !one.node.Child(Kind::kDimension)) {
    context.Report(Code::k0304, one.name.span(),
                   fmt::format("embedding model `{}` has no dimension", model.name),
                   "add `dimension 1536`, the length of its vectors");
  }
  if (model.kind == ModelKind::kChat) {
    if (const View dimension = one.node.Child(Kind::kDimension)) {
      context.Report(Code::k0301, dimension.span(), "only an embedding model has a dimension",
                     "add `kind embedding`, or leave the dimension out");
    }
  }
}

void CheckVariant(Context& context, const Declaration& one, const std::set<Index>& variants) {
  const View base_name =
      one.node.Children(Kind::kName).size() > 1 ? one.node.Children(Kind::kName)[1] : View();
  if (!base_name) return;
  const Index base = Resolve(context, Scope::kModel, base_name);
  CandidateModel scratch;
  CandidateModel& variant = one.index == kNoIndex ? scratch : context.model.candidates[one.index];
  const bool of_variant = variants.contains(base);
  if (base != kNoIndex && of_variant) {
    context.Report(Code::k0301, base_name.span(),
                   fmt::format("`{}` is itself a variant", context.Text(base_name)),
                   "make the variant of the model, and state all its settings");
  } else if (base != kNoIndex) {
    const CandidateModel own = variant;
    variant = context.model.candidates[base];
    variant.name = own.name;
    variant.doc = own.doc;
    variant.span = own.span;
    variant.from_import = own.from_import;
    variant.aliases.clear();
    variant.variant_of = base;
  }
  Once once(context);
  ModelStatements(context, variant, one.index, once).Apply(one.node);
}

using Seen = std::map<std::pair<FileId, Index>, Once>;

// Those amendments whose target is a variant, or those whose target is not.
void Amend(Context& context, const Declarations& declarations, const std::set<Index>& variants,
           bool of_variants, Seen& seen) {
  for (const Declaration& one : declarations.model_amendments) {
    if (!one.name) continue;
    const Index known = Lookup(context, Scope::kModel, context.Text(one.name));
    if (variants.contains(known) != of_variants) continue;
    const Index target = Resolve(context, Scope::kModel, one.name);
    CandidateModel scratch;
    CandidateModel& model = target == kNoIndex ? scratch : context.model.candidates[target];
    Once& once = seen.try_emplace({one.node.span().file, target}, context).first->second;
    ModelStatements(context, model, target, once).Apply(one.node);
  }
}

}  // namespace

void CheckModels(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.models) {
    CandidateModel scratch;
    CandidateModel& model = one.index == kNoIndex ? scratch : context.model.candidates[one.index];
    Once once(context);
    ModelStatements(context, model, one.index, once).Apply(one.node);
    CheckComplete(context, one, model);
  }
  std::set<Index> variants;
  for (const Declaration& one : declarations.variants) {
    if (one.index != kNoIndex) variants.insert(one.index);
  }
  Seen seen;
  Amend(context, declarations, variants, false, seen);
  for (const Declaration& one : declarations.variants) CheckVariant(context, one, variants);
  Amend(context, declarations, variants, true, seen);
}

}  // namespace mlp::compiler::check
