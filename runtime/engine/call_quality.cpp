// What a call does with an answer whose route asks for its quality.
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "runtime/engine/attempt.hpp"
#include "runtime/engine/call.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/engine/quality/judge.hpp"

namespace mlp::engine {
namespace {

constexpr double kWhole = 1e6;
constexpr std::int64_t kMicrosPerMilli = 1'000;

AnswerView ViewOf(const Prompt& prompt, const ProviderReply& reply) {
  return {prompt, reply.text, reply.tool_calls, reply.finish};
}

std::int64_t MostTokens(const Tables& tables) {
  for (const Attribute& attribute : tables.attributes) {
    if (attribute.type == AttributeType::kTokens && attribute.slot == tables.input_code) {
      return attribute.size - 1;
    }
  }
  return 0;
}

}  // namespace

QualityBar Call::Bar() const noexcept {
  const RoutePlan& route = frame_.route();
  if (route.evaluator == kNone16 || frame_.judges_for != kNone16) return {};
  return {frame_.tables.evaluators[route.evaluator].name, route.quality_floor_ppm};
}

void Call::Grade(ProviderReply reply) {
  // Judges are not judged.
  if (frame_.route().evaluator == kNone16 || frame_.judges_for != kNone16) {
    Succeed(std::move(reply));
    return;
  }
  ScoreSheet sheet =
      frame_.state.evaluators.Look(frame_.route().evaluator, ViewOf(frame_.prompt, reply));
  if (sheet.for_judge.empty() || frame_.RemainingMs() <= 0) {
    Graded(std::move(reply), sheet);
  } else {
    AskJudge(std::move(reply), std::move(sheet));
  }
}

void Call::AskJudge(ProviderReply reply, ScoreSheet sheet) {
  const std::uint16_t number = frame_.route().evaluator;
  const Tables& tables = frame_.tables;
  const auto prompt = std::make_shared<const Prompt>(JudgePrompt(
      tables.evaluators[number].judge_question, sheet.for_judge, ViewOf(frame_.prompt, reply)));
  // The judge reads what the model read and wrote, and is asked for nothing but words.
  std::vector<std::int32_t> codes = frame_.codes;
  if (tables.input_code != kNone16) {
    const std::int64_t input = frame_.InputTokens() + reply.usage.completion() + kJudgeTokens;
    codes[tables.input_code] = static_cast<std::int32_t>(std::min(input, MostTokens(tables)));
  }
  std::vector<std::uint64_t> sets = frame_.sets;
  if (tables.asks_set != kNone16) sets[tables.asks_set] = 0;
  CallOptions options;
  options.streaming = Streaming::kOff;
  options.without = frame_.options.without;
  const std::int64_t remaining_ms = frame_.RemainingMs();
  if (remaining_ms != INT64_MAX) options.deadline_ms = std::max<std::int64_t>(remaining_ms, 1);

  CallContext context = frame_.context;
  context.http = std::shared_ptr<HttpExecutor>(frame_.context.http, &frame_.http());
  phase_ = Phase::kJudge;
  judge_ = std::make_shared<Call>(
      std::move(context), RequestView{codes, frame_.texts, sets}, *prompt, options, frame_.random(),
      Report::kEndAlone,
      [self = shared_from_this(), prompt, reply = std::move(reply), sheet = std::move(sheet)](
          const Event& event) mutable { self->Judged(event, std::move(reply), std::move(sheet)); },
      number);
  // Kept here too: a call that ends at once gives up what the member holds.
  const std::shared_ptr<Call> judge = judge_;
  judge->Begin();
}

void Call::Judged(const Event& end, ProviderReply reply, ScoreSheet sheet) {
  judge_.reset();
  if (frame_.cancelled.load()) {
    Fail(ErrorClass::kCancelled, "cancelled by the caller");
    return;
  }
  const auto verdict =
      end.kind == Event::Kind::kReply ? ReadVerdict(end.reply.text, sheet.for_judge) : std::nullopt;
  if (verdict) {
    sheet.Take(*verdict);
  } else {
    frame_.state.evaluators.CountJudgeFailure();
  }
  Graded(std::move(reply), sheet);
}

void Call::Graded(ProviderReply reply, const ScoreSheet& sheet) {
  const RoutePlan& route = frame_.route();
  const std::uint16_t model = frame_.decision.candidates[main_->candidate()].model;
  const std::optional<std::uint32_t> score = sheet.Total();
  Evaluators& evaluators = frame_.state.evaluators;
  Health& health = frame_.state.health;
  if (evaluators.Note(route.evaluator, model, score, route.quality_floor_ppm)) {
    health.RestForQuality(model, SteadyUs() + evaluators.rest_ms() * kMicrosPerMilli);
  }
  if (score) {
    health.Score(model, *score, SteadyUs());
    main_->attempt().quality_ppm = static_cast<std::int32_t>(*score);
  }
  // What was handed out cannot be taken back: then the answer stands, whatever its score.
  const bool may_go_on = !delivery_.begun() || route.restart_after_first_byte;
  const bool passes = !score || *score >= route.quality_floor_ppm;
  if (passes || !may_go_on) {
    Succeed(std::move(reply), passes);
    return;
  }
  reply.error_class = ErrorClass::kLowQuality;
  // Few different ones, since the store keeps each once; the score itself is in the record.
  reply.rule = fmt::format("quality below {} by {}", route.quality_floor_ppm / kWhole,
                           frame_.tables.evaluators[route.evaluator].name);
  reply.error_message = fmt::format("quality {:.2f}: {}", *score / kWhole, sheet.Words());
  NoteFailure(reply, main_->attempt());
  FollowFailure(reply);
}

}  // namespace mlp::engine
