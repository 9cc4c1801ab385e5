#include "runtime/tools/eval/suite.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/core/sha256.hpp"

namespace mlp::tools {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kDefaultOutput = 1'000;

std::string Trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Collects the parts of one line; `wrong` says what the first problem is.
class LineReader {
 public:
  explicit LineReader(const Json& line) : line_(line) {}

  EvalCase Read() {
    EvalCase made;
    if (!line_.is_object()) {
      wrong = "not a JSON object";
      return made;
    }
    made.id = TextOf(line_, "id");
    if (made.id.empty()) Wrong("`id` is missing: a text that no other case has");
    ReadPrompt(made);
    made.output = kDefaultOutput;
    const Json attributes = line_.value("attributes", Json::object());
    if (!attributes.is_object()) Wrong("`attributes` is no object");
    if (wrong.empty() && attributes.contains("output")) {
      const Json& output = attributes["output"];
      made.output = output.is_number_integer() ? output.get<std::int64_t>() : 0;
      if (made.output < 1 || made.output > 10'000'000) {
        Wrong("`attributes.output` is the most tokens of the answer, 1 or more");
      }
    }
    const Json checks = line_.value("checks", Json());
    if (!checks.is_array() || checks.empty()) {
      Wrong("`checks` is missing: a list such as [{\"contains\": \"refund\"}]");
      return made;
    }
    for (const Json& check : checks) made.checks.push_back(ReadCheck(check));
    return made;
  }

  std::string wrong;

 private:
  void Wrong(std::string why) {
    if (wrong.empty()) wrong = std::move(why);
  }

  static std::string TextOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  }

  void ReadPrompt(EvalCase& made) {
    if (const std::string system = TextOf(line_, "system"); !system.empty()) {
      made.prompt.messages.emplace_back("system", system);
    }
    const std::string prompt = TextOf(line_, "prompt");
    const Json messages = line_.value("messages", Json());
    if (prompt.empty() == !messages.is_array()) {
      Wrong("write one of `prompt`, a text, and `messages`, a list of {\"role\", \"content\"}");
      return;
    }
    if (!prompt.empty()) made.prompt.messages.emplace_back("user", prompt);
    for (const Json& message : messages) {
      const std::string role = message.is_object() ? TextOf(message, "role") : "";
      if ((role != "system" && role != "user" && role != "assistant") ||
          !message.contains("content") || !message["content"].is_string()) {
        Wrong("a message has a `role` (system, user, assistant) and a text as `content`");
        return;
      }
      made.prompt.messages.emplace_back(role, message["content"].get<std::string>());
    }
    if (line_.contains("temperature")) {
      if (!line_["temperature"].is_number()) return Wrong("`temperature` is no number");
      made.prompt.temperature = line_["temperature"].get<double>();
    }
    if (line_.contains("schema")) made.prompt.response_schema = line_["schema"].dump();
  }

  Check ReadCheck(const Json& json) {
    constexpr const char* kKinds =
        "a check has one of `equals`, `contains`, `regex`, `json-schema`, `numeric` (and "
        "`tolerance`), `judge`";
    Check check;
    if (!json.is_object()) {
      Wrong(kKinds);
      return check;
    }
    std::size_t kinds = 0;
    for (const auto& [name, value] : json.items()) {
      if (name == "tolerance") continue;
      ++kinds;
      ReadKind(name, value, check, kKinds);
    }
    if (kinds != 1) Wrong(kKinds);
    if (json.contains("tolerance")) {
      if (!json["tolerance"].is_number() || json["tolerance"].get<double>() < 0) {
        Wrong("`tolerance` is no number of 0 or more");
      } else {
        check.tolerance = json["tolerance"].get<double>();
      }
    }
    return check;
  }

  void ReadKind(const std::string& name, const Json& value, Check& check, const char* kinds) {
    if (name == "json-schema") {
      auto schema = engine::JsonSchema::Parse(value.dump());
      if (!schema) return Wrong("`json-schema`: " + schema.error().context);
      check.kind = CheckKind::kJsonSchema;
      check.schema = std::make_shared<const engine::JsonSchema>(std::move(schema).value());
      return;
    }
    if (name == "numeric") {
      if (!value.is_number()) return Wrong("`numeric` is no number");
      check.kind = CheckKind::kNumeric;
      check.number = value.get<double>();
      return;
    }
    if (!value.is_string()) return Wrong(fmt::format("`{}` is no text", name));
    check.text = value.get<std::string>();
    if (name == "equals") {
      check.kind = CheckKind::kEquals;
    } else if (name == "contains") {
      check.kind = CheckKind::kContains;
    } else if (name == "judge") {
      check.kind = CheckKind::kJudge;
    } else if (name == "regex") {
      check.kind = CheckKind::kRegex;
      if (auto pattern = engine::Pattern::Parse(check.text)) {
        check.pattern = std::move(pattern).value();
      } else {
        Wrong(pattern.error().context);
      }
    } else {
      Wrong(kinds);
    }
  }

  const Json& line_;
};

/// The last number in a text; thousands may be parted by commas.
std::optional<double> LastNumber(const std::string& text) {
  std::size_t end = text.find_last_of("0123456789");
  if (end == std::string::npos) return std::nullopt;
  std::size_t begin = end;
  while (begin > 0 &&
         std::string_view("0123456789.,").find(text[begin - 1]) != std::string_view::npos) {
    --begin;
  }
  if (begin > 0 && text[begin - 1] == '-') --begin;
  std::string digits = text.substr(begin, end - begin + 1);
  std::erase(digits, ',');
  double number = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || rest != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<Suite, std::string> ReadSuite(const std::string& name, const std::string& text) {
  Suite suite;
  suite.hash = ToHex(Sha256(text));
  std::set<std::string> ids;
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Json json = Json::parse(line, nullptr, false);
    LineReader reader(json);
    EvalCase made = reader.Read();
    if (reader.wrong.empty() && !ids.insert(made.id).second) {
      reader.wrong = fmt::format("`{}` is the id of an earlier case", made.id);
    }
    if (!reader.wrong.empty()) return fmt::format("{}:{}: {}", name, number, reader.wrong);
    for (const Check& check : made.checks) {
      suite.has_judge = suite.has_judge || check.kind == CheckKind::kJudge;
    }
    suite.cases.push_back(std::move(made));
  }
  if (suite.cases.empty()) return fmt::format("{}: has no case", name);
  return suite;
}

std::optional<std::string> Failure(const Check& check, const std::string& answer) {
  const std::string trimmed = Trimmed(answer);
  switch (check.kind) {
    case CheckKind::kEquals:
      if (trimmed != Trimmed(check.text)) return "equals";
      return std::nullopt;
    case CheckKind::kContains:
      if (trimmed.find(check.text) == std::string::npos) return "contains";
      return std::nullopt;
    case CheckKind::kRegex: {
      const std::optional<bool> found = check.pattern->Matches(trimmed);
      if (!found) return "regex: takes too many steps to match";
      if (!*found) return "regex";
      return std::nullopt;
    }
    case CheckKind::kJsonSchema:
      if (check.schema->Violation(trimmed)) return "json-schema";
      return std::nullopt;
    case CheckKind::kNumeric: {
      const std::optional<double> number = LastNumber(trimmed);
      if (!number) return "numeric: the answer has no number";
      if (std::abs(*number - check.number) > check.tolerance) return "numeric";
      return std::nullopt;
    }
    case CheckKind::kJudge:
      break;
  }
  return std::nullopt;
}

}  // namespace mlp::tools
