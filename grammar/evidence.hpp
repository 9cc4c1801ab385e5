// Change with evidence: rollouts, experiments, budgets, evaluators and alerts.
#pragma once

#include "grammar/routing.hpp"

namespace mlp::grammar {

// clang-format off
// A claim about what is measured: `success over 1h < 0.95x baseline, at least 100 users`.
struct user_word : sor<word<"users">, word<"user">> {};
struct minimum_units : seq<whole_number, user_word> {};
struct at_least_units : seq<comma, word<"at">, word<"least">, minimum_units> {};
struct worded_operator : sor<word<"above">, word<"below">> {};
struct criterion_operator : sor<seq<order_symbol, gap>, worded_operator> {};
struct baseline_multiple : seq<multiple, path<gap>> {};
struct criterion : seq<path<gap>, criterion_operator, sor<baseline_multiple, operand<gap>>, opt<at_least_units>> {};

// rollout NAME { }
struct move : seq<word<"move">, model_name, arrow, model_name> {};
struct for_routes : seq<word<"for">, comma_list<route_name>> {};
struct rate_word : sor<word<"hour">, word<"day">> {};
struct user_rate : seq<whole_number, user_word, word<"per">, rate_word> {};
struct base_rate : seq<event_name, share_number> {};
struct traffic : seq<word<"traffic">, comma_list<sor<user_rate, base_rate>>> {};
struct event : seq<word<"event">, event_name, criterion> {};
struct minimum_time : seq<time_span> {};
struct dwell : seq<word<"for">, word<"at">, word<"least">, sor<seq<minimum_time, opt<seq<comma, minimum_units>>>, minimum_units>> {};
struct ramp : seq<word<"ramp">, comma_list<share_number>, opt<dwell>> {};
struct prove : seq<word<"prove">, share_number, criterion> {};
struct then_share : seq<word<"then">, share_number> {};
struct rollback : seq<word<"rollback">, word<"when">, criterion> {};
struct undecided_word : sor<word<"rollback">, word<"promote">, word<"hold">> {};
struct undecided : seq<word<"undecided">, word<"hold">, word<"at">, word<"most">, time_span, word<"then">, undecided_word> {};
struct confidence : seq<word<"confidence">, share_number> {};
struct detect : seq<word<"detect">, multiple> {};
struct alert_reference : seq<word<"alert">, alert_name> {};
struct salt : seq<word<"salt">, text> {};
struct reshuffle : seq<word<"reshuffle">> {};
struct holdback : seq<word<"holdback">, share_number, word<"for">, time_span> {};
struct rollout_statement : sor<move, for_routes, by, traffic, event, ramp, prove, then_share, rollback, undecided, confidence, detect, alert_reference, salt, reshuffle, holdback> {};
struct rollout : declared<word<"rollout">, name_here, block<rollout_statement>> {};

// experiment NAME { }
struct replace : seq<word<"replace">, model_name> {};
struct arm : seq<word<"arm">, name_here, model_name, share_number> {};
struct correction_word : sor<word<"holm">, word<"bonferroni">, word<"none">> {};
struct measured_fact : seq<plain_or_two_word_path> {};
struct measure : seq<word<"measure">, comma_list<measured_fact>, opt<seq<word<"correct">, correction_word>>> {};
struct until_end : sor<calendar_date, time_span> {};
struct until_statement : seq<word<"until">, until_end, opt<at_least_units>> {};
struct experiment_statement : sor<when_clause, for_routes, by, replace, arm, measure, until_statement, traffic, confidence, detect, salt, alert_reference> {};
struct experiment : declared<word<"experiment">, name_here, block<experiment_statement>> {};

// budget NAME { }
struct budget_word : sor<word<"day">, word<"month">> {};
struct budget_amount : seq<amount_of_money, word<"per">, budget_word> {};
struct budget_limit : seq<word<"limit">, comma_list<budget_amount>> {};
struct per : seq<word<"per">, attribute_name> {};
struct prefer_cheapest : seq<word<"prefer">, word<"cheapest">> {};
struct only : seq<word<"only">, condition<gap>> {};
struct deny : seq<word<"deny">> {};
struct budget_action : sor<alert_reference, prefer_cheapest, only, deny> {};
struct budget_step : seq<word<"at">, share_number, budget_action> {};
struct budget_statement : sor<budget_limit, per, budget_step> {};
struct budget_header : seq<name_here, opt<when_clause>> {};
struct budget : declared<word<"budget">, budget_header, block<budget_statement>> {};

// evaluator NAME { }
struct part : seq<word<"part">, name_here, share_number> {};
struct window_size : seq<word<"window">, whole_number, word<"calls">> {};
struct floor : seq<word<"floor">, ratio_number> {};
struct judge : seq<word<"judge">, route_name, text> {};
struct evaluator_statement : sor<part, window_size, floor, judge, note> {};
struct evaluator : declared<word<"evaluator">, evaluator_name, block<evaluator_statement>> {};

// alert NAME { }: `when fallbacks > 3 over 1h`, the window behind the number.
struct log : seq<word<"log">> {};
struct sign : seq<word<"sign">, environment> {};
struct webhook : seq<word<"webhook">, environment, opt<sign>> {};
struct callback : seq<word<"callback">, name_here> {};
struct alert_comparison : seq<order_symbol, gap, operand<gap>, opt<window<gap>>> {};
struct alert_relation : seq<path<gap>, alert_comparison> {};
struct alert_and : plus<seq<word<"and">, alert_relation>> {};
struct alert_or : plus<seq<word<"or">, alert_relation>> {};
struct alert_condition : seq<alert_relation, opt<sor<alert_and, alert_or>>, unmixed> {};
struct alert_when : seq<word<"when">, alert_condition> {};
struct alert_statement : sor<log, webhook, callback, alert_when> {};
struct alert : declared<word<"alert">, alert_name, block<alert_statement>> {};
// clang-format on

}  // namespace mlp::grammar
