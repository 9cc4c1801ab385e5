#include "tests/property/compiled.hpp"

#include <algorithm>

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

std::string_view Word(DecisionOutcome outcome) {
  switch (outcome) {
    case DecisionOutcome::kServe:
      return "serve";
    case DecisionOutcome::kRefused:
      return "refused";
    case DecisionOutcome::kNoRoute:
      return "no-route";
    case DecisionOutcome::kNoCandidate:
      return "no-candidate";
    case DecisionOutcome::kDenied:
      return "denied";
    case DecisionOutcome::kOutOfDomain:
      return "out-of-domain";
  }
  return "?";
}

std::string_view RouteOf(const Tables& tables, const Decision& decision) {
  return decision.route == kNone16 ? std::string_view() : tables.routes[decision.route].name;
}

std::int64_t CacheMs(const Decision& decision) {
  constexpr std::int64_t kMsPerSecond = 1'000;
  return std::int64_t{decision.cache_ttl_s} * kMsPerSecond;
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

PackedValues Pack(const Tables& tables, const Facts& facts, const Request& request) {
  constexpr std::int64_t kMicro = 1'000'000;
  PackedValues packed;
  packed.codes.assign(tables.code_count, 0);
  packed.texts.assign(tables.text_count, {});
  packed.sets.assign(tables.set_count, 0);
  for (const mlp::Attribute& attribute : tables.attributes) {
    const Value& value = request[facts.Find(std::string(attribute.name))];
    switch (attribute.type) {
      case AttributeType::kEnum:
        packed.codes[attribute.slot] = static_cast<std::int32_t>(value.number);
        break;
      case AttributeType::kNumber:
        packed.codes[attribute.slot] = static_cast<std::int32_t>(
            (value.number - attribute.minimum_micro) / attribute.step_micro);
        break;
      case AttributeType::kTokens:
        packed.codes[attribute.slot] = static_cast<std::int32_t>(value.number / kMicro);
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
  answer.outcome = Word(decision.outcome);
  answer.route = RouteOf(tables, decision);
  answer.output = decision.output_tokens;
  answer.cache_ms = CacheMs(decision);
  for (const Candidate& candidate : decision.list()) {
    answer.candidates.push_back({std::string(tables.models[candidate.model].name),
                                 std::string(tables.endpoints[candidate.endpoint].url),
                                 candidate.rollout != kNone16});
  }
  return answer;
}

bool Agrees(const Tables& tables, const Decision& decision, const Answer& answer) {
  if (Word(decision.outcome) != answer.outcome || RouteOf(tables, decision) != answer.route ||
      decision.output_tokens != answer.output || CacheMs(decision) != answer.cache_ms) {
    return false;
  }
  return std::equal(decision.list().begin(), decision.list().end(), answer.candidates.begin(),
                    answer.candidates.end(), [&](const Candidate& candidate, const Chosen& chosen) {
                      return tables.models[candidate.model].name == chosen.model &&
                             tables.endpoints[candidate.endpoint].url == chosen.url &&
                             (candidate.rollout != kNone16) == chosen.canary;
                    });
}

std::string Describe(const Facts& facts, const Request& request,
                     const Circumstances& circumstances) {
  std::string text;
  for (std::size_t i = 0; i < request.size(); ++i) {
    const Value& value = request[i];
    std::string shown = value.text;
    for (const std::string& member : value.members) shown += (shown.empty() ? "" : ",") + member;
    if (shown.empty()) shown = fmt::format("{}", static_cast<double>(value.number) / 1e6);
    text += fmt::format("{}={} ", facts.attributes[i].name, shown);
  }
  text += fmt::format("@date={}", compiler::ast::WriteDate(circumstances.at_s));
  for (const std::string& rollout : circumstances.canary)
    text += fmt::format(" @arm={}:canary", rollout);
  if (circumstances.experiments_run) text += " @experiments";
  if (circumstances.prefer_cheapest) text += " @cheapest";
  return text;
}

std::string Describe(const Answer& answer) {
  std::string text = fmt::format("{} route `{}` output {} cache {}ms:", answer.outcome,
                                 answer.route, answer.output, answer.cache_ms);
  for (const Chosen& chosen : answer.candidates)
    text += fmt::format(" {}@{}{}", chosen.model, chosen.url, chosen.canary ? " (canary)" : "");
  return text;
}

}  // namespace mlp::oracle
