#include "compiler/diagram/flatten.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "compiler/diagram/policy_hash.hpp"
#include "compiler/diagram/table_storage.hpp"

namespace mlp::compiler {
namespace {

std::uint16_t Narrow16(std::size_t value) {
  return value >= kNone16 ? kNone16 : static_cast<std::uint16_t>(value);
}
/// Durations and counts past 32 bits mean "as long as you like".
std::uint32_t Narrow32(std::int64_t value) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(value, 0, std::numeric_limits<std::uint32_t>::max()));
}
std::uint8_t Narrow8(std::size_t value) {
  return static_cast<std::uint8_t>(std::min<std::size_t>(value, 0xFF));
}

/// Appends runs of elements to one array, equal runs once.
template <typename T, typename Key>
class RunTable {
 public:
  explicit RunTable(std::vector<T>& all) : all_(all) {}
  std::uint32_t Intern(const std::vector<T>& run, std::vector<Key> key) {
    if (run.empty()) return 0;
    const auto [at, added] =
        first_.emplace(std::move(key), static_cast<std::uint32_t>(all_.size()));
    if (added) all_.insert(all_.end(), run.begin(), run.end());
    return at->second;
  }

 private:
  std::vector<T>& all_;
  std::map<std::vector<Key>, std::uint32_t> first_;
};

using GuardKey = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
using LiveKey = std::tuple<std::uint16_t, LiveFact, Comparison, std::uint32_t, std::int64_t>;
using RowKey = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, std::uint16_t, std::uint16_t,
                          std::uint16_t, std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t>;
using GroupKey =
    std::tuple<GroupKind, std::uint8_t, std::uint16_t, std::uint16_t, std::uint16_t, std::uint32_t>;

class Flattener {
 public:
  Flattener(const PolicyModel& model, const Diagram& diagram, const SourceSet& sources)
      : model_(model),
        diagram_(diagram),
        sources_(sources),
        storage_(std::make_unique<OwnedTables::Storage>()),
        out_(*storage_),
        guards_(out_.guards),
        live_refs_(out_.live_refs),
        rows_(out_.rows),
        orders_(out_.row_orders),
        groups_(out_.groups),
        weights_(out_.weights) {}

  std::unique_ptr<OwnedTables::Storage> Flatten() {
    FindReachable();
    NumberCatalog();
    AddNames();
    AddAttributes();
    AddCatalog();
    AddAxes();
    AddLeaves();
    AddRoots();
    AddRoutes();
    AddBeside();
    out_.Point();
    out_.tables.hash = out_.Text(PolicyHash(out_.tables));
    return std::move(storage_);
  }

 private:
  // ------------------------------------------------------------ what is used

  void FindReachable() {
    leaf_number_.assign(diagram_.leaves.size(), kNoIndex);
    axis_number_.assign(diagram_.axes.axes.size(), kNoIndex);
    node_number_.assign(diagram_.mdd.node_count(), kNoIndex);
    std::vector<bool> seen(diagram_.mdd.node_count());
    std::vector<Ref> open;
    const auto visit = [&](Ref ref) {
      if (IsTerminal(ref)) {
        leaf_number_[Label(ref)] = 0;
      } else if (!seen[ref]) {
        seen[ref] = true;
        axis_number_[diagram_.mdd.axis(ref)] = 0;
        open.push_back(ref);
      }
    };
    for (const DiagramRoot& root : diagram_.roots) {
      visit(root.ref);
      for (const DiagramTerm& term : diagram_.terms) visit(root.routes[term.route]);
    }
    while (!open.empty()) {
      const Ref ref = open.back();
      open.pop_back();
      for (const MddEdge& edge : diagram_.mdd.edges(ref)) visit(edge.child);
    }
    for (const DiagramTerm& term : diagram_.terms) {
      for (const DiagramTerm::Part& part : term.parts) axis_number_[part.axis] = 0;
    }
    Number(leaf_number_);
    Number(axis_number_);
  }

  static void Number(std::vector<std::uint32_t>& used) {
    std::uint32_t next = 0;
    for (std::uint32_t& number : used) {
      if (number != kNoIndex) number = next++;
    }
  }

