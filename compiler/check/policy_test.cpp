#include <algorithm>

#include <fmt/format.h>

#include "compiler/check/claims.hpp"
#include "compiler/check/comparison.hpp"
#include "compiler/check/facts.hpp"
#include "compiler/check/literal.hpp"
#include "compiler/check/request_condition.hpp"
#include "compiler/model/live_facts.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

class TestStatements {
 public:
  TestStatements(Context& context, TestModel& test)
      : context_(context), test_(test), once_(context) {}

  void Apply(const Declaration& one) {
    bool broken = IsBroken(one.node);
    for (const View statement : one.node.Children()) {
      broken = broken || (statement.Is(Kind::kGiven) && IsBroken(statement));
      Statement(statement);
    }
    Complete(one, broken);
    if (!broken && !one.node.Child(Kind::kExpect)) {
      context_.Report(Code::k0304, test_.span, "the test expects nothing",
                      "add `expect route NAME, first MODEL`");
    }
  }

 private:
  void Statement(View statement) {
    switch (statement.kind()) {
      case Kind::kGiven:
        for (const View assign : statement.Children(Kind::kAssign)) Assign(assign);
        return;
      case Kind::kOnDate:
        if (once_.First(statement.span(), "on"))
          test_.date_s = Read(context_, statement.ChildAt(0), Unit::kDate);
        return;
      case Kind::kDown:
        for (const View name : statement.Children(Kind::kName)) Down(name);
        return;
      case Kind::kLiveGiven:
        return Live(statement);
      case Kind::kArmGiven: {
        const Index rollout = Resolve(context_, Scope::kRollout, statement.ChildAt(0));
        const View word = statement.Child(Kind::kWord);
        if (rollout != kNoIndex)
          test_.arms.push_back({rollout, word && context_.Text(word) == "canary"});
        return;
      }
      case Kind::kExpect:
        for (const View part : statement.Children()) Expect(part);
        return;
      default:
        return;
    }
  }

  void Assign(View assign) {
    const std::vector<View> parts = assign.Children();
    if (parts.empty()) return;
    const View name = parts.front();
    const std::string word = context_.String(name);
    assigned_.push_back(word);
    const Index index = Resolve(context_, Scope::kAttribute, name);
    if (index == kNoIndex || !once_.First(assign.span(), "given " + word)) return;
    const AttributeModel& attribute = context_.model.attributes[index];
    GivenModel given;
    given.attribute = index;
    if (attribute.type == AttributeType::kSet) {
      for (std::size_t i = 1; i < parts.size(); ++i)
        given.members |= ReadMember(context_, index, parts[i]).value_or(0);
      test_.given.push_back(std::move(given));
      return;
    }
    if (parts.size() != 2) {
      context_.Report(Code::k0301, assign.span(), fmt::format("`{}` takes one value", word),
                      "only a set takes several, as in `asks (streaming, function-calling)`");
      return;
    }
    const auto atom = MatchAttribute(context_, index, parts[1]);
    if (!atom) return;
    if (attribute.type == AttributeType::kTokens &&
        (atom->first < 0 || atom->first >= attribute.size)) {
      context_
          .Report(Code::k0303, parts[1].span(),
                  fmt::format("`{}` is more than `{}` may have", context_.Text(parts[1]), word),
                  fmt::format("`{}` is at most {}", word, attribute.size - 1))
          .related.push_back({attribute.span, "declared here"});
      return;
    }
    given.code = static_cast<std::int32_t>(atom->first);
    given.text = atom->text;
    test_.given.push_back(std::move(given));
  }

  void Down(View name) {
    const auto& models = context_.names.scopes[static_cast<std::size_t>(Scope::kModel)];
    const auto& providers = context_.names.scopes[static_cast<std::size_t>(Scope::kProvider)];
    const std::string_view word = context_.Text(name);
    const auto model = models.find(word);
    const auto provider = providers.find(word);
    if (provider != providers.end()) test_.down_providers.push_back(provider->second.index);
    if (model != models.end()) test_.down_candidates.push_back(model->second.index);
    if (provider != providers.end() || model != models.end()) return;
    if (MayBeDeclared(context_, Scope::kModel, word)) return;
    std::vector<std::string> known;
    for (const auto& [declared, entry] : providers) known.push_back(declared);
    for (const auto& [declared, entry] : models) known.push_back(declared);
    ReportUnknown(context_, "provider or model", word, name.span(), known);
  }

