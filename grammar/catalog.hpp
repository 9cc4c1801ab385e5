// Providers, models, variants, what amends them, capabilities and pools.
#pragma once

#include "grammar/expressions.hpp"

namespace mlp::grammar {

// clang-format off
// Statements of several declarations.
struct as_of : seq<word<"as">, word<"of">, calendar_date> {};
struct on_date : seq<word<"on">, calendar_date> {};
struct owner : seq<word<"owner">, text> {};
struct display : seq<word<"display">, text> {};
struct docs : seq<word<"docs">, text> {};
struct note : seq<word<"note">, text> {};
struct alias_name : sor<name_here, text> {};
struct alias : seq<word<"alias">, comma_list<alias_name>> {};
struct environment : seq<word<"env">, text> {};
struct every : seq<word<"every">, time_span> {};

// provider NAME { }
struct protocol : seq<word<"protocol">, name_here> {};
struct price_factor : seq<word<"price">, multiple> {};
struct endpoint : seq<word<"endpoint">, opt<comma_list<place_name>>, text, opt<price_factor>> {};
struct key : seq<word<"key">, comma_list<environment>> {};
struct header : seq<word<"header">, text, sor<environment, text>> {};
struct timeout_word : sor<word<"connect">, word<"first-token">, word<"between-tokens">, word<"total">> {};
struct timeout_part : seq<timeout_word, time_span> {};
struct timeout : seq<word<"timeout">, comma_list<timeout_part>> {};
struct down_after : seq<word<"down">, word<"after">, whole_number, sor<word<"failures">, word<"failure">>> {};
struct up_after : seq<word<"up">, word<"after">, whole_number, sor<word<"successes">, word<"success">>> {};
struct probe_backoff : seq<word<"backoff">, multiple, word<"to">, time_span> {};
struct probe : seq<word<"probe">, comma_list<sor<every, down_after, up_after, probe_backoff>>> {};
struct provider_statement : sor<protocol, alias, endpoint, key, header, timeout, probe, note, docs, display> {};
struct provider : declared<word<"provider">, provider_name, block<provider_statement>> {};
struct amend_provider : declared<seq<word<"amend">, word<"provider">>, provider_name, block<provider_statement>> {};

// model NAME { }
struct provider_reference : seq<word<"provider">, provider_name> {};
struct pin_word : sor<word<"exact">, word<"family">, word<"tier">, word<"alias">> {};
struct gate : seq<word<"gate">, condition<gap>> {};
struct pin : seq<word<"pin">, pin_word, text, opt<gate>> {};
struct context_limit : seq<word<"context">, whole_number> {};
struct input_limit : seq<word<"input">, whole_number> {};
struct output_limit : seq<word<"output">, whole_number> {};
struct limits : comma_list<sor<context_limit, input_limit, output_limit>> {};
struct can_list : seq<word<"can">, comma_list<capability_name>> {};
struct price_from : seq<word<"from">, calendar_date> {};
struct price_to : seq<word<"to">, calendar_date> {};
struct schedule_word : sor<word<"daily">, word<"weekdays">, word<"weekends">> {};
struct schedule : seq<schedule_word, clock_time, interval, clock_time> {};
struct token_class : seq<name, gap> {};
struct price_item : seq<token_class, opt<time_span>, token_price> {};
struct price : seq<word<"price">, opt<price_from>, opt<price_to>, star<sor<when_clause, schedule>>, comma_list<price_item>> {};
struct score : seq<score_name, plain_number> {};
struct source : seq<word<"from">, text> {};
struct quality : seq<word<"quality">, comma_list<score>, opt<source>, opt<on_date>> {};
struct fact_value : seq<literal, gap> {};
struct prior_fact : seq<plain_path, fact_value> {};
struct prior : seq<word<"prior">, comma_list<prior_fact>> {};
struct requests_per_minute : seq<whole_number, word<"requests">, word<"per">, word<"minute">> {};
struct tokens_per_minute : seq<whole_number, word<"tokens">, word<"per">, word<"minute">> {};
struct slow_at : seq<word<"slow">, word<"at">, share_number> {};
struct rate_limit : seq<word<"limit">, comma_list<sor<requests_per_minute, tokens_per_minute, slow_at>>> {};
struct status_word : sor<word<"candidate">, word<"evaluating">, word<"staging">, word<"active">, word<"deprecated">, word<"retired">, word<"archived">> {};
struct status : seq<word<"status">, status_word, opt<as_of>> {};
struct lifecycle_word : sor<word<"announced">, word<"deprecated">, word<"soft">, word<"retires">, word<"released">, word<"cutoff">, word<"verified">> {};
struct lifecycle_date : seq<lifecycle_word, calendar_date, opt<as_of>> {};
struct retires_not_before : seq<word<"retires">, word<"not">, word<"before">, calendar_date, opt<as_of>> {};
struct breaking : seq<text> {};
struct breaking_changes : seq<word<"breaking">, comma_list<breaking>> {};
struct successor : seq<word<"successor">, model_name, opt<breaking_changes>, opt<as_of>> {};
struct migration : seq<word<"migration">, text> {};
struct purpose : seq<word<"purpose">, text> {};
struct guidance_word : sor<word<"recommended">, word<"avoid">, word<"practice">, word<"pitfall">> {};
struct guidance_item : seq<guidance_word, comma_list<text>> {};
struct guidance : seq<word<"guidance">, block<guidance_item>> {};
struct data : seq<word<"data">, text> {};
struct tuned_from : seq<word<"tuned">, word<"from">, model_name, opt<data>, opt<on_date>, opt<every>> {};
struct model_kind_word : sor<word<"embedding">, word<"chat">> {};
struct model_kind : seq<word<"kind">, model_kind_word> {};
struct dimension : seq<word<"dimension">, whole_number> {};
struct model_statement : sor<provider_reference, alias, pin, limits, can_list, price, quality, prior, rate_limit, status, retires_not_before, lifecycle_date, successor, migration, owner, purpose, display, docs, note, guidance, tuned_from, model_kind, dimension> {};
struct model : declared<word<"model">, model_name, block<model_statement>> {};
struct amend_model : declared<seq<word<"amend">, word<"model">>, model_name, block<model_statement>> {};

// variant NAME of MODEL { }
struct setting_name : seq<name, gap> {};
struct setting_value : seq<sor<literal, truth, name>, gap> {};
struct setting : seq<setting_name, setting_value> {};
struct settings : seq<word<"set">, comma_list<setting>> {};
struct variant_statement : sor<settings, model_statement> {};
struct variant_header : seq<name_here, word<"of">, model_name> {};
struct variant : declared<word<"variant">, variant_header, block<variant_statement>> {};

// capability NAME, pool NAME { a, b } where ...
struct capability : seq<word<"capability">, capability_name> {};
struct listed_model : seq<name, wide> {};
struct members : seq<symbol<"{", wide>, comma_list<listed_model>, symbol<"}">> {};
struct pool : seq<word<"pool">, pool_name, sor<seq<members, opt<where_clause>>, where_clause>> {};
// clang-format on

}  // namespace mlp::grammar