  void NumberCatalog() {
    model_number_.assign(model_.candidates.size(), kNoIndex);
    provider_number_.assign(model_.providers.size(), kNoIndex);
    for (std::size_t i = 0; i < diagram_.leaves.size(); ++i) {
      if (leaf_number_[i] == kNoIndex) continue;
      for (const CandidateEntry& row : diagram_.leaves[i].rows) model_number_[row.candidate] = 0;
    }
    for (const RolloutModel& rollout : model_.rollouts) {
      if (rollout.from != kNoIndex) model_number_[rollout.from] = 0;
      if (rollout.to != kNoIndex) model_number_[rollout.to] = 0;
    }
    for (std::size_t i = 0; i < model_.candidates.size(); ++i) {
      if (model_number_[i] != kNoIndex) provider_number_[model_.candidates[i].provider] = 0;
    }
    Number(model_number_);
    Number(provider_number_);
  }

  // ------------------------------------------------------------ requests

  void AddNames() {
    Tables& tables = out_.tables;
    tables.format = kTableFormat;
    tables.name = out_.Text(model_.name);
    tables.version = out_.Text(model_.version);
    tables.valid_from_s = model_.valid.from_s;
    tables.valid_to_s = model_.valid.to_s;
    tables.capability_names = out_.Texts(model_.capability_names);
  }

  void AddAttributes() {
    std::uint16_t codes = 0;
    std::uint16_t texts = 0;
    std::uint16_t sets = 0;
    for (Index i = 0; i < model_.attributes.size(); ++i) {
      const AttributeModel& from = model_.attributes[i];
      Attribute to{};
      to.name = out_.Text(from.name);
      to.type = from.type;
      to.size = from.size;
      to.default_code = from.default_code;
      to.minimum_micro = from.minimum_micro;
      to.step_micro = from.step_micro;
      to.members = from.members;
      switch (from.type) {
        case AttributeType::kEnum:
          to.labels = out_.Texts(from.labels);
          [[fallthrough]];
        case AttributeType::kNumber:
        case AttributeType::kTokens:
          to.slot = codes++;
          break;
        case AttributeType::kText:
        case AttributeType::kKey:
          to.slot = texts++;
          to.has_default_text = from.has_default;
          to.default_text = out_.Text(from.default_text);
          break;
        case AttributeType::kSet:
          to.slot = sets++;
          to.labels = out_.Texts(MemberNames(from, i == model_.asks));
          break;
      }
      slots_.push_back(to.slot);
      out_.attributes.push_back(to);
    }
    Tables& tables = out_.tables;
    tables.code_count = codes;
    tables.text_count = texts;
    tables.set_count = sets;
    tables.input_code = SlotOf(model_.input);
    tables.output_code = SlotOf(model_.output);
    tables.asks_set = SlotOf(model_.asks);
  }

  [[nodiscard]] std::uint16_t SlotOf(Index attribute) const {
    return attribute == kNoIndex ? kNone16 : slots_[attribute];
  }

  /// One per bit that may be set, the lowest bit first.
  [[nodiscard]] std::vector<std::string> MemberNames(const AttributeModel& set, bool asks) const {
    if (!asks) return set.labels;
    std::vector<std::string> names;
    for (std::size_t bit = 0; bit < model_.capability_names.size(); ++bit) {
      if (((set.members >> bit) & 1) != 0) names.push_back(model_.capability_names[bit]);
    }
    return names;
  }

  // ------------------------------------------------------------ catalog

  void AddCatalog() {
    for (std::size_t i = 0; i < model_.providers.size(); ++i) {
      if (provider_number_[i] != kNoIndex) AddProvider(model_.providers[i]);
    }
    for (std::size_t i = 0; i < model_.candidates.size(); ++i) {
      if (model_number_[i] != kNoIndex) AddModel(model_.candidates[i]);
    }
  }