  // `live MODEL.latency.p95 3s`
  void Live(View statement) {
    const View path = statement.ChildAt(0);
    const std::vector<View> names = path.Children(Kind::kName);
    if (names.size() < 2) {
      context_.Report(Code::k0301, path.span(),
                      fmt::format("`{}` is no live fact of a model", context_.Text(path)),
                      "write `live MODEL.latency.p95 3s`");
      return;
    }
    const Index candidate = Resolve(context_, Scope::kModel, names.front());
    std::string dotted;
    for (std::size_t i = 1; i < names.size(); ++i)
      dotted += (i > 1 ? "." : "") + context_.String(names[i]);
    const auto live = FindLiveFact(dotted);
    if (!live) {
      Span span = names[1].span();
      span.end = names.back().span().end;
      ReportUnknown(context_, "live fact", dotted, span, LiveFactNames());
      return;
    }
    const auto value = ReadLiveValue(context_, statement.ChildAt(1), *live);
    if (!value || candidate == kNoIndex) return;
    test_.live.push_back({candidate, *live, *value});
  }

  void Expect(View part) {
    switch (part.kind()) {
      case Kind::kExpectRoute:
        if (!once_.First(part.span(), "route")) return;
        test_.route = Resolve(context_, Scope::kRoute, part.ChildAt(0));
        test_.route_span = part.ChildAt(0).span();
        return;
      case Kind::kExpectFirst:
      case Kind::kExpectExactly:
        if (!once_.First(part.span(), part.Is(Kind::kExpectFirst) ? "first" : "exactly")) return;
        test_.exactly = part.Is(Kind::kExpectExactly);
        test_.candidates.clear();
        for (const View name : part.Children(Kind::kName)) {
          const Index candidate = Resolve(context_, Scope::kModel, name);
          if (candidate == kNoIndex) continue;
          test_.candidates.push_back(candidate);
          test_.candidate_spans.push_back(name.span());
        }
        return;
      case Kind::kExpectOutcome:
        if (!once_.First(part.span(), "outcome")) return;
        test_.outcome = context_.String(part.ChildAt(0));
        test_.outcome_span = part.span();
        return;
      default:
        return;
    }
  }

  // Defaults for what is not given; an attribute without one must be.
  void Complete(const Declaration& one, bool broken) {
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < context_.model.attributes.size(); ++i) {
      const AttributeModel& attribute = context_.model.attributes[i];
      if (std::find(assigned_.begin(), assigned_.end(), attribute.name) != assigned_.end())
        continue;
      if (!attribute.has_default) {
        missing.push_back(attribute.name);
        continue;
      }
      test_.given.push_back(
          {static_cast<Index>(i), std::max(attribute.default_code, 0), attribute.default_text, 0});
    }
    std::sort(test_.given.begin(), test_.given.end(),
              [](const GivenModel& a, const GivenModel& b) { return a.attribute < b.attribute; });
    if (missing.empty() || broken) return;
    const View given = one.node.Child(Kind::kGiven);
    context_.Report(Code::k0304, given ? given.span() : test_.span,
                    fmt::format("the test gives no {}", List(missing, "and")),
                    "a request has a value for every attribute without a default");
  }

  Context& context_;
  TestModel& test_;
  Once once_;
  std::vector<std::string> assigned_;
};

}  // namespace

void CheckTests(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.tests) {
    TestModel test;
    test.text = Unquote(context, one.name);
    test.span = one.name ? one.name.span() : one.node.span();
    TestStatements(context, test).Apply(one);
    context.model.tests.push_back(std::move(test));
  }
}

}  // namespace mlp::compiler::check
