#include "tests/unit/transport/other_shapes.hpp"

#include <nlohmann/json.hpp>

namespace mlp::transport_test {
namespace {

using Json = nlohmann::ordered_json;

void Replace(Json& place, const Json& root, std::vector<std::string>& texts) {
  static const Json kShapes[] = {Json::array(), "", 1, nullptr, Json::object()};
  for (const Json& shape : kShapes) {
    Json kept = shape;
    place.swap(kept);
    texts.push_back(root.dump());
    place.swap(kept);
  }
  if (!place.is_structured()) return;
  for (Json& inner : place) Replace(inner, root, texts);
}

}  // namespace

std::vector<std::string> OtherShapes(std::string_view text) {
  std::vector<std::string> texts;
  Json root = Json::parse(text, nullptr, false);
  if (!root.is_discarded()) Replace(root, root, texts);
  return texts;
}

std::string ManyMembers(std::size_t count) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    text += '"' + std::to_string(i) + "\":1";
  }
  return text + '}';
}

}  // namespace mlp::transport_test