  void AddProvider(const ProviderModel& from) {
    Provider to{};
    to.name = out_.Text(from.name);
    to.protocol = from.protocol;
    to.protocol_name = out_.Text(from.protocol_name);
    to.aliases = out_.Texts(from.aliases);
    to.key_env = out_.Texts(from.key_env);
    to.headers = out_.Texts(from.headers);
    to.connect_ms = Narrow32(from.connect_ms);
    to.first_token_ms = Narrow32(from.first_token_ms);
    to.between_tokens_ms = Narrow32(from.between_tokens_ms);
    to.total_ms = Narrow32(from.total_ms);
    to.probe_every_ms = Narrow32(from.probe_every_ms);
    to.probe_max_ms = Narrow32(from.probe_max_ms);
    to.probe_down_after = from.probe_down_after;
    to.probe_up_after = from.probe_up_after;
    const auto provider = Narrow16(out_.providers.size());
    out_.providers.push_back(to);
    first_endpoint_.push_back(out_.endpoints.size());
    for (const EndpointModel& endpoint : from.endpoints) {
      out_.endpoints.push_back({provider, out_.Text(endpoint.url), out_.Texts(endpoint.places),
                                Narrow32(endpoint.price_micro)});
    }
    // The protocol's own address, anywhere.
    if (from.endpoints.empty()) out_.endpoints.push_back({provider, {}, {}, 1'000'000});
  }

  [[nodiscard]] std::uint16_t EndpointNumber(const CandidateEntry& row) const {
    const Index provider = provider_number_[model_.candidates[row.candidate].provider];
    return Narrow16(first_endpoint_[provider] + (row.endpoint == kNoIndex ? 0 : row.endpoint));
  }

  void AddModel(const CandidateModel& from) {
    Model to{};
    to.name = out_.Text(from.name);
    to.id = out_.Text(from.id);
    to.provider = Narrow16(provider_number_[from.provider]);
    to.capabilities = from.capabilities;
    to.context = from.context;
    to.max_input = from.max_input;
    to.max_output = from.max_output;
    std::vector<Price> prices;
    for (const PriceModel& price : from.prices) prices.push_back(PriceOf(price));
    std::stable_partition(prices.begin(), prices.end(),
                          [](const Price& price) { return price.days != 0; });
    to.prices = out_.Keep(out_.prices, std::move(prices));
    to.parameters = out_.Text(from.parameters);
    to.prior_p50_ms = Narrow32(from.prior_p50_ms);
    to.prior_p95_ms = Narrow32(from.prior_p95_ms);
    to.deprecated_s = from.deprecated_s;
    to.retires_s = from.retires_s;
    to.successor = out_.Text(from.successor);
    out_.models.push_back(to);
  }

  static Price PriceOf(const PriceModel& from) {
    Price to{};
    to.from_s = from.when.from_s;
    to.to_s = from.when.to_s;
    to.min_prompt = from.min_prompt;
    to.max_prompt = from.max_prompt;
    to.days = from.days;
    to.from_minute = from.from_minute;
    to.to_minute = from.to_minute;
    std::copy(from.per_token.begin(), from.per_token.end(), to.per_token);
    return to;
  }

  // ------------------------------------------------------------ the diagram

  void AddAxes() {
    for (std::size_t i = 0; i < diagram_.axes.axes.size(); ++i) {
      if (axis_number_[i] == kNoIndex) continue;
      const DiagramAxis& from = diagram_.axes.axes[i];
      Axis to{};
      to.kind = from.kind;
      to.slot = slots_[from.attribute];
      to.member = from.member;
      if (from.kind == AxisKind::kText) {
        to.first_text_cut = static_cast<std::uint32_t>(out_.text_cuts.size());
        to.text_cut_count = static_cast<std::uint32_t>(from.cuts.size());
        for (const std::string& cut : from.cuts) out_.text_cuts.push_back(out_.Text(cut));
      }
      out_.axes.push_back(to);
    }
  }

  /// The edge that leads to a diagram; its nodes are laid out children first.
  std::uint32_t EdgeTo(Ref ref) {
    if (IsTerminal(ref)) return leaf_number_[Label(ref)] | kLeafBit;
    if (node_number_[ref] != kNoIndex) return node_number_[ref];
    const auto from = diagram_.mdd.edges(ref);
    std::vector<std::int32_t> cuts;
    std::vector<std::uint32_t> edges;
    for (const MddEdge& edge : from) {
      edges.push_back(EdgeTo(edge.child));
      cuts.push_back(edge.last + 1);
    }
    cuts.pop_back();
    const std::uint32_t axis = diagram_.mdd.axis(ref);
    return node_number_[ref] = AppendNode(out_.nodes, Narrow16(axis_number_[axis]),
                                          diagram_.mdd.axis_size(axis), cuts, edges);
  }

