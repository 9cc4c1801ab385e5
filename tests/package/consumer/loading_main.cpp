#include <cstdio>

#include "mlp/loader.hpp"

int main(int, char** arguments) {
  const auto policy = mlp::LoadPolicy(arguments[1]);
  if (!policy) {
    std::fputs(policy.error().context.c_str(), stderr);
    return 1;
  }
  std::printf("loaded %s with %zu routes\n", (*policy)->tables().name.data(),
              (*policy)->tables().routes.size());
}
