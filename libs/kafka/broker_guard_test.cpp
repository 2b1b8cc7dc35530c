// A cluster whose bootstrap server is of this machine, but whose brokers are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <string>
#include <thread>

#include "kafka/client_error.hpp"
#include "kafka/conf.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::kafka {
namespace {

using boost::asio::ip::tcp;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

void Append(std::string& text, std::int32_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>((static_cast<std::uint32_t>(value) >> static_cast<unsigned>(shift)) & 0xffU);
  }
}

void AppendText(std::string& text, std::string_view value) {
  Append(text, static_cast<std::int32_t>(value.size()), 2);
  text += value;
}

/// Answers Metadata requests of version 0: the topic "t" with one partition, whose leader is this host.
class BootstrapServer {
 public:
  explicit BootstrapServer(std::string leader) : leader_(std::move(leader)) {}
  ~BootstrapServer() { ::shutdown(acceptor_.native_handle(), SHUT_RDWR); }
  BootstrapServer(const BootstrapServer&) = delete;
  BootstrapServer& operator=(const BootstrapServer&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

 private:
  void Serve() {
    boost::system::error_code failed;
    while (!failed) {
      auto connection = acceptor_.accept(failed);
      boost::system::error_code ended = failed;
      while (!ended) Answer(connection, ended);
    }
  }

  void Answer(tcp::socket& connection, boost::system::error_code& ended) const {
    std::array<unsigned char, 12> head{};  // size, API, version, correlation id
    boost::asio::read(connection, boost::asio::buffer(head), ended);
    if (ended) return;
    const auto size = static_cast<std::size_t>(head[2]) * 256 + head[3];
    std::string rest(size - 8, '\0');
    boost::asio::read(connection, boost::asio::buffer(rest), ended);
    if (ended || head[5] != 3) return;
    std::string body(reinterpret_cast<const char*>(head.data()) + 8, 4);
    Append(body, 1, 4);  // brokers
    Append(body, 7, 4);
    AppendText(body, leader_);
    Append(body, 9092, 4);
    Append(body, 1, 4);  // topics
    Append(body, 0, 2);
    AppendText(body, "t");
    Append(body, 1, 4);  // partitions: error, id, leader, one replica, one in sync
    Append(body, 0, 2);
    for (const int number : {0, 7, 1, 7, 1, 7}) Append(body, number, 4);
    std::string answer;
    Append(answer, static_cast<std::int32_t>(body.size()), 4);
    boost::asio::write(connection, boost::asio::buffer(answer + body), ended);
  }

  const std::string leader_;
  boost::asio::io_context io_{1};
  tcp::acceptor acceptor_{io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  std::jthread thread_{[this] { Serve(); }};
};

/// The error of a producer whose leader does not answer.
Error Produce(const KafkaOptions& options) {
  const auto client = MakeClient(
      RD_KAFKA_PRODUCER, MakeConf(options, {{"api.version.request", "false"}, {"broker.version.fallback", "0.9.0.1"}}));
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client.get(), "t", nullptr);
  std::string value = "v";
  EXPECT_EQ(rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, value.data(), value.size(), nullptr, 0, nullptr), 0);
  const auto flushed = rd_kafka_flush(client.get(), 1500);
  rd_kafka_topic_destroy(topic);
  return MakeError("produce", flushed);
}

TEST(KafkaBrokerGuard, RefusesABrokerOfAnotherMachineThatTheClusterNames) {
  fakes::CapturedLog captured;
  const BootstrapServer cluster("192.0.2.1");

  const auto error = Produce({.bootstrap_servers = cluster.address()});

  EXPECT_THAT(error.message, AllOf(HasSubstr("192.0.2.1:9092"), HasSubstr("kafka.allow_plaintext")));
  EXPECT_THAT(captured.lines(), Contains(AllOf(HasSubstr("kafka_broker_refused"), HasSubstr("192.0.2.1:9092"))));
}

TEST(KafkaBrokerGuard, RefusesNoBrokerOfThisMachineAndNoneWhenTheRiskIsAccepted) {
  const BootstrapServer near("127.0.0.2"), far("192.0.2.9");

  const auto of_this_machine = Produce({.bootstrap_servers = near.address()});
  const auto accepted = Produce({.bootstrap_servers = far.address(), .allow_plaintext = true});

  EXPECT_EQ(of_this_machine.code, ErrorCode::kDeadlineExceeded);
  EXPECT_THAT(of_this_machine.message, Not(HasSubstr("127.0.0.2")));
  EXPECT_EQ(accepted.code, ErrorCode::kDeadlineExceeded);
  EXPECT_THAT(accepted.message, Not(HasSubstr("192.0.2.9")));
}

}  // namespace
}  // namespace cdiscount::kafka