  void AddRoots() {
    if (!diagram_.terms.empty()) {
      AddBitsets();
      return;
    }
    for (const DiagramRoot& root : diagram_.roots) {
      out_.roots.push_back({root.from_s, EdgeTo(root.ref)});
    }
  }

  void AddBitsets() {
    const auto count = static_cast<std::uint32_t>(diagram_.terms.size());
    out_.bitsets = std::make_unique<BitsetLayout>(count);
    // Before any node: the cuts of all asked axes lie together.
    for (std::uint32_t axis = 0; axis < diagram_.axes.axes.size(); ++axis) AddBitsetAxis(axis);
    for (const DiagramRoot& root : diagram_.roots) {
      const std::uint32_t no_route = EdgeTo(root.ref);
      for (const DiagramTerm& term : diagram_.terms) {
        out_.bitsets->edge.push_back(EdgeTo(root.routes[term.route]));
      }
      out_.bitsets->no_term_edge.push_back(no_route);
      out_.roots.push_back({root.from_s, no_route});
    }
  }

  void AddBitsetAxis(std::uint32_t axis) {
    const auto part_of = [axis](const DiagramTerm& term) -> const DiagramTerm::Part* {
      for (const DiagramTerm::Part& part : term.parts) {
        if (part.axis == axis) return &part;
      }
      return nullptr;
    };
    std::vector<std::int32_t> cuts;
    for (const DiagramTerm& term : diagram_.terms) {
      const DiagramTerm::Part* part = part_of(term);
      if (part == nullptr) continue;
      for (const auto& interval : part->intervals) {
        if (interval.first > 0) cuts.push_back(interval.first);
        if (interval.last + 1 < diagram_.mdd.axis_size(axis)) cuts.push_back(interval.last + 1);
      }
    }
    if (cuts.empty()) return;
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    const auto class_of = [&](std::int32_t code) {
      return static_cast<std::size_t>(std::upper_bound(cuts.begin(), cuts.end(), code) -
                                      cuts.begin());
    };
    std::vector<TermSet> sets(cuts.size() + 1, TermSet((diagram_.terms.size() + 63) / 64, 0));
    for (std::size_t t = 0; t < diagram_.terms.size(); ++t) {
      const DiagramTerm::Part* part = part_of(diagram_.terms[t]);
      const DiagramTerm::Interval whole{0, diagram_.mdd.axis_size(axis) - 1};
      const std::span<const DiagramTerm::Interval> intervals =
          part == nullptr ? std::span(&whole, 1) : std::span(part->intervals);
      for (const DiagramTerm::Interval& interval : intervals) {
        for (std::size_t c = class_of(interval.first); c <= class_of(interval.last); ++c) {
          sets[c][t / 64] |= std::uint64_t{1} << (t % 64);
        }
      }
    }
    out_.bitsets->AddAxis(Narrow16(axis_number_[axis]), cuts, sets, out_.nodes.cuts);
  }

  // ------------------------------------------------------------ leaves

  void AddLeaves() {
    for (std::size_t i = 0; i < diagram_.leaves.size(); ++i) {
      if (leaf_number_[i] != kNoIndex) AddLeaf(diagram_.leaves[i]);
    }
    out_.tables.live_order_count = static_cast<std::uint16_t>(live_orders_.size());
  }

