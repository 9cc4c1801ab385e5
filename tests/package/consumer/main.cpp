// An outside program: decides one request by the compiled policy and says how, then makes the
// client that would carry it out.
#include <cstdio>
#include <string>

#include "greeter.mlp.h"
#include "mlp/client.hpp"

int main() {
  const greeter::Request request{.mood = greeter::Mood::hurried, .input = 200, .output = 50};
  const mlp::Decision decision = greeter::Decide(request);
  if (decision.outcome != mlp::DecisionOutcome::kServe || decision.count != 2) return 1;
  const mlp::Tables& tables = greeter::Policy().tables();
  const std::string route(tables.routes[decision.route].name);
  const std::string first(tables.models[decision.list()[0].model].name);
  const std::string second(tables.models[decision.list()[1].model].name);
  std::printf("route %s, first %s, then %s\n", route.c_str(), first.c_str(), second.c_str());
  const mlp::Client client(greeter::Policy());
  for (const std::string& warning : client.warnings())
    std::printf("warning: %s\n", warning.c_str());
  return 0;
}
