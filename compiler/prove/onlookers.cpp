#include "compiler/prove/onlookers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>

namespace mlp::compiler {
namespace {

/// The truths that a condition may have, as bits by Truth.
using Truths = std::uint8_t;
constexpr Truths Bit(Truth truth) {
  return static_cast<Truths>(1U << static_cast<unsigned>(truth));
}
constexpr Truths kFree = Bit(Truth::kNo) | Bit(Truth::kYes);

constexpr std::array kAll = {Truth::kNo, Truth::kUnknown, Truth::kYes};

Truths OfAtom(const CandidateAtom& atom, Truth truth) {
  switch (atom.kind) {
    case CandidateAtom::Kind::kRequest:
    case CandidateAtom::Kind::kPlaceRequest:
      return Bit(truth);
    case CandidateAtom::Kind::kFact:
      break;
    case CandidateAtom::Kind::kCan:
    case CandidateAtom::Kind::kFactRequest:
    case CandidateAtom::Kind::kLive:
    case CandidateAtom::Kind::kList:
      return kFree;
  }
  switch (atom.fact) {
    case FactKind::kProvider:
    case FactKind::kModel:
    case FactKind::kPlace:
      return Bit(truth);
    case FactKind::kPrice:
    case FactKind::kStatus:
    case FactKind::kRetiresIn:
      return truth == Truth::kUnknown ? kFree : Bit(truth);
    case FactKind::kContext:
    case FactKind::kMaxInput:
    case FactKind::kMaxOutput:
    case FactKind::kQuality:
    case FactKind::kPriorP50:
    case FactKind::kPriorP95:
    case FactKind::kLive:
      break;
  }
  return kFree;
}

/// Each comparison by itself: one that is written twice may be true here and false there, which
/// leaves a claim more ways to be kept only where it contradicts itself.
Truths Of(const CandidateCondition& claim, std::uint32_t id, std::span<const Truth> atoms) {
  const Condition::Node& node = claim.nodes[id];
  switch (node.kind) {
    case ConditionKind::kTrue:
      return Bit(Truth::kYes);
    case ConditionKind::kFalse:
      return Bit(Truth::kNo);
    case ConditionKind::kAtom:
      return OfAtom(claim.atoms[node.atom], atoms[node.atom]);
    case ConditionKind::kNot: {
      const Truths own = Of(claim, node.operands.front(), atoms);
      return static_cast<Truths>((own & Bit(Truth::kUnknown)) |
                                 ((own & Bit(Truth::kNo)) != 0 ? Bit(Truth::kYes) : 0) |
                                 ((own & Bit(Truth::kYes)) != 0 ? Bit(Truth::kNo) : 0));
    }
    case ConditionKind::kAnd:
    case ConditionKind::kOr:
      break;
  }
  const bool conjunction = node.kind == ConditionKind::kAnd;
  Truths result = Bit(conjunction ? Truth::kYes : Truth::kNo);
  for (const std::uint32_t operand : node.operands) {
    const Truths other = Of(claim, operand, atoms);
    Truths joined = 0;
    for (const Truth a : kAll) {
      for (const Truth b : kAll) {
        if ((result & Bit(a)) == 0 || (other & Bit(b)) == 0) continue;
        joined |= Bit(conjunction ? std::min(a, b) : std::max(a, b));
      }
    }
    result = joined;
  }
  return result;
}

std::set<std::string> PlacesOf(const ProviderModel& provider, Index endpoint) {
  if (endpoint == kNoIndex) return {};
  const std::vector<std::string>& places = provider.endpoints[endpoint].places;
  return {places.begin(), places.end()};
}

}  // namespace

bool ConcernsOnlookers(const CandidateAtom& atom) { return OfAtom(atom, Truth::kNo) != kFree; }

bool KeptTowardsOnlooker(const CandidateCondition& claim, std::span<const Truth> atoms,
                         Truth wanted) {
  if (claim.always()) return wanted == Truth::kYes;
  return (Of(claim, claim.root, atoms) & Bit(wanted)) != 0;
}

std::optional<Index> VectorsEndpoint(const PolicyModel& model, Index vectors,
                                     const CandidateEntry& first) {
  const ProviderModel& provider = model.providers[model.candidates[vectors].provider];
  const std::set<std::string> places =
      PlacesOf(model.providers[model.candidates[first.candidate].provider], first.endpoint);
  if (provider.endpoints.empty()) return places.empty() ? std::optional(kNoIndex) : std::nullopt;
  for (Index i = 0; i < provider.endpoints.size(); ++i) {
    if (PlacesOf(provider, i) == places) return i;
  }
  return std::nullopt;
}

}  // namespace mlp::compiler
