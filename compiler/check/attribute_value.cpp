// What may be compared with an attribute, by the attribute's type.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/check/literal.hpp"
#include "compiler/check/request_condition.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

// The single name of a value written as a Name or as a Path of one, or nothing.
std::optional<std::string> SingleName(const Context& context, View value) {
  if (value.Is(Kind::kName)) return context.String(value);
  const std::vector<std::string> names = PathNames(context, value);
  if (names.size() != 1) return std::nullopt;
  return names.front();
}

std::string Shown(const Context& context, View value) {
  return value.Is(Kind::kString) ? context.String(value) : fmt::format("`{}`", context.Text(value));
}

void ReportNotOneOf(Context& context, const AttributeModel& attribute, View value) {
  context
      .Report(Code::k0301, value.span(),
              fmt::format("{} is no value of `{}`", Shown(context, value), attribute.name),
              fmt::format("`{}` is one of {}", attribute.name, List(attribute.labels, "or")))
      .related.push_back({attribute.span, fmt::format("`{}` is declared here", attribute.name)});
}

std::optional<std::int64_t> ReadLabel(Context& context, Index index, View value) {
  const AttributeModel& attribute = context.model.attributes[index];
  const auto word = SingleName(context, value);
  if (!word) {
    ReportNotOneOf(context, attribute, value);
    return std::nullopt;
  }
  const auto& codes = context.label_codes[index];
  if (const auto code = codes.find(*word); code != codes.end()) return code->second;
  if (context.names.poisoned.contains(*word)) return std::nullopt;
  Diagnostic& diagnostic = ReportUnknown(context, "value", *word, value.span(), attribute.labels);
  diagnostic.message = fmt::format("unknown value `{}` of `{}`", *word, attribute.name);
  diagnostic.related.push_back(
      {attribute.span, fmt::format("`{}` is declared here", attribute.name)});
  return std::nullopt;
}

std::string Micro(std::int64_t value) {
  std::string text = fmt::format("{}.{:06}", value / 1'000'000, value % 1'000'000);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::optional<std::int64_t> ReadNumberCode(Context& context, const AttributeModel& attribute,
                                           View value) {
  const auto micro = Read(context, value, Unit::kNumber);
  if (!micro) return std::nullopt;
  const std::int64_t offset = *micro - attribute.minimum_micro;
  const std::int64_t last = attribute.minimum_micro + attribute.step_micro * (attribute.size - 1);
  if (offset >= 0 && *micro <= last && offset % attribute.step_micro == 0) {
    return offset / attribute.step_micro;
  }
  const bool outside = offset < 0 || *micro > last;
  context
      .Report(Code::k0303, value.span(),
              outside ? fmt::format("`{}` is outside the range of `{}`", context.Text(value),
                                    attribute.name)
                      : fmt::format("`{}` lies between two steps of `{}`", context.Text(value),
                                    attribute.name),
              fmt::format("`{}` runs from {} to {} in steps of {}", attribute.name,
                          Micro(attribute.minimum_micro), Micro(last), Micro(attribute.step_micro)))
      .related.push_back({attribute.span, fmt::format("`{}` is declared here", attribute.name)});
  return std::nullopt;
}

void ReportNotText(Context& context, const AttributeModel& attribute, View value) {
  const auto word = SingleName(context, value);
  context.Report(
      Code::k0301, value.span(),
      fmt::format("{} is compared with `{}`, which is text", Shown(context, value), attribute.name),
      fmt::format("write text in quotes, as in `\"{}\"`",
                  word ? *word : std::string(context.Text(value))));
}

}  // namespace

