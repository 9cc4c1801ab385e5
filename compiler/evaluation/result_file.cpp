#include "compiler/evaluation/result_file.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/ast/literals.hpp"
#include "runtime/core/sha256.hpp"

namespace mlp::compiler {
namespace {

using Json = nlohmann::json;  // members in the order of their names, as the hash wants them

constexpr int kDeepest = 32;  // results nest six deep; writing recurses
constexpr std::int64_t kMostCases = 1'000'000'000;

bool IsTooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

/// Members of one object; `missing` names the first that is not there as it should be.
class Members {
 public:
  Members(const Json& object, std::string where, std::string& missing)
      : object_(object), where_(std::move(where)), missing_(missing) {}

  std::string Text(const char* name) {
    const Json* found = Find(name);
    if (found != nullptr && found->is_string()) return found->get<std::string>();
    return Miss(name), std::string();
  }
  std::int64_t Count(const char* name) {
    const Json* found = Find(name);
    const auto count =
        found != nullptr && found->is_number_integer() ? found->get<std::int64_t>() : -1;
    if (count < 0 || count > kMostCases) return Miss(name), 0;
    return count;
  }
  bool Flag(const char* name) {
    const Json* found = Find(name);
    if (found != nullptr && found->is_boolean()) return found->get<bool>();
    return Miss(name), false;
  }
  Members Object(const char* name) {
    const Json* found = Find(name);
    if (found == nullptr || !found->is_object()) Miss(name);
    return {found != nullptr ? *found : kNothing, where_ + name + ".", missing_};
  }
  void Miss(const char* name) {
    if (missing_.empty()) missing_ = where_ + name;
  }

 private:
  [[nodiscard]] const Json* Find(const char* name) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  inline static const Json kNothing{};
  const Json& object_;
  std::string where_;
  std::string& missing_;
};

EvaluatedModel ReadModel(Members page, const char* side) {
  EvaluatedModel model;
  Members facts = page.Object(side);
  model.name = facts.Text("model");
  model.id = facts.Text("id");
  model.provider = facts.Text("provider");
  model.parameters = facts.Text("parameters");
  Members score = page.Object("scores").Object(side);
  model.asked = score.Count("asked");
  model.passed = score.Count("passed");
  if (model.passed > model.asked) score.Miss("passed");
  return model;
}

}  // namespace

Result<ResultFile, std::string> ReadResultFile(std::string_view text) {
  if (text.size() > kMostResultBytes) {
    return fmt::format("has more than {} bytes, the most that are read", kMostResultBytes);
  }
  Json page = IsTooDeep(text) ? Json(Json::value_t::discarded) : Json::parse(text, nullptr, false);
  if (!page.is_object() || page.value("kind", Json()) != "mlp-eval") {
    return std::string("is no result of `mlp eval`");
  }
  if (page.value("version", Json()) != 1) {
    return std::string("has another version than 1, the one that this compiler reads");
  }
  const Json hash = std::exchange(page["hash"], Json());
  page.erase("hash");
  const std::string bytes = page.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (hash != ToHex(Sha256(bytes))) {
    return std::string("was changed after the evaluation: its hash is not that of what it says");
  }
  ResultFile file;
  std::string missing;
  Members members(page, "", missing);
  file.measure = members.Text("measure");
  const std::string day = members.Text("date");
  const auto date = ast::ReadDate(day);
  if (!date) members.Miss("date");
  file.date_s = date.value_or(0);
  Members suite = members.Object("suite");
  file.suite_name = suite.Text("name");
  file.suite_path = suite.Text("path");
  file.suite_hash = suite.Text("hash");
  file.cases = suite.Count("cases");
  file.stopped = members.Flag("stopped");
  file.models = {ReadModel(members, "candidate"), ReadModel(members, "baseline")};
  if (!missing.empty()) {
    return fmt::format("has no `{}`: an earlier `mlp eval` wrote it", missing);
  }
  return file;
}

}  // namespace mlp::compiler
