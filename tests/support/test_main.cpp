// The main function of every Boost.Test executable, compiled once.
#define BOOST_TEST_MODULE mlp
#include <boost/test/unit_test.hpp>

#if defined(__SANITIZE_THREAD__)
// The library of vectors locks its links in pairs of any order; the index lets one thread in.
extern "C" const char* __tsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "deadlock:hnswlib::\n";
}
#endif
