#include "compiler/diff/align.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "compiler/model/capabilities.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostMembers = 64;

/// Where one policy's attribute went.
struct Place {
  Index attribute = kNoIndex;         ///< joint
  std::vector<std::uint32_t> values;  ///< enums: per own code the joint one; sets: per own bit
  std::int64_t shift = 0;             ///< numbers: the joint code of the own code 0
};

struct Joint {
  std::vector<AttributeModel> attributes;
  std::vector<std::string> capability_names;
  std::vector<std::uint32_t> older_bits, newer_bits;  ///< per own capability bit the joint one
  std::vector<Place> older, newer;                    ///< per own attribute
};

std::uint64_t Moved(std::uint64_t mask, const std::vector<std::uint32_t>& bits) {
  std::uint64_t moved = 0;
  for (std::size_t bit = 0; bit < bits.size() && bit < 64; ++bit) {
    if (((mask >> bit) & 1) != 0) moved |= std::uint64_t{1} << bits[bit];
  }
  return moved;
}

/// `names` with those of `further` that it lacks, each behind the one it follows there.
std::vector<std::string> United(std::vector<std::string> names,
                                const std::vector<std::string>& further) {
  auto at = names.begin();
  for (const std::string& name : further) {
    const auto known = std::find(names.begin(), names.end(), name);
    at = (known == names.end() ? names.insert(at, name) : known) + 1;
  }
  return names;
}

std::vector<std::uint32_t> Positions(const std::vector<std::string>& own,
                                     const std::vector<std::string>& joint) {
  std::vector<std::uint32_t> positions;
  for (const std::string& name : own) {
    positions.push_back(
        static_cast<std::uint32_t>(std::find(joint.begin(), joint.end(), name) - joint.begin()));
  }
  return positions;
}

bool IsText(AttributeType type) {
  return type == AttributeType::kText || type == AttributeType::kKey;
}

