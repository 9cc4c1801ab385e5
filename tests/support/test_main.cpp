// The main function of every Boost.Test executable, compiled once.
#define BOOST_TEST_MODULE mlp
#include <boost/test/unit_test.hpp>
