#include "runtime/engine/describe.hpp"

#include <string_view>

#include <fmt/format.h>

#include "mlp/request.hpp"
#include "runtime/core/sha256.hpp"

namespace mlp::engine {

std::string DescribeRequest(const Tables& tables, const RequestView& request) {
  std::string words;
  for (const Attribute& attribute : tables.attributes) {
    if (attribute.type == AttributeType::kText || attribute.type == AttributeType::kKey) continue;
    const std::string value = WriteValue(attribute, request);
    if (value.empty()) continue;
    words += fmt::format("{}{}={}", words.empty() ? "" : " ", attribute.name, value);
  }
  return words;
}

std::uint64_t UnitHash(const Tables& tables, const RequestView& request) {
  for (const Attribute& attribute : tables.attributes) {
    if (attribute.type != AttributeType::kKey) continue;
    const Sha256Digest digest = Sha256(request.texts[attribute.slot]);
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < 8; ++i) hash = hash << 8 | digest[i];
    return hash;
  }
  return 0;
}

Error DescribeOutcome(const Tables& tables, const Decision& decision) {
  switch (decision.outcome) {
    case DecisionOutcome::kServe:
      break;
    case DecisionOutcome::kRefused:
      return {ErrorClass::kRefused, std::string(tables.routes[decision.route].refusal)};
    case DecisionOutcome::kNoRoute:
      return {ErrorClass::kNoRoute, "no route takes the request"};
    case DecisionOutcome::kNoCandidate:
      return {ErrorClass::kNoCandidate, fmt::format("route `{}` has no candidate for the request",
                                                    tables.routes[decision.route].name)};
    case DecisionOutcome::kDenied:
      return {ErrorClass::kBudgetExhausted, "a budget denies the request"};
    case DecisionOutcome::kOutOfDomain:
      return {ErrorClass::kNoRoute, "an attribute is outside its declared range"};
  }
  return {};
}

std::string DescribeAttempts(const std::vector<AttemptRecord>& attempts) {
  std::string text = fmt::format("{} attempt{}", attempts.size(), attempts.size() == 1 ? "" : "s");
  for (const AttemptRecord& attempt : attempts) {
    text += fmt::format("{} {} {}", attempt.number == 0 ? ":" : ",", attempt.model,
                        ToString(attempt.error_class));
    if (attempt.http_status != 0) text += fmt::format(" ({})", attempt.http_status);
  }
  return text;
}

}  // namespace mlp::engine
