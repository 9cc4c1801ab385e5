#include <set>

#include <fmt/format.h>

#include "compiler/check/literal.hpp"
#include "compiler/check/policy_block.hpp"
#include "compiler/check/request_condition.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::int64_t kMaxSize = 0x7FFFFFFF;  // codes are 32-bit
constexpr std::size_t kMaxMembers = 64;        // a set is a 64-bit word
constexpr std::size_t kMaxAttributes = 1'000;

// The child that says the type, or none where it did not parse.
View TypeOf(View attribute) {
  for (const View child : attribute.Children()) {
    switch (child.kind()) {
      case Kind::kOneOf:
      case Kind::kOrdered:
      case Kind::kSetOf:
      case Kind::kTextType:
      case Kind::kKeyType:
      case Kind::kTokensType:
      case Kind::kNumberType:
        return child;
      default:
        break;
    }
  }
  return {};
}

class Attributes {
 public:
  explicit Attributes(Context& context) : context_(context), model_(context.model) {}

  void Check(View request) {
    for (const View child : request.Children()) {
      if (child.Is(Kind::kAttribute)) Attribute(child);
      if (child.Is(Kind::kAsks)) Asks(child);
    }
  }

 private:
  void Attribute(View node) {
    const View name = node.Child(Kind::kName);
    const View type = TypeOf(node);
    if (!name) return;
    AttributeModel attribute;
    attribute.name = context_.String(name);
    attribute.doc = Doc(context_, node);
    attribute.span = name.span();
    if (!type || !Type(type, attribute) || !SpecialName(attribute, name)) {
      context_.names.poisoned.insert(attribute.name);  // its uses were not wrong
      return;
    }
    const Index index = Add(std::move(attribute), name);
    if (index == kNoIndex) return;
    const AttributeModel& added = model_.attributes[index];
    if (added.name == "input") model_.input = index;
    if (added.name == "output") model_.output = index;
    if (const View value = node.Child(Kind::kDefault)) Default(index, value.ChildAt(0));
  }

  Index Add(AttributeModel attribute, View name) {
    if (model_.attributes.size() >= kMaxAttributes) {
      context_.Report(Code::k0303, name.span(),
                      fmt::format("more than {} attributes", kMaxAttributes),
                      "leave out those that no decision depends on");
      return kNoIndex;
    }
    const auto index = static_cast<Index>(model_.attributes.size());
    if (!Declare(context_, Scope::kAttribute, name, index)) return kNoIndex;
    AddLabels(attribute);
    model_.attributes.push_back(std::move(attribute));
    return index;
  }

  void AddLabels(const AttributeModel& attribute) {
    auto& codes = context_.label_codes.emplace_back();
    for (std::size_t i = 0; i < attribute.labels.size(); ++i) {
      codes.emplace(attribute.labels[i], static_cast<std::int64_t>(i));
    }
  }

  bool SpecialName(const AttributeModel& attribute, View name) {
    if ((attribute.name == "input" || attribute.name == "output") &&
        attribute.type != AttributeType::kTokens) {
      context_.Report(
          Code::k0301, name.span(), fmt::format("`{}` is counted in tokens", attribute.name),
          fmt::format("write `{} tokens up to 200K`, or choose another name", attribute.name));
      return false;
    }
    if (attribute.name == "asks") {
      context_.Report(Code::k0301, name.span(),
                      "`asks` is the set of capabilities that a request asks for",
                      "write `asks streaming, function-calling`, or choose another name");
      return false;
    }
    return true;
  }

  bool Type(View type, AttributeModel& attribute) {
    switch (type.kind()) {
      case Kind::kOneOf:
      case Kind::kOrdered:
        attribute.type = AttributeType::kEnum;
        attribute.ordered = type.Is(Kind::kOrdered);
        Labels(type, attribute, kMaxSize);
        attribute.size = static_cast<std::int32_t>(attribute.labels.size());
        context_.places.insert(attribute.labels.begin(), attribute.labels.end());
        return true;
      case Kind::kSetOf:
        attribute.type = AttributeType::kSet;
        Labels(type, attribute, kMaxMembers);
        attribute.members = attribute.labels.size() >= kMaxMembers
                                ? ~std::uint64_t{0}
                                : (std::uint64_t{1} << attribute.labels.size()) - 1;
        attribute.has_default = true;
        return true;
      case Kind::kTextType:
        attribute.type = AttributeType::kText;
        return true;
      case Kind::kKeyType:
        attribute.type = AttributeType::kKey;
        return true;
      case Kind::kTokensType: {
        attribute.type = AttributeType::kTokens;
        const auto most = ReadWithin(context_, type.ChildAt(0), Unit::kTokens, 0, kMaxSize - 1,
                                     "the bound", "at most 2147483646 tokens");
        attribute.size = most ? static_cast<std::int32_t>(*most + 1) : 1;
        return most.has_value();
      }
      case Kind::kNumberType:
        attribute.type = AttributeType::kNumber;
        return Number(type, attribute);
      default:
        return false;
    }
  }

