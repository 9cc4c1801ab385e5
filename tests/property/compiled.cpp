#include "tests/property/compiled.hpp"

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/check/check.hpp"
#include "compiler/diag/render_text.hpp"
#include "compiler/parse/program.hpp"

namespace mlp::oracle {
namespace {

class OneFile final : public compiler::FileReader {
 public:
  explicit OneFile(const std::string& text) : text_(text) {}
  std::optional<std::string> Read(const std::string&) override { return text_; }

 private:
  const std::string& text_;
};

std::int32_t LabelCode(const Attribute& attribute, const std::string& label) {
  for (std::size_t i = 0; i < attribute.labels.size(); ++i) {
    if (attribute.labels[i] == label) return static_cast<std::int32_t>(i);
  }
  return -1;
}

}  // namespace

std::string Compiled::errors() const {
  return diagnostics.has_errors() ? compiler::RenderText(sources, diagnostics.all())
                                  : std::string();
}

std::unique_ptr<Compiled> CompileText(const std::string& name, const std::string& text,
                                      const compiler::DiagramOptions& options) {
  auto compiled = std::make_unique<Compiled>();
  OneFile reader(text);
  compiled->program =
      compiler::LoadProgram(reader, name + ".mlp", {}, compiled->sources, compiled->diagnostics);
  compiled->model = compiler::Check(compiled->program, compiled->sources, compiled->diagnostics);
  if (!compiled->diagnostics.has_errors()) {
    compiled->tables =
        compiler::CompileTables(compiled->model, compiled->sources, options, compiled->diagnostics);
  }
  return compiled;
}

PackedValues Pack(const Tables& tables, const Request& request) {
  constexpr std::int64_t kMicro = 1'000'000;
  PackedValues packed;
  packed.codes.assign(tables.code_count, 0);
  packed.texts.assign(tables.text_count, {});
  packed.sets.assign(tables.set_count, 0);
  for (const Attribute& attribute : tables.attributes) {
    const Value& value = request.at(std::string(attribute.name));
    switch (attribute.type) {
      case AttributeType::kEnum:
        packed.codes[attribute.slot] = LabelCode(attribute, value.text);
        break;
      case AttributeType::kNumber:
        packed.codes[attribute.slot] = static_cast<std::int32_t>(
            (value.micro - attribute.minimum_micro) / attribute.step_micro);
        break;
      case AttributeType::kTokens:
        packed.codes[attribute.slot] = static_cast<std::int32_t>(value.micro / kMicro);
        break;
      case AttributeType::kText:
      case AttributeType::kKey:
        packed.texts[attribute.slot] = value.text;
        break;
      case AttributeType::kSet: {
        std::size_t label = 0;
        for (unsigned bit = 0; bit < 64; ++bit) {
          if (((attribute.members >> bit) & 1U) == 0) continue;
          if (value.members.contains(std::string(attribute.labels[label++]))) {
            packed.sets[attribute.slot] |= std::uint64_t{1} << bit;
          }
        }
        break;
      }
    }
  }
  return packed;
}

Answer AnswerOf(const Tables& tables, const Decision& decision) {
  Answer answer;
  switch (decision.outcome) {
    case DecisionOutcome::kServe:
      answer.outcome = "serve";
      break;
    case DecisionOutcome::kRefused:
      answer.outcome = "refused";
      break;
    case DecisionOutcome::kNoRoute:
      answer.outcome = "no-route";
      break;
    case DecisionOutcome::kNoCandidate:
      answer.outcome = "no-candidate";
      break;
    case DecisionOutcome::kDenied:
      answer.outcome = "denied";
      break;
    case DecisionOutcome::kOutOfDomain:
      answer.outcome = "out-of-domain";
      break;
  }
  if (decision.route != kNone16) answer.route = tables.routes[decision.route].name;
  answer.output = decision.output_tokens;
  answer.cache_ms = std::int64_t{decision.cache_ttl_s} * 1'000;
  for (const Candidate& candidate : decision.list()) {
    answer.candidates.push_back({std::string(tables.models[candidate.model].name),
                                 std::string(tables.endpoints[candidate.endpoint].url)});
  }
  return answer;
}

std::string Describe(const Request& request, const Circumstances& circumstances) {
  std::string text;
  for (const auto& [name, value] : request) {
    std::string shown = value.text;
    for (const std::string& member : value.members) shown += (shown.empty() ? "" : ",") + member;
    if (shown.empty()) shown = fmt::format("{}", static_cast<double>(value.micro) / 1e6);
    text += fmt::format("{}={} ", name, shown);
  }
  text += fmt::format("@date={}", compiler::ast::WriteDate(circumstances.at_s));
  for (const std::string& rollout : circumstances.canary)
    text += fmt::format(" @arm={}:canary", rollout);
  if (circumstances.prefer_cheapest) text += " @cheapest";
  return text;
}

std::string Describe(const Answer& answer) {
  std::string text = fmt::format("{} route `{}` output {} cache {}ms:", answer.outcome,
                                 answer.route, answer.output, answer.cache_ms);
  for (const Chosen& chosen : answer.candidates)
    text += fmt::format(" {}@{}", chosen.model, chosen.url);
  return text;
}

}  // namespace mlp::oracle
