#include "compiler/diff/offer.hpp"

#include <utility>

namespace mlp::compiler {
namespace {

/// Content as bytes that are equal exactly for equal contents.
class Bytes {
 public:
  void Add(std::int64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      bytes_ += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFF);
    }
  }
  void Add(const std::string& text) {
    Add(static_cast<std::int64_t>(text.size()));
    bytes_ += text;
  }
  void Add(const OfferRow& row) {
    for (const std::uint32_t number : {row.identity, row.model, row.rollout, row.live, row.group}) {
      Add(number);
    }
    Add(static_cast<std::int64_t>(row.capabilities));
    Add(row.bound_pico);
    Add(static_cast<std::int64_t>(row.guards.size()));
    for (const Guard& guard : row.guards) {
      Add(guard.a);
      Add(guard.b);
      Add(guard.c);
    }
  }
  [[nodiscard]] std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

template <typename T>
std::uint32_t Intern(std::unordered_map<std::string, std::uint32_t>& numbers,
                     std::vector<T>& values, std::string key, T value) {
  const auto [at, added] =
      numbers.emplace(std::move(key), static_cast<std::uint32_t>(values.size()));
  if (added) values.push_back(std::move(value));
  return at->second;
}

}  // namespace

std::string_view NameOf(PlanField field) {
  switch (field) {
    case PlanField::kRetry:
      return "retry";
    case PlanField::kBackoff:
      return "backoff";
    case PlanField::kAttempts:
      return "attempts";
    case PlanField::kAttempt:
      return "attempt";
    case PlanField::kDeadline:
      return "deadline";
    case PlanField::kCallCost:
      return "cost per call";
    case PlanField::kOn:
      return "on";
    case PlanField::kCache:
      return "cache";
    case PlanField::kCachePrompts:
      return "cache prompts";
    case PlanField::kHedge:
      return "hedge";
    case PlanField::kFirstByte:
      return "after first-byte";
    case PlanField::kLog:
      return "log";
    case PlanField::kQuality:
      return "quality";
  }
  return {};
}

OfferBook::OfferBook() {
  (void)Text({});
  (void)Plan({});
  (void)Add(Offer{});
  (void)Add(PricedOffer{});
}

std::uint32_t OfferBook::Text(std::string text) {
  return Intern(text_numbers_, texts_, text, text);
}

std::uint32_t OfferBook::Identity(const OfferIdentity& identity) {
  Bytes key;
  for (const std::string* part :
       {&identity.model, &identity.id, &identity.provider, &identity.place, &identity.parameters}) {
    key.Add(*part);
  }
  return Intern(identity_numbers_, identities_, key.Take(), identity);
}

std::uint32_t OfferBook::Plan(const OfferPlan& plan) {
  Bytes key;
  for (const std::string& field : plan) key.Add(field);
  return Intern(plan_numbers_, plans_, key.Take(), plan);
}

std::uint32_t OfferBook::Add(Offer offer) {
  Bytes key;
  key.Add(static_cast<std::int64_t>(offer.kind));
  for (const std::uint32_t number : {offer.plan, offer.retries, offer.attempts}) key.Add(number);
  key.Add(offer.output_cap);
  key.Add(offer.call_bound_pico);
  key.Add(static_cast<std::int64_t>(offer.rows.size()));
  for (const OfferRow& row : offer.rows) key.Add(row);
  key.Add(static_cast<std::int64_t>(offer.groups.size()));
  for (const OfferGroup& group : offer.groups) {
    key.Add(group.how);
    key.Add(static_cast<std::int64_t>(group.members.size()));
    for (const std::uint32_t member : group.members) key.Add(member);
    for (const std::uint32_t weight : group.weights_ppm) key.Add(weight);
  }
  for (const std::uint32_t number : offer.cheapest) key.Add(number);
  return Intern(offer_numbers_, offers_, key.Take(), std::move(offer));
}

std::uint32_t OfferBook::Add(CostSheet sheet) {
  Bytes key;
  key.Add(sheet.price_micro);
  for (const PriceTier& tier : sheet.tiers) {
    key.Add(tier.min_prompt);
    key.Add(tier.max_prompt);
    key.Add(static_cast<std::int64_t>(tier.lines.size()));
    for (const PriceLine& line : tier.lines) {
      key.Add(line.input);
      key.Add(line.output);
    }
  }
  return Intern(sheet_numbers_, sheets_, key.Take(), std::move(sheet));
}

std::uint32_t OfferBook::Add(PricedOffer priced) {
  const auto [at, added] = priced_numbers_.emplace(std::pair(priced.offer, priced.costs),
                                                   static_cast<std::uint32_t>(priced_.size()));
  if (added) priced_.push_back(std::move(priced));
  return at->second;
}

}  // namespace mlp::compiler
