// From a request to its candidates: the request's type, defaults, routes and their steps.
#pragma once

#include "grammar/catalog.hpp"

namespace mlp::grammar {

// clang-format off
// request { }
struct one_of_lead : seq<word<"one">, word<"of">> {};
struct ordered_values : seq<one_of_lead, value_name, plus<seq<symbol<"<">, value_name>>> {};
struct one_of : seq<one_of_lead, comma_list<value_name>> {};
struct set_of : seq<word<"set">, word<"of">, comma_list<value_name>> {};
struct text_type : seq<word<"text">> {};
struct key_type : seq<word<"key">> {};
struct tokens_type : seq<word<"tokens">, word<"up">, word<"to">, whole_number> {};
struct number_step : seq<word<"step">, plain_number> {};
struct number_type : seq<word<"number">, plain_number, interval, plain_number, opt<number_step>> {};
struct attribute_type : sor<ordered_values, one_of, set_of, text_type, key_type, tokens_type, number_type> {};
struct default_literal : seq<sor<literal, name>, gap> {};
struct default_value : seq<word<"default">, default_literal> {};
struct type_ahead : sor<seq<bare_word<"one">, gap, bare_word<"of">>, seq<bare_word<"set">, gap, bare_word<"of">>, seq<bare_word<"tokens">, gap, bare_word<"up">>, seq<bare_word<"number">, gap, digit>, bare_word<"text">, bare_word<"key">> {};
struct attribute : seq<attribute_name, attribute_type, opt<default_value>> {};
struct asks : seq<word<"asks">, comma_list<capability_name>> {};
struct asks_ahead : seq<bare_word<"asks">, gap, not_at<type_ahead>> {};
struct request_statement : if_then_else<at<asks_ahead>, asks, attribute> {};
struct nothing_more : success {};
struct request : declared<word<"request">, nothing_more, documented_block<request_statement>> {};

// Steps: `try`, then `else`.
struct choice : comma_list<model_name> {};
struct best_word : seq<word<"best">> {};
struct best_fact : seq<not_at<bare_word<"of">>, plain_path> {};
struct objective_word : sor<word<"cheapest">, word<"fastest">, word<"least-busy">, word<"balanced">> {};
struct of_pool : seq<word<"of">, pool_name> {};
struct weight : seq<name_here, share_number> {};
struct weights : seq<word<"weights">, comma_list<weight>> {};
struct objective : seq<sor<seq<best_word, best_fact>, objective_word>, opt<of_pool>, opt<weights>> {};
struct by : seq<word<"by">, attribute_name> {};
struct share : seq<model_name, share_number> {};
struct spread : seq<word<"spread">, share, plus<seq<comma, share>>, opt<by>> {};
struct objective_ahead : seq<sor<bare_word<"cheapest">, bare_word<"best">, bare_word<"fastest">, bare_word<"least-busy">, bare_word<"balanced">>, gap, not_at<one<','>>> {};
struct spread_ahead : seq<bare_word<"spread">, gap, name> {};
struct selection : if_then_else<at<objective_ahead>, objective, if_then_else<at<spread_ahead>, spread, choice>> {};
struct within : seq<word<"within">, amount_of_money> {};
struct prefer : seq<word<"prefer">, capability_name> {};
struct step : seq<selection, star<sor<where_clause, within, prefer>>> {};
struct try_step : seq<word<"try">, step> {};
struct else_step : seq<word<"else">, step> {};

// Statements of routes, and of `defaults`.
struct refuse : seq<word<"refuse">, text> {};
struct cap : seq<word<"cap">, word<"output">, whole_number> {};
struct mix : seq<word<"mix">, word<"input">, whole_number, comma, word<"output">, whole_number> {};
struct need : seq<word<"need">, comma_list<capability_name>> {};
struct place_path : seq<name, plus<seq<one<'.'>, name>>, gap> {};
struct place : seq<word<"place">, sor<place_path, comma_list<place_name>>> {};
struct per_call : seq<word<"per">, word<"call">> {};
struct cost : seq<word<"cost">, word<"at">, word<"most">, amount_of_money, opt<per_call>> {};
struct retry_backoff : seq<word<"backoff">, time_span, interval, time_span> {};
struct retry : seq<word<"retry">, whole_number, sor<word<"times">, word<"time">>, opt<seq<comma, retry_backoff>>> {};
struct attempts : seq<word<"attempts">, word<"at">, word<"most">, whole_number> {};
struct attempt_time : seq<word<"attempt">, time_span> {};
struct deadline : seq<word<"deadline">, time_span> {};
struct on_word : sor<word<"retry">, word<"next">, word<"stop">> {};
struct on : seq<word<"on">, comma_list<end_name>, arrow, on_word> {};
struct prompts_word : seq<word<"prompts">> {};
struct similar_word : seq<word<"similar">> {};
struct similarity : seq<similar_word, ratio_number, word<"by">, model_name> {};
struct cache : seq<word<"cache">, sor<prompts_word, seq<time_span, opt<similarity>>>, opt<when_clause>> {};
struct hedge_word : sor<word<"p50">, word<"p95">, word<"p99">> {};
struct hedge : seq<word<"hedge">, word<"after">, hedge_word, opt<seq<word<"at">, word<"most">, share_number>>> {};
struct after_first_byte_word : sor<word<"stop">, word<"restart">> {};
struct after_first_byte : seq<word<"after">, word<"first-byte">, after_first_byte_word> {};
struct follow_successors : seq<word<"follow">, word<"successors">> {};
struct log_prompts : seq<word<"log">, word<"prompts">> {};
struct quality_floor : seq<word<"quality">, word<"at">, word<"least">, ratio_number, word<"by">, evaluator_name> {};
struct inherited_statement : sor<cap, mix, need, place, cost, retry, attempts, attempt_time, deadline, on, cache, hedge, after_first_byte, follow_successors, log_prompts, quality_floor> {};
struct defaults_statement : sor<inherited_statement> {};
struct defaults : declared<word<"defaults">, nothing_more, block<defaults_statement>> {};
struct route_statement : sor<try_step, else_step, refuse, inherited_statement> {};
struct otherwise : seq<word<"otherwise">> {};
struct route_header : seq<route_name, sor<when_clause, otherwise>> {};
struct route : declared<word<"route">, route_header, block<route_statement>> {};
// clang-format on

}  // namespace mlp::grammar
