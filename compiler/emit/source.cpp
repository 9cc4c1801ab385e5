#include "compiler/emit/source.hpp"

#include <array>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compiler/emit/enumerators.hpp"
#include "compiler/emit/spelling.hpp"
#include "compiler/emit/writer.hpp"

namespace mlp::compiler::emit {
namespace {

using std::string_view;

std::string Bool(bool value) { return value ? "true" : "false"; }

class SourceWriter {
 public:
  explicit SourceWriter(const Tables& tables) : tables_(tables) {}

  std::string Write(const std::string& banner, const std::string& header_name) {
    out_.Print(banner);
    out_.Line();
    out_.Line(fmt::format("// {} routes, {} roots, {} nodes, {} leaves, {} rows, {} guards.",
                          tables_.routes.size(), tables_.roots.size(), tables_.nodes.size(),
                          tables_.leaves.size(), tables_.rows.size(), tables_.guards.size()));
    out_.Print(
        "#include \"$header$\"\n\nnamespace $policy$ {\nnamespace {\n\n// clang-format off\n",
        {{"header", header_name}, {"policy", Identifier(tables_.name)}});
    Requests();
    Diagram();
    Leaves();
    Routes();
    Catalog();
    BesideTheRoutes();
    Root();
    out_.Print(R"(
// clang-format on

const mlp::Policy kPolicy{kTables};

}  // namespace

const mlp::Policy& Policy() noexcept { return kPolicy; }

}  // namespace $policy$)",
               {{"policy", Identifier(tables_.name)}});
    return out_.Take();
  }

 private:
  /// `constexpr TYPE NAME[] = {` with one row per element; nothing for an empty span.
  template <typename T, typename RowText>
  void Array(string_view type, string_view name, std::span<const T> elements, RowText row) {
    if (elements.empty()) return;
    out_.Line(fmt::format("constexpr {} {}[] = {{", type, name));
    {
      const Writer::Indent indent(out_);
      for (std::size_t i = 0; i < elements.size(); ++i) out_.Line(row(elements[i], i));
    }
    out_.Line("};");
  }

