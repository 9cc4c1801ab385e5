#include "compiler/model/arms.hpp"

namespace mlp::compiler {

ArmPlace PlaceOfArm(const PolicyModel& model, Index number) {
  ArmPlace place;
  if (number < model.rollouts.size()) return place;
  std::size_t left = number - model.rollouts.size();
  for (Index i = 0; i < model.experiments.size(); ++i) {
    const std::size_t arms = model.experiments[i].arms.size();
    if (left < arms) return {i, static_cast<Index>(left)};
    left -= arms;
  }
  return place;
}

Index FirstArm(const PolicyModel& model, Index experiment) {
  std::size_t number = model.rollouts.size();
  for (Index i = 0; i < experiment; ++i) number += model.experiments[i].arms.size();
  return static_cast<Index>(number);
}

std::string DrawnBy(const PolicyModel& model, const RolloutModel& rollout) {
  return rollout.reshuffle ? rollout.salt + "@" + model.version : rollout.salt;
}

std::string ArmName(const PolicyModel& model, Index number) {
  if (number < model.rollouts.size()) return model.rollouts[number].name;
  const ArmPlace place = PlaceOfArm(model, number);
  if (place.experiment == kNoIndex) return {};
  const ExperimentModel& experiment = model.experiments[place.experiment];
  return experiment.name + ":" + experiment.arms[place.arm].name;
}

std::string ArmWord(std::string_view arm_name) {
  std::string word(arm_name);
  if (word.find(':') == std::string::npos) word += ":canary";
  return word;
}

Index FindArm(const PolicyModel& model, std::string_view arm_name) {
  if (arm_name.find(':') == std::string_view::npos) return FindRollout(model, arm_name);
  Index number = static_cast<Index>(model.rollouts.size());
  for (const ExperimentModel& experiment : model.experiments) {
    for (const ExperimentModel::Arm& arm : experiment.arms) {
      if (arm_name == experiment.name + ":" + arm.name) return number;
      ++number;
    }
  }
  return kNoIndex;
}

bool Exclude(std::string_view a, std::string_view b) {
  const std::size_t colon = a.find(':');
  return colon != std::string_view::npos && a != b &&
         a.substr(0, colon + 1) == b.substr(0, b.find(':') + 1);
}

}  // namespace mlp::compiler