/// One attribute out of two with one name, or nothing where they are two.
std::optional<AttributeModel> United(const AttributeModel& older, const AttributeModel& newer) {
  AttributeModel joint = newer;
  if (older.type != newer.type && !(IsText(older.type) && IsText(newer.type))) return std::nullopt;
  switch (newer.type) {
    case AttributeType::kEnum:
      joint.labels = United(newer.labels, older.labels);
      joint.size = static_cast<std::int32_t>(joint.labels.size());
      break;
    case AttributeType::kNumber: {
      if (older.step_micro != newer.step_micro ||
          (older.minimum_micro - newer.minimum_micro) % newer.step_micro != 0) {
        return std::nullopt;
      }
      const std::int64_t step = newer.step_micro;
      const std::int64_t end = std::max(older.minimum_micro / step + older.size,
                                        newer.minimum_micro / step + newer.size);
      joint.minimum_micro = std::min(older.minimum_micro, newer.minimum_micro);
      const std::int64_t size = end - joint.minimum_micro / step;
      if (size > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
      joint.size = static_cast<std::int32_t>(size);
      break;
    }
    case AttributeType::kTokens:
      joint.size = std::max(older.size, newer.size);
      break;
    case AttributeType::kText:
    case AttributeType::kKey:
      if (older.default_text != newer.default_text) joint.has_default = false;
      break;
    case AttributeType::kSet:
      joint.labels = United(newer.labels, older.labels);
      break;
  }
  joint.has_default = joint.has_default && older.has_default;
  return joint;
}

/// The code of a value in a wider attribute; -1 stays -1.
std::int32_t MovedCode(std::int32_t code, const Place& place) {
  if (code < 0) return code;
  if (!place.values.empty()) {
    return static_cast<std::int32_t>(place.values[static_cast<std::size_t>(code)]);
  }
  return code + static_cast<std::int32_t>(place.shift);
}

class Joiner {
 public:
  Joiner(const PolicyModel& older, const PolicyModel& newer) : older_(older), newer_(newer) {}

  Result<Joint, std::string> Join() {
    joint_.capability_names = United(newer_.capability_names, older_.capability_names);
    // Built-in names stand first in both, so declared ones go to the end.
    if (joint_.capability_names.size() > kMaxCapabilities) {
      return std::string("the capabilities of both policies together pass 64");
    }
    joint_.older_bits = Positions(older_.capability_names, joint_.capability_names);
    joint_.newer_bits = Positions(newer_.capability_names, joint_.capability_names);
    joint_.newer.resize(newer_.attributes.size());
    joint_.older.resize(older_.attributes.size());
    for (Index i = 0; i < newer_.attributes.size(); ++i) Add(i);
    for (Index i = 0; i < older_.attributes.size(); ++i) {
      if (joint_.older[i].attribute != kNoIndex) continue;
      AttributeModel attribute = older_.attributes[i];
      attribute.members = 0;
      if (FindAttribute(newer_, attribute.name) != kNoIndex) {
        attribute.name = "old." + attribute.name;
      }
      joint_.attributes.push_back(std::move(attribute));
      Settle(older_, joint_.older, i);
    }
    for (const AttributeModel& attribute : joint_.attributes) {
      if (attribute.type == AttributeType::kSet && attribute.labels.size() > kMostMembers) {
        return fmt::format("the members of `{}` of both policies together pass 64", attribute.name);
      }
    }
    return std::move(joint_);
  }

 private:
  void Add(Index number) {
    const AttributeModel& attribute = newer_.attributes[number];
    const Index other = FindAttribute(older_, attribute.name);
    std::optional<AttributeModel> both;
    const bool asks = number == newer_.asks;
    if (other != kNoIndex && asks == (other == older_.asks)) {
      both = United(older_.attributes[other], attribute);
    }
    joint_.attributes.push_back(both.value_or(attribute));
    joint_.attributes.back().members = 0;
    Settle(newer_, joint_.newer, number);
    if (!both) return;
    Settle(older_, joint_.older, other);
    AttributeModel& joint = joint_.attributes.back();
    joint.default_code = MovedCode(attribute.default_code, joint_.newer[number]);
    if (joint.default_code !=
        MovedCode(older_.attributes[other].default_code, joint_.older[other])) {
      joint.default_code = -1;
    }
  }

  /// The attribute `number` of `model` is the last joint one.
  void Settle(const PolicyModel& model, std::vector<Place>& places, Index number) {
    const AttributeModel& own = model.attributes[number];
    AttributeModel& joint = joint_.attributes.back();
    Place& place = places[number];
    place.attribute = static_cast<Index>(joint_.attributes.size() - 1);
    const bool asks = number == model.asks;
    if (own.type == AttributeType::kEnum || (own.type == AttributeType::kSet && !asks)) {
      place.values = Positions(own.labels, joint.labels);
    } else if (asks) {
      place.values = &model == &older_ ? joint_.older_bits : joint_.newer_bits;
    } else if (own.type == AttributeType::kNumber) {
      place.shift = (own.minimum_micro - joint.minimum_micro) / joint.step_micro;
    }
    if (own.type == AttributeType::kSet) joint.members |= Moved(own.members, place.values);
  }

  const PolicyModel& older_;
  const PolicyModel& newer_;
  Joint joint_;
};

/// Rewrites one policy.
class Translator {
 public:
  Translator(const PolicyModel& own, const Joint& joint, const std::vector<Place>& places,
             const std::vector<std::uint32_t>& bits)
      : own_(own), joint_(joint), places_(places), bits_(bits) {}

  AlignedPolicy Translate() const {
    AlignedPolicy result;
    PolicyModel& model = result.model;
    model = own_;
    result.claims = std::move(model.asserts);
    for (AssertModel& claim : result.claims) Rewrite(claim.when);
    model.asserts.clear();
    model.tests.clear();
    model.attributes = joint_.attributes;
    model.capability_names = joint_.capability_names;
    for (Index* attribute : {&model.input, &model.output, &model.asks}) Move(*attribute);
    for (CandidateModel& candidate : model.candidates) {
      candidate.capabilities = Moved(candidate.capabilities, bits_);
    }
    for (PoolModel& pool : model.pools) Rewrite(pool.where);
    for (RouteModel& route : model.routes) Rewrite(route);
    for (BudgetModel& budget : model.budgets) {
      Rewrite(budget.when);
      for (BudgetModel::Only& only : budget.only) Rewrite(only.condition);
      Move(budget.per);
    }
    for (RolloutModel& rollout : model.rollouts) Move(rollout.key);
    for (ExperimentModel& experiment : model.experiments) {
      Rewrite(experiment.when);
      Move(experiment.key);
    }
    result.domain = Domain();
    result.names.resize(joint_.attributes.size());
    for (Index i = 0; i < places_.size(); ++i) {
      result.names[places_[i].attribute] = own_.attributes[i].name;
    }
    return result;
  }

 private:
  void Move(Index& attribute) const {
    if (attribute != kNoIndex) attribute = places_[attribute].attribute;
  }

  void Rewrite(RouteModel& route) const {
    Rewrite(route.when);
    Rewrite(route.cache_when);
    route.need = Moved(route.need, bits_);
    for (auto& [bit, span] : route.need_spans) bit = static_cast<std::uint8_t>(bits_[bit]);
    Move(route.place_attribute);
    for (StepModel& step : route.steps) {
      Rewrite(step.where);
      Move(step.spread_key);
      for (std::uint8_t& bit : step.prefer) bit = static_cast<std::uint8_t>(bits_[bit]);
    }
  }

  void Rewrite(Condition& condition) const {
    const std::size_t count = condition.nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (condition.nodes[i].kind != ConditionKind::kAtom) continue;
      const auto made = Alternatives(condition.atoms[condition.nodes[i].atom]);
      Replace(condition, i, made, [](const RequestAtom& atom, const RequestAtom&) { return atom; });
    }
  }

  void Rewrite(CandidateCondition& condition) const {
    const std::size_t count = condition.nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (condition.nodes[i].kind != ConditionKind::kAtom) continue;
      CandidateAtom& atom = condition.atoms[condition.nodes[i].atom];
      switch (atom.kind) {
        case CandidateAtom::Kind::kCan:
          atom.members = Moved(atom.members, bits_);
          break;
        case CandidateAtom::Kind::kFactRequest:
        case CandidateAtom::Kind::kPlaceRequest:
          if (atom.attribute < places_.size()) atom.attribute = places_[atom.attribute].attribute;
          break;
        case CandidateAtom::Kind::kRequest:
          Replace(condition, i, Alternatives(atom.request),
                  [](const RequestAtom& request, CandidateAtom whole) {
                    whole.request = request;
                    return whole;
                  });
          break;
        case CandidateAtom::Kind::kFact:
        case CandidateAtom::Kind::kLive:
        case CandidateAtom::Kind::kList:
          break;
      }
    }
  }

  /// The node becomes a disjunction of the atoms.
  template <typename C, typename Make>
  static void Replace(C& condition, std::size_t node, const std::vector<RequestAtom>& atoms,
                      const Make& make) {
    const auto old_atom = condition.atoms[condition.nodes[node].atom];
    if (atoms.size() == 1) {
      condition.atoms[condition.nodes[node].atom] = make(atoms.front(), old_atom);
      return;
    }
    const Span span = condition.nodes[node].span;
    std::vector<std::uint32_t> operands;
    for (const RequestAtom& atom : atoms) {
      operands.push_back(static_cast<std::uint32_t>(condition.nodes.size()));
      condition.nodes.push_back(
          {ConditionKind::kAtom, static_cast<std::uint32_t>(condition.atoms.size()), {}, span});
      condition.atoms.push_back(make(atom, old_atom));
    }
    condition.nodes[node].kind = atoms.empty() ? ConditionKind::kFalse : ConditionKind::kOr;
    condition.nodes[node].operands = std::move(operands);
  }

  /// Joint atoms of which one holds exactly where the own one does, among the policy's requests.
  [[nodiscard]] std::vector<RequestAtom> Alternatives(RequestAtom atom) const {
    const Place& place = places_[atom.attribute];
    const AttributeModel& own = own_.attributes[atom.attribute];
    atom.attribute = place.attribute;
    if (atom.kind == RequestAtom::Kind::kHasMember) {
      // A member that may not be given makes the comparison false, and has no joint number.
      if ((atom.members & ~own.members) != 0) return {};
      atom.members = Moved(atom.members, place.values);
      return {atom};
    }
    if (atom.kind != RequestAtom::Kind::kCodeRange) return {atom};
    if (own.type == AttributeType::kNumber) {
      atom.first = std::max<std::int64_t>(atom.first, 0) + place.shift;
      atom.last = std::min<std::int64_t>(atom.last, own.size - 1) + place.shift;
      return {atom};
    }
    if (own.type != AttributeType::kEnum) return {atom};
    return Runs(place, std::max<std::int64_t>(atom.first, 0),
                std::min<std::int64_t>(atom.last, own.size - 1));
  }

  /// The joint codes of own codes first .. last, as ranges.
  static std::vector<RequestAtom> Runs(const Place& place, std::int64_t first, std::int64_t last) {
    std::vector<std::uint32_t> codes;
    for (std::int64_t code = first; code <= last; ++code) {
      codes.push_back(place.values[static_cast<std::size_t>(code)]);
    }
    std::sort(codes.begin(), codes.end());
    std::vector<RequestAtom> runs;
    for (const std::uint32_t code : codes) {
      if (!runs.empty() && runs.back().last + 1 == code) {
        ++runs.back().last;
      } else {
        runs.push_back(
            {RequestAtom::Kind::kCodeRange, place.attribute, code, code, std::string(), 0});
      }
    }
    return runs;
  }

  [[nodiscard]] Condition Domain() const {
    Condition domain;
    domain.nodes.push_back({ConditionKind::kAnd, 0, {}, {}});
    const auto add = [&](ConditionKind kind, const std::vector<RequestAtom>& atoms) {
      const auto whole = static_cast<std::uint32_t>(domain.nodes.size());
      domain.nodes.front().operands.push_back(whole);
      domain.nodes.push_back({kind, 0, {}, {}});
      for (const RequestAtom& atom : atoms) {
        domain.nodes[whole].operands.push_back(static_cast<std::uint32_t>(domain.nodes.size()));
        domain.nodes.push_back(
            {ConditionKind::kAtom, static_cast<std::uint32_t>(domain.atoms.size()), {}, {}});
        domain.atoms.push_back(atom);
      }
    };
    for (Index i = 0; i < places_.size(); ++i) {
      const AttributeModel& own = own_.attributes[i];
      const Place& place = places_[i];
      const AttributeModel& joint = joint_.attributes[place.attribute];
      if (own.type == AttributeType::kSet) {
        const std::uint64_t foreign = joint.members & ~Moved(own.members, place.values);
        for (unsigned bit = 0; bit < 64; ++bit) {
          const std::uint64_t member = std::uint64_t{1} << bit;
          if ((foreign & member) == 0) continue;
          add(ConditionKind::kNot,
              {{RequestAtom::Kind::kHasMember, place.attribute, 0, 0, std::string(), member}});
        }
      } else if (own.size < joint.size) {
        add(ConditionKind::kOr,
            own.type == AttributeType::kEnum
                ? Runs(place, 0, own.size - 1)
                : std::vector<RequestAtom>{{RequestAtom::Kind::kCodeRange, place.attribute,
                                            place.shift, place.shift + own.size - 1, std::string(),
                                            0}});
      }
    }
    if (domain.nodes.size() == 1) return {};
    return domain;
  }

  const PolicyModel& own_;
  const Joint& joint_;
  const std::vector<Place>& places_;
  const std::vector<std::uint32_t>& bits_;
};

/// The request by itself.
PolicyModel RequestOf(const Joint& joint, const PolicyModel& older, const PolicyModel& newer) {
  const auto either = [](Index a, Index b) { return a == kNoIndex ? b : a; };
  PolicyModel request;
  request.attributes = joint.attributes;
  request.capability_names = joint.capability_names;
  request.input = either(newer.input, older.input);
  request.output = either(newer.output, older.output);
  request.asks = either(newer.asks, older.asks);
  return request;
}

}  // namespace

Result<Alignment, std::string> Align(const PolicyModel& older, const PolicyModel& newer) {
  Result<Joint, std::string> joint = Joiner(older, newer).Join();
  if (!joint.ok()) return joint.error();
  Alignment result;
  result.older = Translator(older, *joint, joint->older, joint->older_bits).Translate();
  result.newer = Translator(newer, *joint, joint->newer, joint->newer_bits).Translate();
  result.request = RequestOf(*joint, result.older.model, result.newer.model);
  return result;
}

}  // namespace mlp::compiler
