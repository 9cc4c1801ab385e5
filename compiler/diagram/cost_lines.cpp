#include "compiler/diagram/cost_lines.hpp"

namespace mlp::compiler {
namespace {

bool Dominates(const CostLine& dear, const CostLine& cheap) {
  return dear.input >= cheap.input && dear.output >= cheap.output &&
         dear.constant >= cheap.constant;
}

}  // namespace

CostLine AddTimes(const CostLine& a, const CostLine& b, std::int64_t times) {
  return {a.input + b.input * times, a.output + b.output * times, a.constant + b.constant * times};
}

void KeepDearest(std::vector<CostLine>& lines, const CostLine& line) {
  for (const CostLine& other : lines) {
    if (Dominates(other, line)) return;
  }
  std::erase_if(lines, [&](const CostLine& other) { return Dominates(line, other); });
  lines.push_back(line);
}

}  // namespace mlp::compiler
