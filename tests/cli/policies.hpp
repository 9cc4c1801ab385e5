// The policies that the tests of the command line write to disk.
#pragma once

#include <string>

namespace mlp {

/// `language 1`, provider `main` in us and eu, and models `small` (retires 2027-06-01), `large` and
/// `wide`, where `wide` alone takes more than 200K tokens.
[[nodiscard]] std::string Catalog();

/// Policy `desk`, which imports `import`, with a request of task (a, b), tier (free, pro), tenant,
/// user, input and output, `rest` behind it, and budgets for the attributes that `rest` may leave
/// unused. Without an import it needs no other file, but `rest` then has to declare its models.
[[nodiscard]] std::string Desk(const std::string& import, const std::string& rest);

/// Two routes without a finding; needs Catalog().
[[nodiscard]] std::string SoundRoutes();

}  // namespace mlp
