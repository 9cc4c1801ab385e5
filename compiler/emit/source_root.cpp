#include "compiler/emit/source_parts.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "compiler/emit/spelling.hpp"

namespace mlp::compiler::emit {
namespace {

std::string BitsetsRef(const BitsetIndex& bits) {
  if (bits.term_count == 0) return "{}";
  return fmt::format("{{{}, {}, {}, {}, {}, {}, {}, {}, {}}}", bits.term_count,
                     Ref("kBitAxes", bits.axes), Ref("kBitFirstCut", bits.first_cut),
                     Ref("kBitFirstWord", bits.first_word), Ref("kBitWords", bits.words),
                     Ref("kBitSummary", bits.summary), Ref("kBitFirstSummary", bits.first_summary),
                     Ref("kBitEdge", bits.edge), Ref("kBitNoTermEdge", bits.no_term_edge));
}

}  // namespace

void WriteRoot(const Tables& t, TableWriter& out) {
  out.Section("The whole.");
  out.Line("constexpr mlp::Tables kTables = {");
  {
    const Writer::Indent indent(out);
    const auto field = [&](std::string_view name, const std::string& value) {
      out.Line(fmt::format(".{} = {},", name, value));
    };
    field("format", fmt::format("{}", t.format));
    field("name", Quoted(t.name));
    field("version", Quoted(t.version));
    field("hash", Quoted(t.hash));
    field("valid_from_s", Literal(t.valid_from_s));
    field("valid_to_s", Literal(t.valid_to_s));
    field("capability_names", Ref("kCapabilityNames", t.capability_names));
    field("attributes", Ref("kAttributes", t.attributes));
    field("code_count", fmt::format("{}", t.code_count));
    field("text_count", fmt::format("{}", t.text_count));
    field("set_count", fmt::format("{}", t.set_count));
    field("input_code", fmt::format("{}", t.input_code));
    field("output_code", fmt::format("{}", t.output_code));
    field("asks_set", fmt::format("{}", t.asks_set));
    field("axes", Ref("kAxes", t.axes));
    field("text_cuts", Ref("kTextCuts", t.text_cuts));
    field("roots", Ref("kRoots", t.roots));
    field("nodes", Ref("kNodes", t.nodes));
    field("edges", Ref("kEdges", t.edges));
    field("cuts", Ref("kCuts", t.cuts));
    field("buckets", Ref("kBuckets", t.buckets));
    field("bitsets", BitsetsRef(t.bitsets));
    field("leaves", Ref("kLeaves", t.leaves));
    field("rows", Ref("kRows", t.rows));
    field("gates", Ref("kGates", t.gates));
    field("row_orders", Ref("kRowOrders", t.row_orders));
    field("guards", Ref("kGuards", t.guards));
    field("live_refs", Ref("kLiveRefs", t.live_refs));
    field("live_conditions", Ref("kLiveConditions", t.live_conditions));
    field("live_atoms", Ref("kLiveAtoms", t.live_atoms));
    field("groups", Ref("kGroups", t.groups));
    field("weights", Ref("kWeights", t.weights));
    field("live_order_count", fmt::format("{}", t.live_order_count));
    field("routes", Ref("kRoutes", t.routes));
    field("providers", Ref("kProviders", t.providers));
    field("endpoints", Ref("kEndpoints", t.endpoints));
    field("models", Ref("kModels", t.models));
    field("rollouts", Ref("kRollouts", t.rollouts));
    field("experiments", Ref("kExperiments", t.experiments));
    field("arms", Ref("kArms", t.arms));
    field("budgets", Ref("kBudgets", t.budgets));
    field("alerts", Ref("kAlerts", t.alerts));
    field("evaluators", Ref("kEvaluators", t.evaluators));
  }
  out.Line("};");
}

}  // namespace mlp::compiler::emit
