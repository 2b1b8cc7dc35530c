#include <gtest/gtest.h>

#include "store/testing/test_database.hpp"

namespace cdiscount {
namespace {

// The suites that this is linked with choose their engine by the environment: none of them may pass on the other one.
TEST(ThisRun, IsOnPostgres) {
  ASSERT_EQ(fakes::EngineUnderTest(), store::Engine::kPostgres);
}

}  // namespace
}  // namespace cdiscount
