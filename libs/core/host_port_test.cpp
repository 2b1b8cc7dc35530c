#include "core/host_port.hpp"

#include <gtest/gtest.h>

namespace cdiscount {
namespace {

TEST(HostPort, IsReadInItsForms) {
  const struct {
    std::string_view text, host;
    std::uint16_t port;
  } cases[] = {{"broker:9092", "broker", 9092},
               {"127.0.0.1:1", "127.0.0.1", 1},
               {"[::1]:65535", "::1", 65535},
               {"a.b-c.example:443", "a.b-c.example", 443}};
  for (const auto& [text, host, port] : cases) {
    const auto parsed = ParseHostPort(text);

    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->host, host);
    EXPECT_EQ(parsed->port, port);
  }
}

TEST(HostPort, IsRefusedWhenNoServerCanListenThere) {
  for (const auto* text : {"", "broker", "broker:", ":9092", "broker:0", "broker:65536", "broker:99999", "broker:-1",
                           "broker:9092x", "::1:9092", "[]:1", "u:p@broker:9092", "http://broker:80", "a b:1"}) {
    EXPECT_FALSE(ParseHostPort(text)) << text;
  }
}

TEST(Loopback, IsThisMachineAlone) {
  for (const auto* host : {"localhost", "127.0.0.1", "127.8.8.8", "::1"}) EXPECT_TRUE(IsLoopback(host)) << host;
  for (const auto* host : {"", "broker", "0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example", "localhost.example"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace cdiscount
