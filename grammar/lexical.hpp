// Letters to words: spaces and line ends, names, keywords, literals. Every rule for a whole token
// ends with the gap behind it, so a rule begins where its first token begins.
#pragma once

#include <cstddef>
#include <tao/pegtl.hpp>
#include <utility>

namespace mlp::grammar {

using namespace tao::pegtl;  // NOLINT(google-build-using-namespace): rules are words of this
                             // language

/// The text of a keyword or symbol as a template argument: `word<"when">`.
template <std::size_t kSize>
struct spelling {
  char text[kSize];
  static constexpr std::size_t size = kSize - 1;  // without the terminator
  // NOLINTNEXTLINE(google-explicit-constructor): literals are spellings
  consteval spelling(const char (&from)[kSize]) {
    for (std::size_t i = 0; i < kSize; ++i) text[i] = from[i];
  }
};

template <spelling kText, typename Indices>
struct spelled_characters;
template <spelling kText, std::size_t... kIndex>
struct spelled_characters<kText, std::index_sequence<kIndex...>> : string<kText.text[kIndex]...> {};
template <spelling kText>
struct spelled : spelled_characters<kText, std::make_index_sequence<kText.size>> {};

// Words. A name may hold `-`, so `at` does not end before the `-` of `at-least`; it does before
// that of `->`.
// clang-format off
struct small_letter : range<'a', 'z'> {};
struct name_character : ranges<'a', 'z', '0', '9'> {};
struct high_byte : range<'\x80', '\xff'> {};
struct word_character : sor<ranges<'a', 'z', 'A', 'Z', '0', '9', '_'>, high_byte> {};
struct word_rest : sor<word_character, seq<one<'-'>, alnum>> {};
struct word_end : not_at<word_rest> {};
template <spelling kText> struct bare_word : seq<spelled<kText>, word_end> {};
struct reserved_word : sor<bare_word<"and">, bare_word<"or">, bare_word<"not">, bare_word<"true">, bare_word<"false">> {};
struct name_part : seq<one<'-'>, plus<name_character>> {};
struct name : seq<not_at<reserved_word>, small_letter, star<name_character>, star<name_part>, word_end> {};

// Between tokens. A gap ends before a line end that ends the statement; a wide gap (after `,` and inside
// parentheses) goes on over lines.
struct byte_order_mark : string<'\xEF', '\xBB', '\xBF'> {};
struct comment : seq<two<'/'>, until<at<eolf>>> {};
struct doc_start : seq<three<'/'>, not_at<one<'/'>>> {};
struct doc : seq<doc_start, until<at<eolf>>> {};
struct line_white : one<' ', '\t', '\r'> {};
struct white : one<' ', '\t', '\r', '\n'> {};
struct wide : star<sor<white, comment>> {};
struct continuation : sor<bare_word<"and">, bare_word<"or">, spelled<"->">> {};
struct continued_lines : seq<one<'\n'>, star<sor<white, comment>>, at<continuation>> {};
struct gap : seq<star<sor<line_white, comment>>, opt<continued_lines>> {};

template <spelling kText, typename Gap = gap> struct word : seq<spelled<kText>, word_end, Gap> {};
template <spelling kText, typename Gap = gap> struct symbol : seq<spelled<kText>, Gap> {};
using comma = symbol<",", wide>;
using arrow = symbol<"->">;
using interval = symbol<"..">;
template <typename Rule> struct comma_list : list<Rule, comma> {};
/// `(a, b)`, without the gap behind it; the items end with wide gaps.
template <typename Item> struct parenthesised : seq<symbol<"(", wide>, comma_list<Item>, symbol<")", success>> {};

// Literals, without the gap behind them. `..` may follow one directly.
struct digits : plus<digit> {};
struct fraction : seq<one<'.'>, digits> {};
struct number : seq<digits, opt<fraction>> {};
struct literal_end : not_at<sor<word_rest, one<'%'>, seq<one<'.'>, digit>>> {};
struct integer : seq<digits, opt<one<'K', 'M'>>, literal_end> {};
struct decimal : seq<digits, fraction, literal_end> {};
struct percent : seq<number, one<'%'>, literal_end> {};
struct times : seq<number, one<'x'>, literal_end> {};
struct duration_unit : sor<string<'m', 's'>, one<'s', 'm', 'h', 'd'>> {};
struct duration : seq<number, duration_unit, literal_end> {};
struct money : seq<one<'$'>, number, literal_end, not_at<one<'/'>>> {};
struct rate : seq<one<'$'>, number, string<'/', 'M'>, literal_end> {};
struct clock : seq<rep<2, digit>, one<':'>, rep<2, digit>> {};
struct time_of_day : seq<clock, literal_end> {};
struct day : seq<rep<4, digit>, one<'-'>, rep<2, digit>, one<'-'>, rep<2, digit>> {};
struct date : seq<day, opt<one<'T'>, clock, one<'Z'>>, literal_end> {};
struct finding_code : seq<string<'M', 'L', 'P'>, rep<4, digit>, word_end> {};
struct truth : sor<bare_word<"true">, bare_word<"false">> {};
struct string_character : not_one<'"', '\\', '\n', '\r'> {};
struct escaped_character : one<'"', '\\', 'n', 't'> {};
struct escape : seq<one<'\\'>, escaped_character> {};
struct string_end : one<'"'> {};
struct quoted : seq<one<'"'>, star<sor<string_character, escape>>, string_end> {};
struct literal : sor<quoted, date, duration, percent, times, decimal, integer, rate, money> {};

// Literals and names in their places, each with the gap behind it.
struct text : seq<quoted, gap> {};
struct whole_number : seq<integer, gap> {};
struct plain_number : seq<sor<percent, decimal, integer>, gap> {};
struct ratio_number : seq<sor<percent, decimal>, gap> {};
struct share_number : seq<percent, gap> {};
struct multiple : seq<times, gap> {};
struct time_span : seq<duration, gap> {};
struct calendar_date : seq<date, gap> {};
struct clock_time : seq<time_of_day, gap> {};
struct amount_of_money : seq<money, gap> {};
struct token_price : seq<rate, gap> {};
struct name_here : seq<name, gap> {};
struct model_name : seq<name, gap> {};
struct provider_name : seq<name, gap> {};
struct pool_name : seq<name, gap> {};
struct route_name : seq<name, gap> {};
struct attribute_name : seq<name, gap> {};
struct value_name : seq<name, gap> {};
struct capability_name : seq<name, gap> {};
struct place_name : seq<name, gap> {};
struct evaluator_name : seq<name, gap> {};
struct event_name : seq<name, gap> {};
struct alert_name : seq<name, gap> {};
struct score_name : seq<name, gap> {};
struct end_name : seq<name, gap> {};

// Statements and blocks.
struct statement_end : at<sor<one<'\n', ';', '}'>, eof>> {};
struct separator : plus<sor<white, one<';'>, comment>> {};
struct plain_comment : seq<not_at<doc_start>, comment> {};
struct separator_of_documented : plus<sor<white, one<';'>, plain_comment>> {};
/// What did not parse as a statement or as the head of a declaration: the parser reports it and skips it by
/// its own rule; these are only its least.
struct broken_statement : plus<not_one<'\n', ';', '{', '}'>> {};
struct broken_header : star<not_one<'\n', ';', '{', '}'>> {};
struct block_open : one<'{'> {};
struct block_close : one<'}'> {};
struct opening : at<one<'{'>> {};
template <typename Statement> struct ended : seq<Statement, statement_end> {};
template <typename Statement> struct block : seq<block_open, star<sor<separator, ended<Statement>, broken_statement>>, block_close> {};
template <typename Statement> struct documented_block : seq<block_open, star<sor<doc, separator_of_documented, ended<Statement>, broken_statement>>, block_close> {};
template <typename Keyword, typename Header, typename Block> struct declared : seq<Keyword, sor<seq<Header, opening>, broken_header>, opt<Block>> {};
// clang-format on

}  // namespace mlp::grammar
