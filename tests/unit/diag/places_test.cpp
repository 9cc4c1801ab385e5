#include "compiler/diag/places.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(places)

BOOST_AUTO_TEST_CASE(every_pair_of_places_is_where_the_set_says) {
  SourceSet sources;
  sources.Add("a", "\xEF\xBB\xBFone \xC3\xA4\xF0\x9F\x98\x80 x\r\n\n\xFFtwo\n");
  sources.Add("b", "short");
  std::vector<Span> spans;
  for (FileId file = 0; file < sources.size(); ++file) {
    for (std::uint32_t byte = 0; byte < sources.text(file).size() + 3; ++byte)
      spans.push_back({file, byte, byte});
  }
  for (const Span& first : spans) {
    for (const Span& second : spans) {
      Places places(sources);
      (void)places.Locate(first.file, first.begin);
      const LineColumn place = places.Locate(second.file, second.begin);
      const LineColumn expected = sources.Locate(second.file, second.begin);
      BOOST_TEST((place.line == expected.line && place.column == expected.column),
                 second.file << ':' << second.begin << " after " << first.begin);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
