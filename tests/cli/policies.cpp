#include "tests/cli/policies.hpp"

namespace mlp {
namespace {

std::string Model(const std::string& name, const std::string& context, const std::string& more) {
  return "model " + name + " {\n  provider main\n  pin exact \"" + name + "-1\"\n  context " +
         context +
         ", output 64K\n  can text-input, text-output\n"
         "  price input $1/M, output $2/M\n  status active\n" +
         more + "}\n";
}

}  // namespace

std::string Catalog() {
  return "language 1\n"
         "provider main {\n  protocol openai\n"
         "  endpoint us, eu \"https://main.example/v1\"\n}\n" +
         Model("small", "200K", "  retires 2027-06-01\n") + Model("large", "200K", "") +
         Model("wide", "1M", "");
}

std::string Desk(const std::string& import, const std::string& rest) {
  return "language 1\n" + (import.empty() ? "" : "import \"" + import + "\"\n") + R"(
policy desk {
  version "1.2.0"
  owner   "team-desk"
  stage   development
  valid   2026-11-21 .. 2027-11-21
}

request {
  task    one of a, b
  tier    one of free, pro default pro
  tenant  text
  user    key
  input   tokens up to 400K
  output  tokens up to 16K
}

)" + rest +
         R"(
budget tenants when tier == free { limit $100 per day; per tenant; at 100% deny }
budget users { limit $10 per day; per user; at 100% deny }
)";
}

std::string SoundRoutes() {
  return "route first when task == a and input <= 100K { try large; else wide }\n"
         "route rest otherwise { try wide }\n";
}

}  // namespace mlp
