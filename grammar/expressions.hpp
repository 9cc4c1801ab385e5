// Conditions. Each rule takes the gap that follows its tokens: `gap`, or `wide` inside parentheses.
#pragma once

#include "grammar/lexical.hpp"

namespace mlp::grammar {

// clang-format off
template <typename Gap> struct unary;
template <typename Gap> struct condition;

// Facts and attributes: `tier`, `request.tier`, `live.latency.p95 over 10m`, `attempt cost`.
struct fact_head : sor<bare_word<"attempt">, bare_word<"chain">> {};
struct fact_tail : sor<bare_word<"cost">, bare_word<"time">> {};
template <typename Gap> struct two_word_fact : seq<fact_head, Gap, fact_tail, Gap> {};
struct dotted_name : list<name, one<'.'>> {};
template <typename Gap> struct window_length : seq<duration, Gap> {};
template <typename Gap> struct window : seq<word<"over", Gap>, window_length<Gap>> {};
template <typename Gap> struct path : seq<sor<two_word_fact<Gap>, seq<dotted_name, Gap>>, opt<window<Gap>>> {};
struct plain_path : seq<dotted_name, gap> {};
struct plain_or_two_word_path : seq<sor<two_word_fact<gap>, seq<dotted_name, gap>>> {};

// What stands behind the first operand.
struct order_symbol : sor<spelled<"==">, spelled<"!=">, spelled<"<=">, spelled<"<">, spelled<">=">, spelled<">">> {};
template <typename Gap> struct literal_operand : seq<literal, Gap> {};
template <typename Gap> struct operand : sor<literal_operand<Gap>, path<Gap>> {};
template <typename Gap> struct comparison : seq<order_symbol, Gap, operand<Gap>> {};
struct listed_path : seq<dotted_name, wide> {};
struct listed_value : sor<seq<literal, wide>, listed_path> {};
template <typename Gap> struct membership : seq<word<"in", Gap>, parenthesised<listed_value>, Gap> {};
struct listed_capability : seq<name, wide> {};
template <typename Gap> struct single_capability : seq<name, Gap> {};
template <typename Gap> struct capabilities : sor<seq<parenthesised<listed_capability>, Gap>, single_capability<Gap>> {};
template <typename Gap> struct possession : seq<word<"has", Gap>, capabilities<Gap>> {};
template <typename Gap> struct prefix_text : seq<quoted, Gap> {};
template <typename Gap> struct prefix_test : seq<word<"starts-with", Gap>, prefix_text<Gap>> {};
template <typename Gap> struct relation_rest : sor<comparison<Gap>, membership<Gap>, possession<Gap>, prefix_test<Gap>> {};

// Operands of `and`, `or`, `not`. The relation comes before `can`, so that an attribute may be called so.
template <typename Gap> struct literal_relation : seq<literal_operand<Gap>, comparison<Gap>> {};
template <typename Gap> struct path_relation : seq<path<Gap>, relation_rest<Gap>> {};
template <typename Gap> struct ability : seq<word<"can", Gap>, capabilities<Gap>> {};
template <typename Gap> struct named_truth : seq<truth, Gap> {};
template <typename Gap> struct group : seq<symbol<"(", wide>, condition<wide>, symbol<")", Gap>> {};
template <typename Gap> struct negation : seq<word<"not", Gap>, unary<Gap>> {};
struct ability_ahead : seq<bare_word<"can">, wide, sor<one<'('>, seq<not_at<sor<bare_word<"in">, bare_word<"has">, bare_word<"starts-with">, bare_word<"over">>>, name>>> {};
template <typename Gap> struct unary : sor<group<Gap>, negation<Gap>, named_truth<Gap>, literal_relation<Gap>, if_then_else<at<ability_ahead>, ability<Gap>, path_relation<Gap>>> {};

// `a and b and c`, `a or b or c`; the two do not mix without parentheses.
template <typename Gap> struct and_rest : plus<seq<word<"and", Gap>, unary<Gap>>> {};
template <typename Gap> struct or_rest : plus<seq<word<"or", Gap>, unary<Gap>>> {};
struct unmixed : not_at<sor<bare_word<"and">, bare_word<"or">>> {};
template <typename Gap> struct condition : seq<unary<Gap>, opt<sor<and_rest<Gap>, or_rest<Gap>>>, unmixed> {};

struct when_clause : seq<word<"when">, condition<gap>> {};
struct where_clause : seq<word<"where">, condition<gap>> {};
// clang-format on

}  // namespace mlp::grammar
