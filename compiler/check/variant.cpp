// A variant's call parameters.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/check/catalog.hpp"
#include "compiler/check/literal.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::size_t kMaxSettings = 100;
constexpr std::size_t kMaxBytes = 16'384;

std::string JsonText(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        json += '\\';
        json += c;
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          json += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          json += c;
        }
    }
  }
  return json + '"';
}

// A setting's value as JSON, or nothing after a report.
std::optional<std::string> JsonValue(Context& context, View value) {
  const std::string_view text = context.Text(value);
  switch (value.kind()) {
    case Kind::kName:
      return JsonText(text);
    case Kind::kTruth:
    case Kind::kDecimal:
      return std::string(text);
    case Kind::kString:
      return JsonText(Unquote(context, value));
    case Kind::kInteger: {
      const auto number = Read(context, value, Unit::kCount);
      return number ? std::optional(fmt::format("{}", *number)) : std::nullopt;
    }
    default:
      context.Report(Code::k0302, value.span(),
                     fmt::format("`{}` is no value of a call parameter", text),
                     "parameters are names, numbers, text, `true` and `false`");
      return std::nullopt;
  }
}

}  // namespace

void CheckSettings(Context& context, View statement, CandidateModel& model) {
  std::string members =
      model.parameters.empty() ? "" : model.parameters.substr(1, model.parameters.size() - 2);
  std::size_t count = 0;
  for (const View setting : statement.Children(Kind::kSetting)) {
    const View name = setting.ChildAt(0);
    const View value = setting.ChildAt(1);
    if (!name || !value) continue;
    if (++count > kMaxSettings || members.size() > kMaxBytes) {
      context.Report(Code::k0303, setting.span(),
                     fmt::format("more than {} settings", kMaxSettings),
                     "keep those that the provider reads");
      return;
    }
    std::string key = context.String(name);
    std::replace(key.begin(), key.end(), '-', '_');  // as the providers' interfaces spell them
    const std::string quoted = JsonText(key) + ":";
    if (members.find(quoted) != std::string::npos) {
      context.Report(Code::k0305, setting.span(),
                     fmt::format("`{}` is set twice", context.Text(name)),
                     "keep one of the two settings");
      continue;
    }
    const auto json = JsonValue(context, value);
    if (!json) continue;
    if (!members.empty()) members += ',';
    members += quoted + *json;
  }
  model.parameters = members.empty() ? "" : "{" + members + "}";
}

}  // namespace mlp::compiler::check
