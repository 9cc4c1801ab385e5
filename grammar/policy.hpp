// A whole file: the policy's head, claims, examples, and every declaration.
#pragma once

#include "grammar/evidence.hpp"

namespace mlp::grammar {

// clang-format off
// policy NAME { }
struct version : seq<word<"version">, text> {};
struct stage_word : sor<word<"development">, word<"staging">, word<"production">> {};
struct stage : seq<word<"stage">, stage_word> {};
struct valid : seq<word<"valid">, calendar_date, interval, calendar_date> {};
struct policy_statement : sor<version, owner, stage, valid> {};
struct policy : declared<word<"policy">, name_here, block<policy_statement>> {};

// assert "..." and guardrail "..."
struct always : seq<word<"always">, condition<gap>> {};
struct never : seq<word<"never">, condition<gap>> {};
struct survives_word : sor<word<"provider">, word<"model">> {};
struct survives : seq<word<"survives">, survives_word> {};
struct claim_word : sor<bare_word<"when">, bare_word<"always">, bare_word<"never">, bare_word<"survives">> {};
/// A line end before the next part of a claim does not end it.
struct claim_lines : opt<seq<wide, at<claim_word>>> {};
struct claim : seq<text, claim_lines, opt<seq<when_clause, claim_lines>>, sor<always, never, survives>> {};
struct assertion : seq<word<"assert">, claim> {};
struct guardrail : seq<word<"guardrail">, claim> {};

// test "..." { }
struct listed_assignment : seq<sor<literal, name>, wide> {};
struct assigned_value : seq<sor<parenthesised<listed_assignment>, literal, name>, gap> {};
struct assignment : seq<attribute_name, assigned_value> {};
struct given : seq<word<"given">, comma_list<assignment>> {};
struct down : seq<word<"down">, comma_list<model_name>> {};
struct live_given : seq<word<"live">, plain_path, fact_value> {};
struct arm_word : sor<word<"canary">, word<"stable">> {};
struct arm_given : seq<word<"arm">, name_here, arm_word> {};
struct expect_route : seq<word<"route">, route_name> {};
struct expect_first : seq<word<"first">, model_name, star<seq<comma, word<"then">, model_name>>> {};
struct expect_exactly : seq<word<"exactly">, comma_list<model_name>> {};
struct outcome_word : sor<word<"refused">, word<"no-route">, word<"no-candidate">, word<"denied">> {};
struct expect_outcome : seq<outcome_word> {};
struct expectation : sor<expect_route, expect_first, expect_exactly, expect_outcome> {};
struct expect : seq<word<"expect">, comma_list<expectation>> {};
struct test_statement : sor<given, on_date, down, live_given, arm_given, expect> {};
struct test : declared<word<"test">, text, block<test_statement>> {};

// lint MLP0702 off "reason"
struct lint_code : seq<finding_code, gap> {};
struct lint_word : sor<word<"off">, word<"note">, word<"warning">, word<"error">> {};
struct lint : seq<word<"lint">, lint_code, lint_word, text> {};

// The file.
struct import : seq<word<"import">, text> {};
struct language : seq<word<"language">, whole_number> {};
struct language_line : seq<language, statement_end> {};
struct missing_language : success {};
struct short_declaration : sor<import, capability, pool, assertion, guardrail, lint> {};
struct block_declaration : sor<policy, request, defaults, provider, model, variant, amend_provider, amend_model, route, rollout, experiment, budget, evaluator, alert, test> {};
struct declaration : sor<ended<short_declaration>, block_declaration> {};
/// Reported and skipped by the parser's own rule, as broken_statement.
struct broken_declaration : plus<not_one<'\n'>> {};
struct file : seq<opt<byte_order_mark>, opt<separator>, sor<language_line, missing_language>, star<sor<doc, separator_of_documented, declaration, broken_declaration>>, eof> {};
// clang-format on

}  // namespace mlp::grammar