std::optional<std::int64_t> ReadCode(Context& context, Index index, View value) {
  const AttributeModel& attribute = context.model.attributes[index];
  switch (attribute.type) {
    case AttributeType::kEnum:
      return ReadLabel(context, index, value);
    case AttributeType::kNumber:
      return ReadNumberCode(context, attribute, value);
    case AttributeType::kTokens:
      return Read(context, value, Unit::kTokens);
    case AttributeType::kText:
    case AttributeType::kKey:
    case AttributeType::kSet:
      break;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ReadMember(Context& context, Index index, View name) {
  const AttributeModel& attribute = context.model.attributes[index];
  const auto word = SingleName(context, name);
  if (word && index == context.model.asks) {
    if (const auto bit = FindCapability(context.model, *word)) {
      const std::uint64_t member = std::uint64_t{1} << *bit;
      if ((attribute.members & member) != 0) return member;
      context
          .Report(Code::k0201, name.span(), fmt::format("no request asks for `{}`", *word),
                  fmt::format("add it to `asks`, which has {}", List(attribute.labels, "and")))
          .related.push_back({attribute.span, "declared here"});
      return std::nullopt;
    }
  }
  if (word) {
    for (std::size_t i = 0; i < attribute.labels.size(); ++i) {
      if (index != context.model.asks && attribute.labels[i] == *word) return std::uint64_t{1} << i;
    }
    if (context.names.poisoned.contains(*word)) return std::nullopt;
    ReportUnknown(context, "member", *word, name.span(), attribute.labels).message =
        fmt::format("unknown member `{}` of `{}`", *word, attribute.name);
    return std::nullopt;
  }
  ReportNotOneOf(context, attribute, name);
  return std::nullopt;
}

std::optional<RequestAtom> MatchAttribute(Context& context, Index index, View value) {
  const AttributeModel& attribute = context.model.attributes[index];
  RequestAtom atom;
  atom.attribute = index;
  switch (attribute.type) {
    case AttributeType::kEnum:
    case AttributeType::kNumber:
    case AttributeType::kTokens: {
      const auto code = ReadCode(context, index, value);
      if (!code) return std::nullopt;
      atom.first = atom.last = *code;
      return atom;
    }
    case AttributeType::kText:
    case AttributeType::kKey:
      if (!value.Is(Kind::kString)) {
        ReportNotText(context, attribute, value);
        return std::nullopt;
      }
      atom.kind = RequestAtom::Kind::kTextEqual;
      atom.text = Unquote(context, value);
      return atom;
    case AttributeType::kSet:
      context.Report(Code::k0301, value.span(),
                     fmt::format("`{}` is a set and has no single value", attribute.name),
                     fmt::format("write `{} has {}`", attribute.name, context.Text(value)));
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<RequestTest> CompareAttribute(Context& context, Index index, Comparison comparison,
                                            View written, View value) {
  const AttributeModel& attribute = context.model.attributes[index];
  const bool ordered = attribute.type == AttributeType::kNumber ||
                       attribute.type == AttributeType::kTokens ||
                       (attribute.type == AttributeType::kEnum && attribute.ordered);
  if (!IsEquality(comparison) && !ordered) {
    const bool is_enum = attribute.type == AttributeType::kEnum;
    context
        .Report(
            Code::k0301, written.span(),
            fmt::format("`{}` has no order for `{}`", attribute.name, context.Text(written)),
            is_enum
                ? "compare with `==`, `!=` or `in`, or declare the order as in `one of a < b < c`"
            : attribute.type == AttributeType::kSet
                ? "ask a set with `has`"
                : "compare text with `==`, `!=`, `in` or `starts-with`")
        .related.push_back({attribute.span, fmt::format("`{}` is declared here", attribute.name)});
    return std::nullopt;
  }
  auto atom = MatchAttribute(context, index, value);
  if (!atom) return std::nullopt;
  const std::int64_t code = std::min(atom->first, std::int64_t{1} << 40);  // far past every domain
  const std::int64_t last = attribute.size - 1;
  switch (comparison) {
    case Comparison::kEqual:
    case Comparison::kNotEqual:
      break;
    case Comparison::kLess:
      atom->first = 0;
      atom->last = code - 1;
      break;
    case Comparison::kLessEqual:
      atom->first = 0;
      atom->last = code;
      break;
    case Comparison::kGreater:
      atom->first = code + 1;
      atom->last = last;
      break;
    case Comparison::kGreaterEqual:
      atom->first = code;
      atom->last = last;
      break;
  }
  return RequestTest{std::move(*atom), comparison == Comparison::kNotEqual};
}

std::optional<RequestAtom> HasMembers(Context& context, Index index, View path,
                                      const std::vector<View>& names) {
  const AttributeModel& attribute = context.model.attributes[index];
  if (attribute.type != AttributeType::kSet) {
    context
        .Report(Code::k0301, path.span(), fmt::format("`{}` is not a set", attribute.name),
                fmt::format("`has` asks a set; compare `{}` with `==` or `in`", attribute.name))
        .related.push_back({attribute.span, "declared here"});
    return std::nullopt;
  }
  RequestAtom atom;
  atom.kind = RequestAtom::Kind::kHasMember;
  atom.attribute = index;
  bool poisoned = false;
  for (const View name : names) {
    if (const auto member = ReadMember(context, index, name)) {
      atom.members |= *member;
    } else {
      poisoned = true;
    }
  }
  if (poisoned) return std::nullopt;
  return atom;
}

std::optional<RequestAtom> StartsWith(Context& context, Index index, View path, View text) {
  const AttributeModel& attribute = context.model.attributes[index];
  if (attribute.type != AttributeType::kText && attribute.type != AttributeType::kKey) {
    context
        .Report(Code::k0301, path.span(), fmt::format("`{}` is not text", attribute.name),
                "`starts-with` asks the beginning of a text attribute")
        .related.push_back({attribute.span, "declared here"});
    return std::nullopt;
  }
  RequestAtom atom;
  atom.kind = RequestAtom::Kind::kTextPrefix;
  atom.attribute = index;
  atom.text = Unquote(context, text);
  return atom;
}

}  // namespace mlp::compiler::check
