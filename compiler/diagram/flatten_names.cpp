#include <algorithm>
#include <string>
#include <utility>

#include "compiler/diagram/flatten_parts.hpp"

namespace mlp::compiler {
namespace {

class NameFlattener {
 public:
  NameFlattener(const PolicyModel& model, const SourceSet& sources, const TableNumbers& numbers,
                OwnedTables::Storage& out)
      : model_(model), sources_(sources), numbers_(numbers), out_(out) {}

  void Run() {
    AddNames();
    AddAttributes();
    AddCatalog();
    AddRoutes();
  }

 private:
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
    Tables& tables = out_.tables;
    tables.code_count = 0;
    tables.text_count = 0;
    tables.set_count = 0;
    for (Index i = 0; i < model_.attributes.size(); ++i) {
      const AttributeModel& from = model_.attributes[i];
      Attribute to{};
      to.name = out_.Text(from.name);
      to.type = from.type;
      to.slot = numbers_.slot[i];
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
          ++tables.code_count;
          break;
        case AttributeType::kText:
        case AttributeType::kKey:
          ++tables.text_count;
          to.has_default_text = from.has_default;
          to.default_text = out_.Text(from.default_text);
          break;
        case AttributeType::kSet:
          ++tables.set_count;
          to.labels = out_.Texts(MemberNames(from, i == model_.asks));
          break;
      }
      out_.attributes.push_back(to);
    }
    tables.input_code = numbers_.SlotOf(model_.input);
    tables.output_code = numbers_.SlotOf(model_.output);
    tables.asks_set = numbers_.SlotOf(model_.asks);
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

  void AddCatalog() {
    for (std::size_t i = 0; i < model_.providers.size(); ++i) {
      if (numbers_.provider[i] != kNoIndex) AddProvider(model_.providers[i]);
    }
    for (std::size_t i = 0; i < model_.candidates.size(); ++i) {
      if (numbers_.model[i] != kNoIndex) AddModel(model_.candidates[i]);
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
    to.probe_backoff_ppm = Narrow32(from.probe_backoff_micro);
    to.probe_down_after = from.probe_down_after;
    to.probe_up_after = from.probe_up_after;
    const auto provider = Narrow16(out_.providers.size());
    out_.providers.push_back(to);
    for (const EndpointModel& endpoint : from.endpoints) {
      out_.endpoints.push_back({provider, out_.Text(endpoint.url), out_.Texts(endpoint.places),
                                Narrow32(endpoint.price_micro)});
    }
    // The protocol's own address, anywhere.
    if (from.endpoints.empty()) out_.endpoints.push_back({provider, {}, {}, 1'000'000});
  }

  void AddModel(const CandidateModel& from) {
    Model to{};
    to.name = out_.Text(from.name);
    to.id = out_.Text(from.id);
    to.provider = Narrow16(numbers_.provider[from.provider]);
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
    to.requests_per_minute = from.requests_per_minute;
    to.tokens_per_minute = from.tokens_per_minute;
    to.slow_at_ppm = from.slow_at_ppm;
    to.deprecated_s = from.deprecated_s;
    to.retires_s = from.retires_s;
    to.successor = out_.Text(from.successor);
    to.dimension = Narrow32(from.dimension);
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
      to.caches_any_temperature = from.caches_any_temperature;
      to.restart_after_first_byte = from.restart_after_first_byte;
      to.follows_successors = from.follows_successors;
      to.logs_prompts = from.logs_prompts;
      to.evaluator =
          from.quality_evaluator == kNoIndex ? kNone16 : Narrow16(from.quality_evaluator);
      to.quality_floor_ppm = Narrow32(from.quality_floor_micro);
      to.vectors =
          from.cache_vectors == kNoIndex ? kNone16 : Narrow16(numbers_.model[from.cache_vectors]);
      to.similar_ppm = from.cache_similar_ppm;
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

  const PolicyModel& model_;
  const SourceSet& sources_;
  const TableNumbers& numbers_;
  OwnedTables::Storage& out_;
};

}  // namespace

void FlattenNames(const PolicyModel& model, const SourceSet& sources, const TableNumbers& numbers,
                  OwnedTables::Storage& out) {
  NameFlattener(model, sources, numbers, out).Run();
}

}  // namespace mlp::compiler
