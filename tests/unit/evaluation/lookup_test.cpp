// Results are found below the naming file's folder or a root, and nowhere else.
#include "compiler/evaluation/lookup.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

namespace mlp::compiler {
namespace {

/// Files by path; `links` are what some paths are in truth.
class MapReader : public FileReader {
 public:
  std::optional<std::string> Read(const std::string& path) override {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  std::string Identity(const std::string& path) override {
    const auto link = links.find(path);
    return link != links.end() ? link->second : "/work/" + path;
  }
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> links;
};

BOOST_AUTO_TEST_SUITE(lookup)

BOOST_AUTO_TEST_CASE(a_path_stays_below_its_folder) {
  for (const char* inside : {"a.json", "evals/a.json", "evals/../a.json", "./a.json", "..a/b"}) {
    BOOST_TEST(StaysBelow(inside), inside);
  }
  for (const char* outside : {"/etc/a.json", "../a.json", "a/../../b.json", "..", ""}) {
    BOOST_TEST(!StaysBelow(outside), outside);
  }
}

BOOST_AUTO_TEST_CASE(folders_are_asked_in_their_order) {
  MapReader reader;
  reader.files = {{"desk/a.json", "beside"}, {"roots/a.json", "root"}, {"roots/b.json", "root b"}};
  const auto beside = FindBelow(reader, {"desk", "roots"}, "a.json");
  BOOST_REQUIRE(beside);
  BOOST_TEST(beside->text == "beside");
  const auto other = FindBelow(reader, {"desk", "roots"}, "x/../b.json");
  BOOST_REQUIRE(other);
  BOOST_TEST(other->path == "roots/b.json");
  BOOST_TEST(other->folder == "roots");
  BOOST_TEST(!FindBelow(reader, {"desk", "roots"}, "c.json"));
}

BOOST_AUTO_TEST_CASE(a_link_does_not_lead_out) {
  MapReader reader;
  reader.files = {{"desk/a.json", "secret"}, {"desk/b.json", "linked inside"}};
  reader.links = {
      {"desk", "/work/desk"}, {"desk/a.json", "/etc/a"}, {"desk/b.json", "/work/desk/x"}};
  BOOST_TEST(!FindBelow(reader, {"desk"}, "a.json"));
  BOOST_TEST(FindBelow(reader, {"desk"}, "b.json").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
