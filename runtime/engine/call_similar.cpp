// Before a call's first attempt: whether a prompt that says nearly the same was answered already.
#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/engine/attempt.hpp"
#include "runtime/engine/cache/similar_text.hpp"
#include "runtime/engine/call.hpp"
#include "runtime/engine/constraints.hpp"

namespace mlp::engine {
namespace {

constexpr float kWhole = 1e6F;

/// Who is asked for the vector: where its prompt may be sent to the first candidate, it may be sent
/// to an endpoint of the same places. Nothing where the route does not compare, has no such
/// endpoint, or the caller leaves its provider out.
std::optional<Candidate> LookupTarget(const Tables& tables, const CallOptions& options,
                                      const Decision& decision) {
  const RoutePlan& route = tables.routes[decision.route];
  if (route.similar_ppm == 0) return std::nullopt;
  if (LeavesOut(options, tables.providers[tables.models[route.vectors].provider])) {
    return std::nullopt;
  }
  const Endpoint& of_answer = tables.endpoints[decision.candidates[0].endpoint];
  for (std::size_t i = 0; i < tables.endpoints.size(); ++i) {
    const Endpoint& one = tables.endpoints[i];
    if (one.provider != tables.models[route.vectors].provider) continue;
    if (!std::is_permutation(one.places.begin(), one.places.end(), of_answer.places.begin(),
                             of_answer.places.end())) {
      continue;
    }
    Candidate target{};
    target.model = route.vectors;
    target.endpoint = static_cast<std::uint16_t>(i);
    target.rollout = kNone16;
    return target;
  }
  return std::nullopt;
}

}  // namespace

void Call::LookUp() {
  const std::optional<Candidate> target =
      LookupTarget(frame_.tables, frame_.options, frame_.decision);
  std::optional<std::string> text;
  if (target) {
    const Model& model = frame_.tables.models[target->model];
    text = TextToCompare(frame_.prompt, std::min(model.max_input, model.context));
  }
  if (!text || !lookup_->NameLookup(*target, *std::move(text))) {
    Attempt(AttemptKind::kFirst, 0);
    return;
  }
  switch (lookup_->Admit(false, true).kind) {
    case Leg::Leave::Kind::kGranted:
      SendLookup();
      return;
    case Leg::Leave::Kind::kMustHold:
      phase_ = Phase::kLookup;
      lookup_->AskBudgets([self = shared_from_this()](Budgets::Answer answer) {
        self->frame_.http().After(0,
                                  [self, answer = std::move(answer)] { self->LookupHeld(answer); });
      });
      return;
    case Leg::Leave::Kind::kLeftAlone:
    case Leg::Leave::Kind::kLimited:
      Attempt(AttemptKind::kFirst, 0);
      return;
  }
}

void Call::LookupHeld(const Budgets::Answer& answer) {
  lookup_->Hold(answer);
  if (frame_.cancelled.load()) {
    Fail(ErrorClass::kCancelled, "cancelled by the caller");
  } else if (answer.may_go && frame_.RemainingMs() > 0) {
    SendLookup();
  } else {
    lookup_->Drop();
    Attempt(AttemptKind::kFirst, 0);
  }
}

void Call::SendLookup() {
  phase_ = Phase::kLookup;
  Exchange::Listener listener;
  listener.on_end = [self = shared_from_this()](ExchangeEnd end) {
    self->LookedUp(std::move(end));
  };
  if (lookup_->Send(false, std::move(listener))) Attempt(AttemptKind::kFirst, 0);
}

void Call::LookedUp(ExchangeEnd end) {
  if (frame_.cancelled.load()) end.reply.error_class = ErrorClass::kCancelled;
  lookup_->Close(end);
  if (frame_.cancelled.load()) {
    Fail(ErrorClass::kCancelled, "cancelled by the caller");
    return;
  }
  const RoutePlan& route = frame_.route();
  const Model& model = frame_.tables.models[route.vectors];
  std::vector<float> vector = std::move(end.reply.vector);
  if (end.reply.error_class == ErrorClass::kNone && vector.size() == model.dimension &&
      Normalize(vector)) {
    const Sha256Digest scope =
        ScopeKey(frame_.ProviderOf(0).name,
                 MakeWireCall(frame_.tables, frame_.decision, frame_.decision.candidates[0], {},
                              frame_.prompt),
                 model.id, Bar());
    const auto answer = cache_.FindSimilar(scope, std::move(vector),
                                           static_cast<float>(route.similar_ppm) / kWhole);
    if (answer != nullptr) {
      cache_.Share(answer);
      GiveCached(*answer, CacheUse::kSimilar);
      return;
    }
  }
  Attempt(AttemptKind::kFirst, 0);
}

}  // namespace mlp::engine
