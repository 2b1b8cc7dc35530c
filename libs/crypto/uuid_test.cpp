#include "crypto/uuid.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace cdiscount::crypto {
namespace {

using ::testing::MatchesRegex;

constexpr std::string_view kDns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

TEST(UuidV5, GivesTheIdsThatOthersGive) {
  EXPECT_EQ(UuidV5(kDns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  EXPECT_EQ(UuidV5(kDns, "python.org"), "886313e1-3b8a-5372-9b90-0c9aee199e5d");
}

TEST(UuidV5, RefusesANamespaceThatIsNoUuid) {
  EXPECT_THROW(UuidV5("orders", "A-1"), std::runtime_error);
  EXPECT_THROW(UuidV5("6ba7b8109dad11d180b400c04fd430c8----", "A-1"), std::runtime_error);
}

TEST(UuidV4, IsRandomAndMarkedAsSuch) {
  const auto first = UuidV4();

  EXPECT_THAT(first, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(first, UuidV4());
}

}  // namespace
}  // namespace cdiscount::crypto