  /// An array of numbers, sixteen to a line; words of bits in hexadecimal.
  template <typename T>
  void Numbers(string_view type, string_view name, std::span<const T> numbers) {
    if (numbers.empty()) return;
    out_.Line(fmt::format("constexpr {} {}[] = {{", type, name));
    {
      const Writer::Indent indent(out_);
      std::string line;
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        if constexpr (sizeof(T) == 8) {
          line += fmt::format("{:#x},", numbers[i]);
        } else {
          line += fmt::format("{},", numbers[i]);
        }
        if (i % 16 == 15 || i + 1 == numbers.size()) {
          out_.Line(line);
          line.clear();
        } else {
          line += ' ';
        }
      }
    }
    out_.Line("};");
  }

  /// The elements in braces for use as a span, through an array of their own; `{}` for none.
  std::string Texts(std::string name, std::span<const string_view> texts) {
    if (texts.empty()) return "{}";
    std::string line = fmt::format("constexpr std::string_view {}[] = {{", name);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      // A cut just behind a literal ends in a NUL, which a plain literal would lose.
      const bool nul = texts[i].find('\0') != std::string_view::npos;
      const std::string text =
          nul ? fmt::format("{{{}, {}}}", Quoted(texts[i]), texts[i].size()) : Quoted(texts[i]);
      line += (i == 0 ? "" : ", ") + text;
    }
    out_.Line(line + "};");
    return name;
  }

  template <typename T>
  static std::string Ref(string_view name, std::span<const T> elements) {
    return elements.empty() ? "{}" : std::string(name);
  }

  void Section(string_view title) {
    out_.Line();
    out_.Line(fmt::format("// {}", title));
  }

  string_view RouteName(std::uint16_t route) const {
    return route == kNone16 ? string_view("no route") : tables_.routes[route].name;
  }

  void Requests() {
    Section("What a request says.");
    std::vector<std::string> labels;
    for (const Attribute& attribute : tables_.attributes) {
      labels.push_back(Texts(fmt::format("k{}Labels", TypeName(attribute.name)), attribute.labels));
    }
    capability_names_ = Texts("kCapabilityNames", tables_.capability_names);
    out_.Line(
        "// name, type, slot, size, default code, minimum, step (millionths), labels, members, "
        "default text");
    Array("mlp::Attribute", "kAttributes", tables_.attributes,
          [&](const Attribute& a, std::size_t i) {
            return fmt::format(
                "{{{}, mlp::AttributeType::{}, {}, {}, {}, {}, {}, {}, {:#x}, {}, {}}},",
                Quoted(a.name), Name(a.type), a.slot, a.size, a.default_code, a.minimum_micro,
                a.step_micro, labels[i], a.members, Bool(a.has_default_text),
                Quoted(a.default_text));
          });
  }

  void Diagram() {
    Section("The diagram.");
    out_.Line("// kind, slot, member, first text cut, text cuts");
    Array("mlp::Axis", "kAxes", tables_.axes, [](const Axis& a, std::size_t i) {
      return fmt::format("{{mlp::AxisKind::{}, {}, {:#x}, {}, {}}},  // axis {}", Name(a.kind),
                         a.slot, a.member, a.first_text_cut, a.text_cut_count, i);
    });
    text_cuts_ = Texts("kTextCuts", tables_.text_cuts);
    out_.Line("// from, edge");
    Roots("kRoots", tables_.roots);
    out_.Line("// first edge, edges, first cut, first bucket, axis, kind, shift");
    Array("mlp::Node", "kNodes", tables_.nodes, [](const Node& n, std::size_t) {
      return fmt::format("{{{}, {}, {}, {}, {}, mlp::NodeKind::{}, {}}},", n.first_edge,
                         n.edge_count, n.first_cut, n.first_bucket, n.axis, Name(n.kind), n.shift);
    });
    Numbers("std::uint32_t", "kEdges", tables_.edges);
    Numbers("std::int32_t", "kCuts", tables_.cuts);
    Numbers("std::uint32_t", "kBuckets", tables_.buckets);
    const BitsetIndex& bits = tables_.bitsets;
    if (bits.term_count == 0) return;
    Section("The bitsets that stand in for the diagram of routes, which passed its budget.");
    Numbers("std::uint16_t", "kBitAxes", bits.axes);
    Numbers("std::uint32_t", "kBitFirstCut", bits.first_cut);
    Numbers("std::uint32_t", "kBitFirstWord", bits.first_word);
    Numbers("std::uint64_t", "kBitWords", bits.words);
    Numbers("std::uint64_t", "kBitSummary", bits.summary);
    Numbers("std::uint32_t", "kBitFirstSummary", bits.first_summary);
    Numbers("std::uint32_t", "kBitEdge", bits.edge);
    Numbers("std::uint32_t", "kBitNoTermEdge", bits.no_term_edge);
  }

  void Leaves() {
    Section("What the diagram ends at.");
    out_.Line(
        "// first row, first of the cheapest order, cache seconds, route, rows, first group, "
        "groups, kind");
    Array("mlp::Leaf", "kLeaves", tables_.leaves, [&](const Leaf& l, std::size_t i) {
      const std::string cheapest =
          l.first_cheapest == kNone32 ? "mlp::kNone32" : std::to_string(l.first_cheapest);
      return fmt::format("{{{}, {}, {}, {}, {}, {}, {}, mlp::LeafKind::{}}},  // {}: {}",
                         l.first_row, cheapest, l.cache_ttl_s, l.route, l.row_count, l.first_group,
                         l.group_count, Name(l.kind), i, RouteName(l.route));
    });
    out_.Line("// gate, model, endpoint, rollout, step, group");
    Array("mlp::Row", "kRows", tables_.rows, [&](const Row& r, std::size_t) {
      return fmt::format("{{{}, {}, {}, {}, {}, {}}},  // {}", r.gate, r.model, r.endpoint,
                         r.rollout, r.step, r.group, tables_.models[r.model].name);
    });
    out_.Line("// capabilities, first guard, first live, guards, live bits");
    Array("mlp::Gate", "kGates", tables_.gates, [](const Gate& g, std::size_t i) {
      return fmt::format("{{{:#x}, {}, {}, {}, {}}},  // gate {}", g.capabilities, g.first_guard,
                         g.first_live, g.guard_count, g.live_count, i);
    });
    Numbers("std::uint16_t", "kRowOrders", tables_.row_orders);
    out_.Line("// a * input + b * output <= c");
    Array("mlp::Guard", "kGuards", tables_.guards, [](const Guard& g, std::size_t) {
      return fmt::format("{{{}, {}, {}}},", g.a, g.b, Literal(g.c));
    });
    Numbers("std::uint16_t", "kLiveRefs", tables_.live_refs);
    Array("mlp::LiveCondition", "kLiveConditions", tables_.live_conditions,
          [](const LiveCondition& c, std::size_t) {
            return fmt::format("{{{}, {}}},", c.first_atom, c.atom_count);
          });
    Array("mlp::LiveAtom", "kLiveAtoms", tables_.live_atoms, [&](const LiveAtom& a, std::size_t) {
      return fmt::format("{{{}, mlp::LiveFact::{}, mlp::Comparison::{}, {}, {}}},  // {}", a.model,
                         Name(a.fact), Name(a.comparison), a.window_s, a.threshold,
                         tables_.models[a.model].name);
    });
    Array("mlp::Group", "kGroups", tables_.groups, [](const Group& g, std::size_t) {
      return fmt::format("{{mlp::GroupKind::{}, {}, {}, {}, {}, {}}},", Name(g.kind), g.step,
                         g.live_order, g.key_text, g.member_count, g.first_weight);
    });
    Numbers("std::uint32_t", "kWeights", tables_.weights);
  }

  void Routes() {
    Section("How calls are carried out.");
    std::map<ActionTable, std::string> actions;
    for (const RoutePlan& route : tables_.routes) {
      if (actions.contains(route.actions)) continue;
      const std::string name = fmt::format("kActions{}", actions.size());
      std::string line = fmt::format("constexpr mlp::ActionTable {} = {{", name);
      for (const Action action : route.actions)
        line += fmt::format("mlp::Action::{}, ", Name(action));
      line.replace(line.size() - 2, 2, "};");
      out_.Line(line);
      actions.emplace(route.actions, name);
    }
    out_.Line(
        "// name, doc, refusal, file, line, output cap, attempt, deadline, backoff from, to (ms), "
        "retries, attempts,");
    out_.Line(
        "// hedge percentile, hedge share (ppm), bound of a call, caches prompts, at any "
        "temperature, restarts, "
        "follows successors, logs prompts, evaluator, quality floor (ppm), actions");
    Array("mlp::RoutePlan", "kRoutes", tables_.routes, [&](const RoutePlan& r, std::size_t) {
      return fmt::format(
          "{{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {{{}}}, {}, {}, {}, {}, {}, "
          "{}, {}, {}}},",
          Quoted(r.name), Quoted(r.doc), Quoted(r.refusal), Quoted(r.file), r.line, r.output_cap,
          r.attempt_ms, r.deadline_ms, r.backoff_base_ms, r.backoff_cap_ms, r.retries, r.attempts,
          r.hedge_percentile, r.hedge_share_ppm, Literal(r.call_bound.pico_usd),
          Bool(r.caches_prompts), Bool(r.caches_any_temperature), Bool(r.restart_after_first_byte),
          Bool(r.follows_successors), Bool(r.logs_prompts), r.evaluator, r.quality_floor_ppm,
          actions.at(r.actions));
    });
  }

  void Catalog() {
    Section("Providers, endpoints, models.");
    std::vector<std::array<std::string, 3>> lists;
    for (const Provider& p : tables_.providers) {
      const std::string prefix = fmt::format("k{}", TypeName(p.name));
      lists.push_back({Texts(prefix + "Aliases", p.aliases), Texts(prefix + "KeyEnv", p.key_env),
                       Texts(prefix + "Headers", p.headers)});
    }
    out_.Line(
        "// name, protocol, its name, aliases, keys, headers, connect, first token, between "
        "tokens, total (ms),");
    out_.Line("// probe every, at most (ms), backoff (ppm), down after, up after");
    Array("mlp::Provider", "kProviders", tables_.providers, [&](const Provider& p, std::size_t i) {
      return fmt::format(
          "{{{}, mlp::Protocol::{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}},",
          Quoted(p.name), Name(p.protocol), Quoted(p.protocol_name), lists[i][0], lists[i][1],
          lists[i][2], p.connect_ms, p.first_token_ms, p.between_tokens_ms, p.total_ms,
          p.probe_every_ms, p.probe_max_ms, p.probe_backoff_ppm, p.probe_down_after,
          p.probe_up_after);
    });
    std::vector<std::string> places;
    for (std::size_t i = 0; i < tables_.endpoints.size(); ++i) {
      places.push_back(Texts(fmt::format("kPlaces{}", i), tables_.endpoints[i].places));
    }
    out_.Line("// provider, base URL, places, price factor (ppm)");
    Array("mlp::Endpoint", "kEndpoints", tables_.endpoints, [&](const Endpoint& e, std::size_t i) {
      return fmt::format("{{{}, {}, {}, {}}},", e.provider, Quoted(e.url), places[i], e.price_ppm);
    });
    std::vector<std::string> prices;
    for (std::size_t i = 0; i < tables_.models.size(); ++i)
      prices.push_back(Prices(tables_.models[i]));
    out_.Line(
        "// name, id, provider, capabilities, context, most input, most output, prices, "
        "parameters,");
    out_.Line(
        "// prior p50, p95 (ms), requests, tokens per minute, slow at (ppm), deprecated, retires, "
        "successor");
    Array("mlp::Model", "kModels", tables_.models, [&](const Model& m, std::size_t i) {
      return fmt::format(
          "{{{}, {}, {}, {:#x}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}},",
          Quoted(m.name), Quoted(m.id), m.provider, m.capabilities, Literal(m.context),
          Literal(m.max_input), Literal(m.max_output), prices[i], Quoted(m.parameters),
          m.prior_p50_ms, m.prior_p95_ms, m.requests_per_minute, m.tokens_per_minute, m.slow_at_ppm,
          Literal(m.deprecated_s), Literal(m.retires_s), Quoted(m.successor));
    });
  }

  std::string Prices(const Model& model) {
    if (model.prices.empty()) return "{}";
    const std::string name = fmt::format("k{}Prices", TypeName(model.name));
    Array("mlp::Price", name, model.prices, [](const Price& p, std::size_t) {
      std::string rates;
      for (const std::int64_t rate : p.per_token) rates += fmt::format("{}, ", rate);
      rates.resize(rates.size() - 2);
      return fmt::format("{{{}, {}, {}, {}, {}, {}, {}, {{{}}}}},", Literal(p.from_s),
                         Literal(p.to_s), p.min_prompt, Literal(p.max_prompt), p.days,
                         p.from_minute, p.to_minute, rates);
    });
    return name;
  }

  void BesideTheRoutes() {
    if (tables_.rollouts.empty() && tables_.experiments.empty() && tables_.budgets.empty() &&
        tables_.alerts.empty() && tables_.evaluators.empty()) {
      return;
    }
    Section("Beside the routes.");
    Rollouts();
    Experiments();
    Budgets();
    Alerts();
    Evaluators();
  }

  static std::string CriterionText(const Criterion& c) {
    return fmt::format(
        "{{mlp::Measured::{}, {}, mlp::ErrorClass::{}, {}, {}, mlp::Comparison::{}, {}, {}, {}, "
        "{}, {}}}",
        Name(c.measured), c.percentile, Name(c.error_class), c.event, Quoted(c.score),
        Name(c.comparison), Bool(c.relative), c.baseline_percentile, c.value, c.window_s,
        c.min_units);
  }

  void Rollouts() {
    if (tables_.rollouts.empty()) return;
    const auto criterion = [](const Criterion& c, std::size_t) { return CriterionText(c) + ","; };
    for (std::size_t i = 0; i < tables_.rollouts.size(); ++i) {
      const Rollout& rollout = tables_.rollouts[i];
      Array("mlp::RampStep", fmt::format("kSteps{}", i), rollout.steps,
            [](const RampStep& s, std::size_t) {
              return fmt::format("{{{}, {}, {}, {}, {}}},", s.share_ppm, s.dwell_s, s.min_units,
                                 Bool(s.prove), s.proof);
            });
      Array("mlp::RolloutEvent", fmt::format("kEvents{}", i), rollout.events,
            [](const RolloutEvent& e, std::size_t) {
              return fmt::format("{{{}, {}}},", Quoted(e.name), CriterionText(e.criterion));
            });
      Array("mlp::Criterion", fmt::format("kRollbacks{}", i), rollout.rollbacks, criterion);
      Array("mlp::Criterion", fmt::format("kProofs{}", i), rollout.proofs, criterion);
    }
    out_.Line(
        "// name, salt, from, to, key, steps, events, rollbacks, proofs, hold (s), then, "
        "confidence,");
    out_.Line("// detect (ppm), alert, held back (ppm), for (s), units per day");
    Array("mlp::Rollout", "kRollouts", tables_.rollouts, [](const Rollout& r, std::size_t i) {
      return fmt::format(
          "{{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, mlp::Undecided::{}, {}, {}, {}, {}, {}, {}}},",
          Quoted(r.name), Quoted(r.salt), r.from_model, r.to_model, r.key_text,
          Ref(fmt::format("kSteps{}", i), r.steps), Ref(fmt::format("kEvents{}", i), r.events),
          Ref(fmt::format("kRollbacks{}", i), r.rollbacks),
          Ref(fmt::format("kProofs{}", i), r.proofs), r.hold_s, Name(r.undecided), r.confidence_ppm,
          r.detect_ppm, r.alert, r.holdback_ppm, r.holdback_s, r.units_per_day);
    });
  }

  void Experiments() {
    if (tables_.experiments.empty()) return;
    for (std::size_t i = 0; i < tables_.experiments.size(); ++i) {
      Array("mlp::ExperimentMeasure", fmt::format("kMeasures{}", i),
            tables_.experiments[i].measures, [](const ExperimentMeasure& m, std::size_t) {
              return fmt::format("{{{}, mlp::Measured::{}, {}, mlp::ErrorClass::{}, {}}},",
                                 Quoted(m.name), Name(m.measured), m.percentile,
                                 Name(m.error_class), Quoted(m.score));
            });
    }
    out_.Line(
        "// name, salt, key, replaced, first arm, arms, measures, correction, until, lasts (s),");
    out_.Line("// least units, units per day, confidence, detect (ppm), alert");
    Array("mlp::Experiment", "kExperiments", tables_.experiments,
          [](const Experiment& e, std::size_t i) {
            return fmt::format(
                "{{{}, {}, {}, {}, {}, {}, {}, mlp::Correction::{}, {}, {}, {}, {}, {}, {}, {}}},",
                Quoted(e.name), Quoted(e.salt), e.key_text, e.replaced, e.first_arm, e.arm_count,
                Ref(fmt::format("kMeasures{}", i), e.measures), Name(e.correction),
                Literal(e.until_s), e.lasts_s, e.min_units, e.units_per_day, e.confidence_ppm,
                e.detect_ppm, e.alert);
          });
    out_.Line("// name, experiment, model, from, to (ppm)");
    Array("mlp::ExperimentArm", "kArms", tables_.arms, [](const ExperimentArm& a, std::size_t) {
      return fmt::format("{{{}, {}, {}, {}, {}}},", Quoted(a.name), a.experiment, a.model,
                         a.from_ppm, a.to_ppm);
    });
  }

  void Budgets() {
    std::vector<std::string> steps;
    for (std::size_t i = 0; i < tables_.budgets.size(); ++i) steps.push_back(BudgetSteps(i));
    out_.Line("// name, per day, per month, edge, per attribute, steps");
    Array("mlp::Budget", "kBudgets", tables_.budgets, [&](const Budget& b, std::size_t i) {
      return fmt::format("{{{}, {{{}}}, {{{}}}, {:#x}, {}, {}}},", Quoted(b.name),
                         Literal(b.per_day.pico_usd), Literal(b.per_month.pico_usd), b.edge, b.per,
                         steps[i]);
    });
  }

  std::string BudgetSteps(std::size_t budget) {
    const std::span<const BudgetStep> steps = tables_.budgets[budget].steps;
    if (steps.empty()) return "{}";
    std::vector<std::string> only;
    for (std::size_t s = 0; s < steps.size(); ++s) {
      const std::string name = fmt::format("kOnly{}x{}", budget, s);
      for (std::size_t p = 0; p < steps[s].only.size(); ++p) {
        Array("mlp::OnlyCase", fmt::format("{}From{}", name, p), steps[s].only[p].cases,
              [&](const OnlyCase& c, std::size_t) {
                return fmt::format("{{{}, {}, {:#x}, {}}},  // {}", c.model, c.endpoint, c.edge,
                                   c.gate, tables_.models[c.model].name);
              });
      }
      Array("mlp::OnlyPeriod", name, steps[s].only, [&](const OnlyPeriod& p, std::size_t i) {
        return fmt::format("{{{}, {}}},", Literal(p.from_s),
                           Ref(fmt::format("{}From{}", name, i), p.cases));
      });
      only.push_back(Ref(name, steps[s].only));
    }
    std::string name = fmt::format("kBudgetSteps{}", budget);
    Array("mlp::BudgetStep", name, steps, [&](const BudgetStep& s, std::size_t i) {
      return fmt::format("{{{}, mlp::BudgetAction::{}, {}, {}}},", s.at_ppm, Name(s.action),
                         s.alert, only[i]);
    });
    return name;
  }

  void Alerts() {
    std::vector<std::array<std::string, 4>> lists;
    for (const Alert& a : tables_.alerts) {
      const std::string prefix = fmt::format("kAlert{}", TypeName(a.name));
      lists.push_back({Texts(prefix + "Webhooks", a.webhook_env),
                       Texts(prefix + "Secrets", a.sign_env),
                       Texts(prefix + "Callbacks", a.callbacks), prefix + "When"});
      Array("mlp::AlertAtom", prefix + "When", a.atoms, [](const AlertAtom& x, std::size_t) {
        return fmt::format("{{mlp::AlertMeasure::{}, mlp::Comparison::{}, {}, {}}},",
                           Name(x.measure), Name(x.comparison), x.window_s, x.threshold);
      });
    }
    if (!lists.empty()) out_.Line("// name, logs, webhooks, secrets, callbacks, when, any");
    Array("mlp::Alert", "kAlerts", tables_.alerts, [&](const Alert& a, std::size_t i) {
      return fmt::format("{{{}, {}, {}, {}, {}, {}, {}}},", Quoted(a.name), Bool(a.logs),
                         lists[i][0], lists[i][1], lists[i][2], Ref(lists[i][3], a.atoms),
                         Bool(a.any));
    });
  }

  void Roots(const std::string& name, std::span<const mlp::Root> roots) {
    Array("mlp::Root", name, roots, [](const mlp::Root& r, std::size_t) {
      return fmt::format("{{{}, {:#x}}},", Literal(r.from_s), r.edge);
    });
  }

  void Evaluators() {
    for (const Evaluator& e : tables_.evaluators) {
      Array("mlp::EvaluatorPart", fmt::format("k{}Parts", TypeName(e.name)), e.parts,
            [](const EvaluatorPart& p, std::size_t) {
              return fmt::format("{{{}, {}}},", Quoted(p.name), p.weight_ppm);
            });
      Roots(fmt::format("k{}JudgeRoots", TypeName(e.name)), e.judge_roots);
    }
    if (!tables_.evaluators.empty()) {
      out_.Line("// name, parts, window (calls), floor (ppm), judge's route, roots, its question");
    }
    Array("mlp::Evaluator", "kEvaluators", tables_.evaluators, [](const Evaluator& e, std::size_t) {
      return fmt::format("{{{}, {}, {}, {}, {}, {}, {}}},", Quoted(e.name),
                         Ref(fmt::format("k{}Parts", TypeName(e.name)), e.parts), e.window_calls,
                         e.floor_ppm, e.judge_route,
                         Ref(fmt::format("k{}JudgeRoots", TypeName(e.name)), e.judge_roots),
                         Quoted(e.judge_question));
    });
  }

  void Root() {
    const Tables& t = tables_;
    Section("The whole.");
    out_.Line("constexpr mlp::Tables kTables = {");
    {
      const Writer::Indent indent(out_);
      const auto field = [&](string_view name, const std::string& value) {
        out_.Line(fmt::format(".{} = {},", name, value));
      };
      field("format", fmt::format("{}", t.format));
      field("name", Quoted(t.name));
      field("version", Quoted(t.version));
      field("hash", Quoted(t.hash));
      field("valid_from_s", Literal(t.valid_from_s));
      field("valid_to_s", Literal(t.valid_to_s));
      field("capability_names", capability_names_);
      field("attributes", Ref("kAttributes", t.attributes));
      field("code_count", fmt::format("{}", t.code_count));
      field("text_count", fmt::format("{}", t.text_count));
      field("set_count", fmt::format("{}", t.set_count));
      field("input_code", fmt::format("{}", t.input_code));
      field("output_code", fmt::format("{}", t.output_code));
      field("asks_set", fmt::format("{}", t.asks_set));
      field("axes", Ref("kAxes", t.axes));
      field("text_cuts", text_cuts_);
      field("roots", Ref("kRoots", t.roots));
      field("nodes", Ref("kNodes", t.nodes));
      field("edges", Ref("kEdges", t.edges));
      field("cuts", Ref("kCuts", t.cuts));
      field("buckets", Ref("kBuckets", t.buckets));
      field("bitsets", Bitsets());
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
    out_.Line("};");
  }

  std::string Bitsets() const {
    const BitsetIndex& bits = tables_.bitsets;
    if (bits.term_count == 0) return "{}";
    return fmt::format("{{{}, {}, {}, {}, {}, {}, {}, {}, {}}}", bits.term_count,
                       Ref("kBitAxes", bits.axes), Ref("kBitFirstCut", bits.first_cut),
                       Ref("kBitFirstWord", bits.first_word), Ref("kBitWords", bits.words),
                       Ref("kBitSummary", bits.summary),
                       Ref("kBitFirstSummary", bits.first_summary), Ref("kBitEdge", bits.edge),
                       Ref("kBitNoTermEdge", bits.no_term_edge));
  }

  const Tables& tables_;
  Writer out_;
  std::string capability_names_ = "{}";
  std::string text_cuts_ = "{}";
};

}  // namespace

std::string Source(const Tables& tables, const std::string& banner,
                   const std::string& header_name) {
  return SourceWriter(tables).Write(banner, header_name);
}

}  // namespace mlp::compiler::emit