  void Labels(View type, AttributeModel& attribute, std::int64_t most) {
    std::set<std::string, std::less<>> seen;
    for (const View name : type.Children(Kind::kName)) {
      if (!seen.insert(context_.String(name)).second) {
        context_.Report(
            Code::k0202, name.span(),
            fmt::format("`{}` has the value `{}` twice", attribute.name, context_.Text(name)),
            "leave the second one out");
        continue;
      }
      if (static_cast<std::int64_t>(attribute.labels.size()) >= most) {
        context_.Report(Code::k0303, name.span(),
                        fmt::format("`{}` has more than {} members", attribute.name, most),
                        "split the set into two attributes");
        return;
      }
      attribute.labels.push_back(context_.String(name));
    }
  }

  // `low .. high step s`: a whole number of steps, at most 2^31 values.
  bool Number(View type, AttributeModel& attribute) {
    const View low = type.ChildAt(0);
    const View high = type.ChildAt(1);
    const auto first = Read(context_, low, Unit::kNumber);
    const auto last = Read(context_, high, Unit::kNumber);
    std::optional<std::int64_t> step = 1'000'000;
    const View step_node = type.Child(Kind::kStep);
    if (step_node) {
      step = ReadWithin(context_, step_node.ChildAt(0), Unit::kNumber, 1, kUnlimited, "the step",
                        "above 0");
    }
    if (!first || !last || !step) return false;
    if (*last < *first) {
      context_.Report(Code::k0303, high.span(), "the range ends below its beginning",
                      "write the smaller number first");
      return false;
    }
    if ((*last - *first) % *step != 0) {
      context_.Report(
          Code::k0303, step_node ? step_node.ChildAt(0).span() : type.span(),
          "the range is no whole number of steps",
          "choose a step that leads from the first number to the last, as in `0 .. 2 step 0.01`");
      return false;
    }
    if ((*last - *first) / *step >= kMaxSize) {
      context_.Report(Code::k0303, type.span(), "the range has more than 2147483647 values",
                      "choose a larger step or a smaller range");
      return false;
    }
    attribute.minimum_micro = *first;
    attribute.step_micro = *step;
    attribute.size = static_cast<std::int32_t>((*last - *first) / *step + 1);
    return true;
  }

  void Default(Index index, View value) {
    AttributeModel& attribute = model_.attributes[index];
    attribute.has_default = true;  // also where it is wrong: then it is not missing elsewhere
    switch (attribute.type) {
      case AttributeType::kEnum:
      case AttributeType::kNumber:
      case AttributeType::kTokens: {
        const auto code = ReadCode(context_, index, value);
        attribute.default_code = 0;
        if (!code) return;
        if (*code >= attribute.size) {
          context_.Report(Code::k0303, value.span(),
                          fmt::format("the default `{}` is outside the range of `{}`",
                                      context_.Text(value), attribute.name),
                          fmt::format("`{}` is at most {}", attribute.name, attribute.size - 1));
          return;
        }
        attribute.default_code = static_cast<std::int32_t>(*code);
        return;
      }
      case AttributeType::kText:
      case AttributeType::kKey: {
        const auto atom = MatchAttribute(context_, index, value);
        if (atom) attribute.default_text = atom->text;
        return;
      }
      case AttributeType::kSet:
        context_.Report(Code::k0301, value.span(), "a set has no default of its own",
                        "leave the default out: a set that is not given is empty");
        return;
    }
  }

  void Asks(View node) {
    AttributeModel attribute;
    attribute.name = "asks";
    attribute.doc = Doc(context_, node);
    attribute.span = node.span();
    attribute.type = AttributeType::kSet;
    attribute.has_default = true;
    if (model_.asks != kNoIndex) {
      context_
          .Report(Code::k0305, node.span(), "`asks` is stated twice",
                  "list all capabilities in one statement")
          .related.push_back({model_.attributes[model_.asks].span, "first stated here"});
      return;
    }
    for (const View name : node.Children(Kind::kName)) {
      const Index bit = Resolve(context_, Scope::kCapability, name);
      if (bit == kNoIndex) {
        context_.names.poisoned.insert(context_.String(name));
        continue;
      }
      const std::uint64_t member = std::uint64_t{1} << bit;
      if ((attribute.members & member) != 0) {
        context_.Report(Code::k0202, name.span(),
                        fmt::format("`{}` is listed twice", context_.Text(name)),
                        "leave the second one out");
        continue;
      }
      attribute.members |= member;
      attribute.labels.push_back(context_.String(name));
    }
    const auto index = static_cast<Index>(model_.attributes.size());
    Declare(context_, Scope::kAttribute, attribute.name, index, node.span());
    AddLabels(attribute);
    model_.attributes.push_back(std::move(attribute));
    model_.asks = index;
  }

  Context& context_;
  PolicyModel& model_;
};

}  // namespace

void CheckRequest(Context& context, const Declarations& declarations) {
  Attributes attributes(context);
  for (const Declaration& one : declarations.requests) {
    if (&one != &declarations.requests.front()) {
      context
          .Report(Code::k0305,
                  Span{one.node.span().file, one.node.span().begin, one.node.span().begin + 7},
                  "`request` is stated twice", "put all attributes into one `request`")
          .related.push_back({declarations.requests.front().node.span(), "first stated here"});
    }
    attributes.Check(one.node);
  }
}

}  // namespace mlp::compiler::check
