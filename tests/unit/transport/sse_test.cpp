// Server-sent events and lines: the standard's examples, and an obvious reader of the whole text as
// oracle for every way of cutting it.
#include "runtime/transport/sse.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/transport/lines.hpp"

namespace mlp::transport {
namespace {

/// `type|data` of an event, `?line` of a stray line.
std::string Show(const SseEvent& event) {
  if (event.stray) return "?" + std::string(event.data);
  return std::string(event.type) + "|" + std::string(event.data);
}

std::vector<std::string> Events(const std::vector<std::string_view>& pieces) {
  std::vector<std::string> events;
  SseParser parser;
  const SseParser::OnEvent keep = [&events](const SseEvent& event) {
    events.push_back(Show(event));
  };
  for (const std::string_view piece : pieces) parser.Feed(piece, keep);
  parser.End(keep);
  return events;
}

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
  return text;
}

/// The standard's algorithm on the whole text, step by step; an end of the text ends line and
/// event.
std::vector<std::string> EventsOfWhole(const std::string& bytes) {
  std::string text = Replaced(Replaced(bytes, "\r\n", "\n"), "\r", "\n");
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  text += "\n\n";
  std::vector<std::string> events;
  std::string type;
  std::string data;
  while (!text.empty()) {
    const std::string line = text.substr(0, text.find('\n'));
    text.erase(0, line.size() + 1);
    if (line.empty()) {
      if (!data.empty()) events.push_back(type + "|" + data.substr(0, data.size() - 1));
      type.clear();
      data.clear();
      continue;
    }
    if (line[0] == ':') continue;
    const std::size_t colon = line.find(':');
    const std::string field = line.substr(0, colon);
    std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
    if (!value.empty() && value[0] == ' ') value.erase(0, 1);
    if (field == "data") {
      data += value + "\n";
    } else if (field == "event") {
      type = value;
    } else if (field != "id" && field != "retry") {
      events.push_back("?" + line);
    }
  }
  return events;
}

std::vector<std::string_view> Cut(std::string_view text, const std::vector<std::size_t>& at) {
  std::vector<std::string_view> pieces;
  std::size_t from = 0;
  for (const std::size_t to : at) {
    pieces.push_back(text.substr(from, to - from));
    from = to;
  }
  pieces.push_back(text.substr(from));
  return pieces;
}

void CheckAllCuts(const std::string& text, const std::vector<std::string>& expected) {
  BOOST_TEST_CONTEXT(text) {
    BOOST_TEST(Events({text}) == expected, boost::test_tools::per_element());
    std::vector<std::size_t> every;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      BOOST_TEST((Events(Cut(text, {i})) == expected), "cut at " << i);
      every.push_back(i);
    }
    BOOST_TEST((Events(Cut(text, every)) == expected), "byte by byte");
  }
}

BOOST_AUTO_TEST_SUITE(server_sent_events)

BOOST_AUTO_TEST_CASE(the_standard_s_examples) {
  CheckAllCuts("data: YHOO\ndata: +2\ndata: 10\n\n", {"|YHOO\n+2\n10"});
  CheckAllCuts(
      ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third\n",
      {"|first event", "|second event", "| third"});
  CheckAllCuts("data\n\ndata\ndata\n\ndata:", {"|", "|\n", "|"});
  CheckAllCuts("data:test\n\ndata: test\n\n", {"|test", "|test"});
}

BOOST_AUTO_TEST_CASE(types_line_ends_marks_and_strays) {
  CheckAllCuts(
      "\xEF\xBB\xBF"
      "event: ping\r\ndata: {}\r\n\r\nevent: a\revent: b\rdata: 1\r\r",
      {"ping|{}", "b|1"});
  CheckAllCuts("event: gone\n\ndata: x\n\n", {"|x"});
  CheckAllCuts("data: 1\n\n{\n \"error\": 1\n}\n", {"|1", "?{", "? \"error\": 1", "?}"});
  CheckAllCuts("retry: 10\nevent: e\ndata: 1", {"e|1"});
  CheckAllCuts("\n\n\r\n\r", {});
}

BOOST_AUTO_TEST_CASE(any_text_in_any_pieces) {
  constexpr std::string_view kWords[] = {"data", "event", "id", "retry", ":",
                                         " ",    "\n",    "\r", "\r\n",  "\n\n",
                                         "x:y",  "{",     "}",  "é",     "\xEF\xBB\xBF"};
  std::mt19937 random(20'261'121);
  BOOST_TEST_MESSAGE("seed 20261121");
  std::size_t told = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string text;
    for (std::size_t n = random() % 24; n > 0; --n) text += kWords[random() % std::size(kWords)];
    const std::vector<std::string> expected = EventsOfWhole(text);
    told += expected.size();
    for (int cut = 0; cut < 4; ++cut) {
      std::vector<std::size_t> at;
      for (std::size_t i = 0; i <= text.size(); ++i) {
        if (cut == 3 || random() % 4 == 0) at.push_back(i);
      }
      BOOST_REQUIRE_MESSAGE(Events(Cut(text, at)) == expected, "in pieces: " << text);
    }
  }
  BOOST_TEST(told > 3'000U);
}

BOOST_AUTO_TEST_CASE(lines) {
  const std::string text = "{\"a\":1}\r\n\n  \n{\"b\":2}\n{\"c\":3}";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    std::vector<std::string> got;
    LineSplitter splitter;
    const auto keep = [&got](std::string_view line) { got.emplace_back(line); };
    for (const std::string_view piece : Cut(text, {i})) splitter.Feed(piece, keep);
    splitter.End(keep);
    BOOST_TEST((got == std::vector<std::string>{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"}));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::transport
