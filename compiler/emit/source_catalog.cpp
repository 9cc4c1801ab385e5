#include "compiler/emit/source_parts.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/emit/enumerators.hpp"
#include "compiler/emit/spelling.hpp"

namespace mlp::compiler::emit {
namespace {

/// What refers to them.
std::string WritePrices(const Model& model, TableWriter& out) {
  if (model.prices.empty()) return "{}";
  const std::string name = fmt::format("k{}Prices", TypeName(model.name));
  out.Array("mlp::Price", name, model.prices, [](const Price& p, std::size_t) {
    std::string rates;
    for (const std::int64_t rate : p.per_token) rates += fmt::format("{}, ", rate);
    rates.resize(rates.size() - 2);
    return fmt::format("{{{}, {}, {}, {}, {}, {}, {}, {{{}}}}},", Literal(p.from_s),
                       Literal(p.to_s), p.min_prompt, Literal(p.max_prompt), p.days, p.from_minute,
                       p.to_minute, rates);
  });
  return name;
}

}  // namespace

void WriteRoutes(const Tables& tables, TableWriter& out) {
  out.Section("How calls are carried out.");
  std::map<ActionTable, std::string> actions;
  for (const RoutePlan& route : tables.routes) {
    if (actions.contains(route.actions)) continue;
    const std::string name = fmt::format("kActions{}", actions.size());
    std::string line = fmt::format("constexpr mlp::ActionTable {} = {{", name);
    for (const Action action : route.actions)
      line += fmt::format("mlp::Action::{}, ", Name(action));
    line.replace(line.size() - 2, 2, "};");
    out.Line(line);
    actions.emplace(route.actions, name);
  }
  out.Line(
      "// name, doc, refusal, file, line, output cap, attempt, deadline, backoff from, to (ms), "
      "retries, attempts,");
  out.Line(
      "// hedge percentile, hedge share (ppm), bound of a call, caches prompts, at any "
      "temperature, restarts, "
      "follows successors, logs prompts, evaluator, quality floor (ppm), "
      "similar (ppm), vectors, actions");
  out.Array("mlp::RoutePlan", "kRoutes", tables.routes, [&](const RoutePlan& r, std::size_t) {
    return fmt::format(
        "{{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {{{}}}, {}, {}, {}, {}, {}, "
        "{}, {}, {}, {}, {}}},",
        Quoted(r.name), Quoted(r.doc), Quoted(r.refusal), Quoted(r.file), r.line, r.output_cap,
        r.attempt_ms, r.deadline_ms, r.backoff_base_ms, r.backoff_cap_ms, r.retries, r.attempts,
        r.hedge_percentile, r.hedge_share_ppm, Literal(r.call_bound.pico_usd),
        Bool(r.caches_prompts), Bool(r.caches_any_temperature), Bool(r.restart_after_first_byte),
        Bool(r.follows_successors), Bool(r.logs_prompts), r.evaluator, r.quality_floor_ppm,
        r.similar_ppm, r.vectors, actions.at(r.actions));
  });
}

void WriteCatalog(const Tables& tables, TableWriter& out) {
  out.Section("Providers, endpoints, models.");
  std::vector<std::array<std::string, 3>> lists;
  for (const Provider& p : tables.providers) {
    const std::string prefix = fmt::format("k{}", TypeName(p.name));
    lists.push_back({out.Texts(prefix + "Aliases", p.aliases),
                     out.Texts(prefix + "KeyEnv", p.key_env),
                     out.Texts(prefix + "Headers", p.headers)});
  }
  out.Line(
      "// name, protocol, its name, aliases, keys, headers, connect, first token, between "
      "tokens, total (ms),");
  out.Line("// probe every, at most (ms), backoff (ppm), down after, up after");
  out.Array("mlp::Provider", "kProviders", tables.providers, [&](const Provider& p, std::size_t i) {
    return fmt::format(
        "{{{}, mlp::Protocol::{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}},",
        Quoted(p.name), Name(p.protocol), Quoted(p.protocol_name), lists[i][0], lists[i][1],
        lists[i][2], p.connect_ms, p.first_token_ms, p.between_tokens_ms, p.total_ms,
        p.probe_every_ms, p.probe_max_ms, p.probe_backoff_ppm, p.probe_down_after,
        p.probe_up_after);
  });
  std::vector<std::string> places;
  for (std::size_t i = 0; i < tables.endpoints.size(); ++i) {
    places.push_back(out.Texts(fmt::format("kPlaces{}", i), tables.endpoints[i].places));
  }
  out.Line("// provider, base URL, places, price factor (ppm)");
  out.Array("mlp::Endpoint", "kEndpoints", tables.endpoints, [&](const Endpoint& e, std::size_t i) {
    return fmt::format("{{{}, {}, {}, {}}},", e.provider, Quoted(e.url), places[i], e.price_ppm);
  });
  std::vector<std::string> prices;
  for (std::size_t i = 0; i < tables.models.size(); ++i) {
    prices.push_back(WritePrices(tables.models[i], out));
  }
  out.Line(
      "// name, id, provider, capabilities, context, most input, most output, prices, "
      "parameters,");
  out.Line(
      "// prior p50, p95 (ms), requests, tokens per minute, slow at (ppm), deprecated, retires, "
      "successor, dimension");
  out.Array("mlp::Model", "kModels", tables.models, [&](const Model& m, std::size_t i) {
    return fmt::format(
        "{{{}, {}, {}, {:#x}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}},",
        Quoted(m.name), Quoted(m.id), m.provider, m.capabilities, Literal(m.context),
        Literal(m.max_input), Literal(m.max_output), prices[i], Quoted(m.parameters),
        m.prior_p50_ms, m.prior_p95_ms, m.requests_per_minute, m.tokens_per_minute, m.slow_at_ppm,
        Literal(m.deprecated_s), Literal(m.retires_s), Quoted(m.successor), m.dimension);
  });
}

}  // namespace mlp::compiler::emit
