#include "core/secret.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace cdiscount {
namespace {

TEST(Secret, PrintsAsStars) {
  std::ostringstream out;
  out << Secret{"hunter2"} << " " << Pii{"Claire"};

  EXPECT_EQ(out.str(), "*** ***");
}

}  // namespace
}  // namespace cdiscount
