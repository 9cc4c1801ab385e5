#include "runtime/core/sha256.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "mlp/decide.hpp"
#include "runtime/core/bucket.hpp"
#include "runtime/core/sha256_x86.hpp"
#include "runtime/core/split_mix.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(sha256)

BOOST_AUTO_TEST_CASE(published_vectors) {
  // FIPS 180-4 examples and the NIST test vectors for SHA-2.
  struct Row {
    std::string text;
    std::string_view hex;
  };
  const Row rows[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmn"
       "o"
       "pqrsmnopqrstnopqrstu",
       "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const Row& row : rows) BOOST_TEST(ToHex(Sha256(row.text)) == row.hex);
}

BOOST_AUTO_TEST_CASE(any_pieces_give_the_same_digest) {
  // Every length around the two block limits, cut at every place.
  std::string text;
  for (int i = 0; i < 140; ++i) text += static_cast<char>('!' + i % 90);
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string_view whole = std::string_view(text).substr(0, size);
    const std::string expected = ToHex(Sha256(whole));
    for (std::size_t cut = 0; cut <= size; cut += 7) {
      Sha256Hasher hasher;
      hasher.Update(whole.substr(0, cut)).Update(whole.substr(cut));
      BOOST_REQUIRE_EQUAL(ToHex(hasher.Finish()), expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_processors_instructions_agree_with_the_definition) {
  if (!HasSha256Instructions()) {
    BOOST_TEST_MESSAGE("this processor has none");
    return;
  }
  SplitMix64 random(20'261'121);
  std::array<std::uint32_t, 8> plain{};
  std::array<std::uint8_t, 64> block{};
  for (auto& word : plain) word = static_cast<std::uint32_t>(random());
  for (int round = 0; round < 20'000; ++round) {
    for (auto& byte : block) byte = static_cast<std::uint8_t>(random());
    auto quick = plain;
    CompressWithInstructions(quick, block.data());
    CompressSha256(plain, block.data());
    BOOST_REQUIRE(quick == plain);
  }
}

BOOST_AUTO_TEST_CASE(two_texts_side_by_side_are_each_by_itself) {
  SplitMix64 random(7);
  for (std::size_t blocks = 0; blocks < 40; ++blocks) {
    std::string one(blocks * kSha256BlockSize, '\0');
    for (char& byte : one) byte = static_cast<char>(random());
    std::string other = one;
    if (!other.empty()) other[random() % other.size()] ^= 1;
    const auto states = Sha256SideBySide(one, other);
    const auto alone = [](const std::string& text) {
      std::array<std::uint32_t, 8> state = kSha256Start;
      for (std::size_t at = 0; at < text.size(); at += kSha256BlockSize) {
        CompressSha256(state, reinterpret_cast<const std::uint8_t*>(text.data() + at));
      }
      return state;
    };
    BOOST_REQUIRE(states[0] == alone(one));
    BOOST_REQUIRE(states[1] == alone(other));
    BOOST_REQUIRE((states[0] == states[1]) == (blocks == 0));
  }
}

BOOST_AUTO_TEST_CASE(bucket_vectors) {
  BOOST_TEST(Bucket("r1", "user-1") == 517905U);
  BOOST_TEST(Bucket("r1", "user-2") == 921908U);
  BOOST_TEST(Bucket("r2", "user-1") == 679051U);
  BOOST_TEST(ToHex(Sha256(std::string_view("mlp1\0r1\0user-1", 14))).substr(0, 16) ==
             "8495715d84f69e00");
}

BOOST_AUTO_TEST_CASE(a_salt_in_pieces_is_the_joined_salt) {
  BOOST_TEST(BucketOfPieces({"support", "/", "0"}, "u") == Bucket("support/0", "u"));
  BOOST_TEST(BucketOfPieces({"", "r1"}, "user-1") == 517905U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
