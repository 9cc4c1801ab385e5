#include "compiler/emit/source_parts.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compiler/emit/enumerators.hpp"
#include "compiler/emit/spelling.hpp"

namespace mlp::compiler::emit {
namespace {

std::string_view RouteName(const Tables& tables, std::uint16_t route) {
  return route == kNone16 ? std::string_view("no route") : tables.routes[route].name;
}

}  // namespace

void WriteRequests(const Tables& tables, TableWriter& out) {
  out.Section("What a request says.");
  std::vector<std::string> labels;
  for (const Attribute& attribute : tables.attributes) {
    labels.push_back(
        out.Texts(fmt::format("k{}Labels", TypeName(attribute.name)), attribute.labels));
  }
  out.Texts("kCapabilityNames", tables.capability_names);
  out.Line(
      "// name, type, slot, size, default code, minimum, step (millionths), labels, members, "
      "default text");
  out.Array(
      "mlp::Attribute", "kAttributes", tables.attributes, [&](const Attribute& a, std::size_t i) {
        return fmt::format("{{{}, mlp::AttributeType::{}, {}, {}, {}, {}, {}, {}, {:#x}, {}, {}}},",
                           Quoted(a.name), Name(a.type), a.slot, a.size, a.default_code,
                           a.minimum_micro, a.step_micro, labels[i], a.members,
                           Bool(a.has_default_text), Quoted(a.default_text));
      });
}

void WriteRoots(std::string_view name, std::span<const mlp::Root> roots, TableWriter& out) {
  out.Array("mlp::Root", name, roots, [](const mlp::Root& r, std::size_t) {
    return fmt::format("{{{}, {:#x}}},", Literal(r.from_s), r.edge);
  });
}

void WriteDiagram(const Tables& tables, TableWriter& out) {
  out.Section("The diagram.");
  out.Line("// kind, slot, member, first text cut, text cuts");
  out.Array("mlp::Axis", "kAxes", tables.axes, [](const Axis& a, std::size_t i) {
    return fmt::format("{{mlp::AxisKind::{}, {}, {:#x}, {}, {}}},  // axis {}", Name(a.kind),
                       a.slot, a.member, a.first_text_cut, a.text_cut_count, i);
  });
  out.Texts("kTextCuts", tables.text_cuts);
  out.Line("// from, edge");
  WriteRoots("kRoots", tables.roots, out);
  out.Line("// first edge, edges, first cut, first bucket, axis, kind, shift");
  out.Array("mlp::Node", "kNodes", tables.nodes, [](const Node& n, std::size_t) {
    return fmt::format("{{{}, {}, {}, {}, {}, mlp::NodeKind::{}, {}}},", n.first_edge, n.edge_count,
                       n.first_cut, n.first_bucket, n.axis, Name(n.kind), n.shift);
  });
  out.Numbers("std::uint32_t", "kEdges", tables.edges);
  out.Numbers("std::int32_t", "kCuts", tables.cuts);
  out.Numbers("std::uint32_t", "kBuckets", tables.buckets);
  const BitsetIndex& bits = tables.bitsets;
  if (bits.term_count == 0) return;
  out.Section("The bitsets that stand in for the diagram of routes, which passed its budget.");
  out.Numbers("std::uint16_t", "kBitAxes", bits.axes);
  out.Numbers("std::uint32_t", "kBitFirstCut", bits.first_cut);
  out.Numbers("std::uint32_t", "kBitFirstWord", bits.first_word);
  out.Numbers("std::uint64_t", "kBitWords", bits.words);
  out.Numbers("std::uint64_t", "kBitSummary", bits.summary);
  out.Numbers("std::uint32_t", "kBitFirstSummary", bits.first_summary);
  out.Numbers("std::uint32_t", "kBitEdge", bits.edge);
  out.Numbers("std::uint32_t", "kBitNoTermEdge", bits.no_term_edge);
}

void WriteLeaves(const Tables& tables, TableWriter& out) {
  out.Section("What the diagram ends at.");
  out.Line(
      "// first row, first of the cheapest order, cache seconds, route, rows, first group, "
      "groups, kind");
  out.Array("mlp::Leaf", "kLeaves", tables.leaves, [&](const Leaf& l, std::size_t i) {
    const std::string cheapest =
        l.first_cheapest == kNone32 ? "mlp::kNone32" : std::to_string(l.first_cheapest);
    return fmt::format("{{{}, {}, {}, {}, {}, {}, {}, mlp::LeafKind::{}}},  // {}: {}", l.first_row,
                       cheapest, l.cache_ttl_s, l.route, l.row_count, l.first_group, l.group_count,
                       Name(l.kind), i, RouteName(tables, l.route));
  });
  out.Line("// gate, model, endpoint, rollout, step, group");
  out.Array("mlp::Row", "kRows", tables.rows, [&](const Row& r, std::size_t) {
    return fmt::format("{{{}, {}, {}, {}, {}, {}}},  // {}", r.gate, r.model, r.endpoint, r.rollout,
                       r.step, r.group, tables.models[r.model].name);
  });
  out.Line("// capabilities, first guard, first live, guards, live bits");
  out.Array("mlp::Gate", "kGates", tables.gates, [](const Gate& g, std::size_t i) {
    return fmt::format("{{{:#x}, {}, {}, {}, {}}},  // gate {}", g.capabilities, g.first_guard,
                       g.first_live, g.guard_count, g.live_count, i);
  });
  out.Numbers("std::uint16_t", "kRowOrders", tables.row_orders);
  out.Line("// a * input + b * output <= c");
  out.Array("mlp::Guard", "kGuards", tables.guards, [](const Guard& g, std::size_t) {
    return fmt::format("{{{}, {}, {}}},", g.a, g.b, Literal(g.c));
  });
  out.Numbers("std::uint16_t", "kLiveRefs", tables.live_refs);
  out.Array("mlp::LiveCondition", "kLiveConditions", tables.live_conditions,
            [](const LiveCondition& c, std::size_t) {
              return fmt::format("{{{}, {}}},", c.first_atom, c.atom_count);
            });
  out.Array("mlp::LiveAtom", "kLiveAtoms", tables.live_atoms, [&](const LiveAtom& a, std::size_t) {
    return fmt::format("{{{}, mlp::LiveFact::{}, mlp::Comparison::{}, {}, {}}},  // {}", a.model,
                       Name(a.fact), Name(a.comparison), a.window_s, a.threshold,
                       tables.models[a.model].name);
  });
  out.Array("mlp::Group", "kGroups", tables.groups, [](const Group& g, std::size_t) {
    return fmt::format("{{mlp::GroupKind::{}, {}, {}, {}, {}, {}}},", Name(g.kind), g.step,
                       g.live_order, g.key_text, g.member_count, g.first_weight);
  });
  out.Numbers("std::uint32_t", "kWeights", tables.weights);
}

}  // namespace mlp::compiler::emit
