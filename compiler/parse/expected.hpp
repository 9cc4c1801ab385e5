// What a syntax error says was expected, rule by rule.
#pragma once

#include <string_view>

#include "grammar/policy.hpp"

namespace mlp::compiler::parse {

/// A rule with a text is named as a whole when its first token is not there.
template <typename Rule>
struct ExpectedOf {
  static constexpr std::string_view kText = {};
  static constexpr bool kIsWord = false;  ///< the text is a keyword, shown in backticks
};

/// Keywords, and symbols, stand for themselves.
template <grammar::spelling kSpelling, typename Gap>
struct ExpectedOf<grammar::word<kSpelling, Gap>> {
  static constexpr auto kCharacters = kSpelling;
  static constexpr std::string_view kText{kCharacters.text, kCharacters.size};
  static constexpr bool kIsWord = true;
};
template <grammar::spelling kSpelling, typename Gap>
struct ExpectedOf<grammar::symbol<kSpelling, Gap>> : ExpectedOf<grammar::word<kSpelling, Gap>> {};

#define MLP_TEXT(rule, text)                        \
  struct ExpectedOf<grammar::rule> {                \
    static constexpr std::string_view kText = text; \
    static constexpr bool kIsWord = false;          \
  };
#define MLP_EXPECTED(rule, text) \
  template <>                    \
  MLP_TEXT(rule, text)
#define MLP_EXPECTED_BY_GAP(rule, text) \
  template <typename Gap>               \
  MLP_TEXT(rule<Gap>, text)

// clang-format off
// Names
MLP_EXPECTED(name, "a name")
MLP_EXPECTED(name_here, "a name")
MLP_EXPECTED(model_name, "a model")
MLP_EXPECTED(listed_model, "a model")
MLP_EXPECTED(provider_name, "a provider")
MLP_EXPECTED(pool_name, "a pool")
MLP_EXPECTED(route_name, "a route")
MLP_EXPECTED(attribute_name, "an attribute")
MLP_EXPECTED(value_name, "a value")
MLP_EXPECTED(capability_name, "a capability")
MLP_EXPECTED(listed_capability, "a capability")
MLP_EXPECTED_BY_GAP(capabilities, "a capability")
MLP_EXPECTED(place_name, "a place")
MLP_EXPECTED(evaluator_name, "an evaluator")
MLP_EXPECTED(event_name, "an event")
MLP_EXPECTED(alert_name, "an alert")
MLP_EXPECTED(score_name, "a score")
MLP_EXPECTED(token_class, "a token class such as `input`")
MLP_EXPECTED(setting_name, "a call parameter")
MLP_EXPECTED(end_name, "how a call ended, such as `timeout`")

// Values
MLP_EXPECTED(text, "a string")
MLP_EXPECTED(quoted, "a string")
MLP_EXPECTED_BY_GAP(prefix_text, "a string")
MLP_EXPECTED(whole_number, "a whole number such as `4` or `200K`")
MLP_EXPECTED(plain_number, "a number such as `0.5`")
MLP_EXPECTED(ratio_number, "a ratio such as `0.95` or `95%`")
MLP_EXPECTED(share_number, "a percentage such as `5%`")
MLP_EXPECTED(multiple, "a multiple such as `1.3x`")
MLP_EXPECTED(time_span, "a duration such as `10m`")
MLP_EXPECTED_BY_GAP(window_length, "a duration such as `10m`")
MLP_EXPECTED(calendar_date, "a date such as `2026-06-01`")
MLP_EXPECTED(clock_time, "a time such as `16:30`")
MLP_EXPECTED(amount_of_money, "an amount such as `$0.05`")
MLP_EXPECTED(token_price, "a price per million tokens such as `$3/M`")
MLP_EXPECTED(fact_value, "a value")
MLP_EXPECTED(default_literal, "a value")
MLP_EXPECTED(setting_value, "a value")
MLP_EXPECTED(assigned_value, "a value")
MLP_EXPECTED(listed_assignment, "a value")
MLP_EXPECTED(listed_value, "a value")
MLP_EXPECTED(string_end, "the closing `\"`")
MLP_EXPECTED(escaped_character, "an escape")
MLP_EXPECTED(lint_code, "a code such as `MLP0702`")

// Conditions and facts
MLP_EXPECTED_BY_GAP(unary, "a condition")
MLP_EXPECTED_BY_GAP(path, "an attribute or a fact")
MLP_EXPECTED_BY_GAP(operand, "a value")
MLP_EXPECTED_BY_GAP(comparison, "an operator such as `==`")
MLP_EXPECTED(alert_comparison, "an operator such as `>`")
MLP_EXPECTED_BY_GAP(relation_rest, "an operator such as `==`, `in` or `has`")
MLP_EXPECTED(criterion_operator, "an operator such as `<` or `above`")
MLP_EXPECTED(plain_path, "a fact such as `latency.p95`")
MLP_EXPECTED(measured_fact, "a fact such as `latency.p95`")
MLP_EXPECTED(best_fact, "what to be best in, such as `quality.accuracy`")

// Places where several things may stand
MLP_EXPECTED(attribute_type, "a type: `one of`, `set of`, `text`, `key`, `tokens up to` or `number`")
MLP_EXPECTED(selection, "a model or an objective such as `cheapest of`")
MLP_EXPECTED(claim, "a string that says what is claimed")
MLP_EXPECTED(statement_end, "the end of the statement")
MLP_EXPECTED(opening, "`{`")
MLP_EXPECTED(declaration, "a declaration")
MLP_EXPECTED(policy_statement, "a statement of `policy`")
MLP_EXPECTED(request_statement, "an attribute")
MLP_EXPECTED(defaults_statement, "a statement of `defaults`")
MLP_EXPECTED(provider_statement, "a statement of `provider`")
MLP_EXPECTED(model_statement, "a statement of `model`")
MLP_EXPECTED(variant_statement, "a statement of `variant`")
MLP_EXPECTED(guidance_item, "a statement of `guidance`")
MLP_EXPECTED(route_statement, "a statement of `route`")
MLP_EXPECTED(rollout_statement, "a statement of `rollout`")
MLP_EXPECTED(experiment_statement, "a statement of `experiment`")
MLP_EXPECTED(budget_statement, "a statement of `budget`")
MLP_EXPECTED(evaluator_statement, "a statement of `evaluator`")
MLP_EXPECTED(alert_statement, "a statement of `alert`")
MLP_EXPECTED(test_statement, "a statement of `test`")
// clang-format on

#undef MLP_EXPECTED_BY_GAP
#undef MLP_EXPECTED
#undef MLP_TEXT

}  // namespace mlp::compiler::parse