  void AddLeaf(const DiagramLeaf& from) {
    std::vector<Row> rows;
    std::vector<RowKey> row_keys;
    for (const CandidateEntry& entry : from.rows) {
      const Row row = RowOf(entry);
      rows.push_back(row);
      row_keys.emplace_back(row.capabilities, row.first_guard, row.first_live, row.model,
                            row.endpoint, row.rollout, row.guard_count, row.live_count, row.step,
                            row.group);
    }
    std::vector<Group> groups;
    std::vector<GroupKey> group_keys;
    for (const CandidateGroup& one : from.groups) {
      const Group group = GroupOf(one);
      groups.push_back(group);
      group_keys.emplace_back(group.kind, group.step, group.live_order, group.key_text,
                              group.member_count, group.first_weight);
    }
    std::vector<std::uint16_t> order;
    for (const std::uint32_t number : from.cheapest) order.push_back(Narrow16(number));

    Leaf to{};
    to.kind = from.kind;
    to.route = from.route == kNoIndex ? kNone16 : Narrow16(from.route);
    to.first_row = rows_.Intern(rows, std::move(row_keys));
    to.row_count = Narrow16(rows.size());
    to.first_group = Narrow16(groups_.Intern(groups, std::move(group_keys)));
    to.group_count = Narrow16(groups.size());
    to.has_cheapest = !order.empty();
    to.first_cheapest = orders_.Intern(order, order);
    to.cache_ttl_s = Narrow32((from.cache_ttl_ms + 999) / 1'000);
    out_.leaves.push_back(to);
  }

  Row RowOf(const CandidateEntry& entry) {
    std::vector<GuardKey> guard_keys;
    for (const Guard& guard : entry.guards) guard_keys.emplace_back(guard.a, guard.b, guard.c);
    std::vector<std::uint16_t> live;
    for (const LiveClause& clause : entry.live) live.push_back(LiveNumber(clause));
    std::sort(live.begin(), live.end());
    live.erase(std::unique(live.begin(), live.end()), live.end());

    Row row{};
    row.capabilities = entry.capabilities;
    row.first_guard = guards_.Intern(entry.guards, std::move(guard_keys));
    row.guard_count = Narrow8(entry.guards.size());
    row.first_live = live_refs_.Intern(live, live);
    row.live_count = Narrow8(live.size());
    row.model = Narrow16(model_number_[entry.candidate]);
    row.endpoint = EndpointNumber(entry);
    row.rollout = entry.rollout == kNoIndex ? kNone16 : Narrow16(entry.rollout);
    row.step = Narrow8(entry.step);
    row.group = Narrow8(entry.group);
    return row;
  }

  std::uint16_t LiveNumber(const LiveClause& clause) {
    std::vector<LiveKey> key;
    for (LiveAtom atom : clause) {
      atom.model = Narrow16(model_number_[atom.model]);
      key.emplace_back(atom.model, atom.fact, atom.comparison, atom.window_s, atom.threshold);
    }
    std::sort(key.begin(), key.end());
    key.erase(std::unique(key.begin(), key.end()), key.end());
    const auto [at, added] = live_numbers_.emplace(key, Narrow16(out_.live_conditions.size()));
    if (added) {
      out_.live_conditions.push_back(
          {static_cast<std::uint32_t>(out_.live_atoms.size()), Narrow16(key.size())});
      for (const auto& [model, fact, comparison, window_s, threshold] : key) {
        out_.live_atoms.push_back({model, fact, comparison, window_s, threshold});
      }
    }
    return at->second;
  }

  Group GroupOf(const CandidateGroup& from) {
    Group to{};
    to.kind = from.kind;
    to.step = Narrow8(from.step);
    to.member_count = Narrow16(from.members.size());
    to.key_text = SlotOf(from.key);
    to.first_weight = weights_.Intern(from.weights_ppm, from.weights_ppm);
    to.live_order = kNone16;
    if (from.kind != GroupKind::kSpread) {
      std::vector<std::uint32_t> key{static_cast<std::uint32_t>(from.kind)};
      key.insert(key.end(), from.weights_ppm.begin(), from.weights_ppm.end());
      key.insert(key.end(), from.members.begin(), from.members.end());
      to.live_order = live_orders_.emplace(key, Narrow16(live_orders_.size())).first->second;
    }
    return to;
  }

  // ------------------------------------------------------------ what leaves name

  void AddRoutes() {
    for (const RouteModel& from : model_.routes) {
      RoutePlan to{};
      to.name = out_.Text(from.name);
      to.doc = out_.Text(from.doc);
      to.refusal = out_.Text(from.refusal);
      to.file = out_.Text(FileOf(from.span));
      to.line = from.span.file < sources_.size()
                    ? sources_.Locate(from.span.file, from.span.begin).line
                    : 0;
      to.output_cap = Narrow32(from.output_cap);
      to.attempt_ms = Narrow32(from.attempt_ms);
      to.deadline_ms = Narrow32(from.deadline_ms);
      to.backoff_base_ms = Narrow32(from.backoff_base_ms);
      to.backoff_cap_ms = Narrow32(from.backoff_cap_ms);
      to.retries = from.retries;
      to.attempts = from.attempts;
      to.hedge_percentile = from.hedge_percentile;
      to.hedge_share_ppm = from.hedge_share_ppm;
      to.call_bound = Money{from.call_cost_pico};
      to.caches_prompts = from.caches_prompts;
      to.restart_after_first_byte = from.restart_after_first_byte;
      to.follows_successors = from.follows_successors;
      to.actions = from.actions;
      out_.routes.push_back(to);
    }
  }

  [[nodiscard]] std::string FileOf(const Span& span) const {
    if (span.file >= sources_.size() || model_.span.file >= sources_.size()) return {};
    const std::string_view own = sources_.name(model_.span.file);
    const std::string_view folder = own.substr(0, own.rfind('/') + 1);
    std::string_view name = sources_.name(span.file);
    if (name.starts_with(folder)) name.remove_prefix(folder.size());
    return std::string(name);
  }

  void AddBeside() {
    for (const RolloutModel& from : model_.rollouts) {
      Rollout to{};
      to.name = out_.Text(from.name);
      to.salt = out_.Text(from.salt);
      to.from_model = from.from == kNoIndex ? kNone16 : Narrow16(model_number_[from.from]);
      to.to_model = from.to == kNoIndex ? kNone16 : Narrow16(model_number_[from.to]);
      to.key_text = SlotOf(from.key);
      std::vector<RampStep> steps;
      for (const RolloutModel::Step& step : from.steps) {
        steps.push_back({step.share_ppm, Narrow32(step.dwell_s), step.min_units, step.prove});
      }
      to.steps = out_.Keep(out_.ramps, std::move(steps));
      out_.rollouts.push_back(to);
    }
    for (const BudgetModel& from : model_.budgets) {
      out_.budgets.push_back({out_.Text(from.name), Money{from.per_day_pico},
                              Money{from.per_month_pico}, from.prefer_cheapest_at_ppm != 0});
    }
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  const SourceSet& sources_;
  std::unique_ptr<OwnedTables::Storage> storage_;
  OwnedTables::Storage& out_;
  RunTable<Guard, GuardKey> guards_;
  RunTable<std::uint16_t, std::uint16_t> live_refs_;
  RunTable<Row, RowKey> rows_;
  RunTable<std::uint16_t, std::uint16_t> orders_;
  RunTable<Group, GroupKey> groups_;
  RunTable<std::uint32_t, std::uint32_t> weights_;
  std::map<std::vector<LiveKey>, std::uint16_t> live_numbers_;
  std::map<std::vector<std::uint32_t>, std::uint16_t> live_orders_;
  std::vector<std::uint32_t> leaf_number_;
  std::vector<std::uint32_t> axis_number_;
  std::vector<std::uint32_t> node_number_;
  std::vector<std::uint32_t> model_number_;
  std::vector<std::uint32_t> provider_number_;
  std::vector<std::size_t> first_endpoint_;  ///< per provider of the tables
  std::vector<std::uint16_t> slots_;         ///< per attribute
};

}  // namespace

OwnedTables::OwnedTables(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
OwnedTables::OwnedTables(OwnedTables&&) noexcept = default;
OwnedTables& OwnedTables::operator=(OwnedTables&&) noexcept = default;
OwnedTables::~OwnedTables() = default;

const Tables& OwnedTables::view() const { return storage_->tables; }

OwnedTables Flatten(const PolicyModel& model, const Diagram& diagram, const SourceSet& sources) {
  return OwnedTables(Flattener(model, diagram, sources).Flatten());
}

OwnedTables CompileTables(const PolicyModel& model, const SourceSet& sources,
                          const DiagramOptions& options, Diagnostics& diagnostics) {
  const Diagram diagram = BuildDiagram(model, options, diagnostics);
  return Flatten(model, diagram, sources);
}

}  // namespace mlp::compiler
