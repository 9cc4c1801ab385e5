#include "tests/support/diff_mirror.hpp"

#include "compiler/ast/literals.hpp"

namespace mlp::test {

using compiler::ChangeClass;

ChangeClass Mirrored(ChangeClass change) {
  switch (change) {
    case ChangeClass::kNewlyUnserved:
      return ChangeClass::kNewlyServed;
    case ChangeClass::kNewlyServed:
      return ChangeClass::kNewlyUnserved;
    case ChangeClass::kCostRaised:
      return ChangeClass::kCostLowered;
    case ChangeClass::kCostLowered:
      return ChangeClass::kCostRaised;
    case ChangeClass::kRerouted:
    case ChangeClass::kReordered:
    case ChangeClass::kLimitsChanged:
      break;
  }
  return change;
}

compiler::DiffOptions::Recorded RecordOf(const compiler::DiffRegion& region) {
  compiler::DiffOptions::Recorded record;
  for (const auto& [name, value] : region.witness) {
    if (name == "@date") record.at_s = compiler::ast::ReadDate(value);
    if (name.front() != '@') record.words.emplace_back(name, value);
  }
  return record;
}

RecordClasses ClassesOfRecords(const compiler::DiffResult& result, std::size_t count) {
  RecordClasses classes;
  classes.of.resize(count);
  for (const compiler::DiffRegion& region : result.regions) {
    for (const std::size_t record : region.records) {
      if (classes.of[record]) {
        if (!classes.twice) classes.twice = record;
      } else {
        classes.of[record] = region.change.change;
      }
    }
  }
  return classes;
}

}  // namespace mlp::test
