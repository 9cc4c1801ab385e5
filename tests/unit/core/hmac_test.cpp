// HMAC-SHA256 by the vectors of RFC 4231, section 4.
#include "runtime/core/hmac.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace mlp {
namespace {

struct Row {
  std::string key;
  std::string message;
  std::string digest;
};

BOOST_AUTO_TEST_CASE(hmac_agrees_with_rfc_4231) {
  std::string ascending;
  for (char c = 1; c <= 25; ++c) ascending += c;
  const std::string long_key(131, '\xAA');
  const Row rows[] = {
      {std::string(20, '\x0B'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xAA'), std::string(50, '\xDD'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {ascending, std::string(50, '\xCD'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {long_key, "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {long_key,
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const Row& row : rows) {
    BOOST_TEST(ToHex(HmacSha256(row.key, row.message)) == row.digest, row.message);
  }
}

BOOST_AUTO_TEST_CASE(hmac_of_the_truncated_vector) {
  const std::string whole = ToHex(HmacSha256(std::string(20, '\x0C'), "Test With Truncation"));
  BOOST_TEST(whole.substr(0, 32) == "a3b6167473100ee06e0c796c2955552b");
}

}  // namespace
}  // namespace mlp
