// Writing and bounding JSON, against the library's own way.
#include "runtime/transport/wire_json.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

namespace mlp::transport {
namespace {

std::string ByTheLibrary(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Runs of plain text, of what is escaped, of UTF-8 and of bytes that are none.
std::string RandomText(std::mt19937& random) {
  static const std::string kPieces[] = {"plain words, ",
                                        "\"",
                                        "\\",
                                        "\n",
                                        "\t",
                                        "\r\b\f",
                                        "\x01\x1f",
                                        std::string(1, '\0'),
                                        "\x7f",
                                        "\u00e9",
                                        "\u20ac",
                                        "\U0001F600",
                                        "\xc3",
                                        "\xe2\x82",
                                        "\x80",
                                        "\xff",
                                        "\xf0\x9f\x98",
                                        "\xed\xa0\x80",
                                        "x"};
  std::string text;
  for (auto count = random() % 12; count > 0; --count)
    text += kPieces[random() % std::size(kPieces)];
  return text;
}

Json RandomValue(std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 8 : 6)) {
    case 0:
      return nullptr;
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(random()) - 2'000'000'000;
    case 3:
      return static_cast<double>(random()) / 1e5;
    case 4:
    case 5:
      return RandomText(random);
    case 6: {
      Json array = Json::array();
      for (auto count = random() % 4; count > 0; --count)
        array.push_back(RandomValue(random, depth - 1));
      return array;
    }
    default: {
      Json object = Json::object();
      for (auto count = random() % 4; count > 0; --count)
        object[RandomText(random)] = RandomValue(random, depth - 1);
      return object;
    }
  }
}

BOOST_AUTO_TEST_SUITE(wire_json)

BOOST_AUTO_TEST_CASE(writes_what_the_library_writes) {
  std::mt19937 random(20261121);
  for (int i = 0; i < 20'000; ++i) {
    const Json value = RandomValue(random, 3);
    BOOST_TEST_REQUIRE(Dump(value) == ByTheLibrary(value));
  }
  for (int c = 0; c < 256; ++c) {
    for (std::size_t at = 0; at < 17; ++at) {  // within and beside the words of eight
      std::string text = "0123456789abcdef";
      text.insert(at, 1, static_cast<char>(c));
      BOOST_TEST_REQUIRE(Dump(text) == ByTheLibrary(text));
    }
  }
}

BOOST_AUTO_TEST_CASE(depth_counts_outside_strings_alone) {
  const std::string deep(200, '[');
  const std::string ends(200, ']');
  BOOST_TEST(ParseJson(deep + ends).is_array());
  BOOST_TEST(ParseJson("[" + deep + ends + "]").is_discarded());
  const std::string in_string =
      R"(["\\\"[[\\",)" + std::string("\"") + std::string(300, '[') + "\"]";
  BOOST_TEST(ParseJson(in_string).is_array());
  BOOST_TEST(ParseJson(R"(["\\",)" + deep + ends + "]").is_discarded());
  BOOST_TEST(ParseJson("\"no end [[[").is_discarded());
  BOOST_TEST(ParseJson("\"").is_discarded());
  BOOST_TEST(ParseJson("]}").is_discarded());
  BOOST_TEST(ParseJson("[]]" + deep).is_discarded());
}

/// `count` members beside a `name` that looks like thousands more.
std::string ObjectOf(std::size_t count, const std::string& name = "::{:[:") {
  std::string text = "{\"" + name + "\":0";
  for (std::size_t i = 1; i < count; ++i) text += ",\"" + std::to_string(i) + "\":[]";
  return text + "}";
}

// Each name is compared with those before it in its object, and all of that is bounded.
BOOST_AUTO_TEST_CASE(too_many_members) {
  BOOST_TEST(ParseJson(ObjectOf(5'000)).size() == 5'000U);
  BOOST_TEST(ParseJson(ObjectOf(6'000)).is_discarded());
  BOOST_TEST(ParseJson(ObjectOf(1'000'000)).is_discarded());
  BOOST_TEST(ParseJson(ObjectOf(10, std::string(100'000, ':'))).size() == 10U);
  std::string siblings = "[" + ObjectOf(2'000);
  for (int i = 1; i < 8; ++i) siblings += "," + ObjectOf(2'000);
  BOOST_TEST(ParseJson(siblings + "]").size() == 8U);
  siblings += "," + ObjectOf(2'000);
  BOOST_TEST(ParseJson(siblings + "]").is_discarded());
  // Small objects do not add up.
  std::string many = "[{}";
  for (int i = 0; i < 100'000; ++i) many += R"(,{"a":1,"b":{"c":2,"d":3},"e":[{"f":4}]})";
  BOOST_TEST(ParseJson(many + "]").size() == 100'001U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::transport
