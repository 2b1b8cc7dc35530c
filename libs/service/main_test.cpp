#include "service/main.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "rpc/channel.hpp"
#include "rpc/server.hpp"
#include "service/admin_server.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::service {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

struct Settings {
  std::string greeting = "hi";
  std::string password;
  rpc::ServerOptions grpc{.port = 7102, .token_file = "test.token"};
  AdminOptions admin{.port = 7202};
  rpc::ChannelOptions auth{.target = "127.0.0.1:7101", .token_file = "auth.token"};

  void Describe(settings::Table& table) {
    table.Text("greeting", greeting, "What it says.");
    table.SecretText("password", password, "For a test.");
    grpc.Describe(table);
    admin.Describe(table);
    auth.Describe(table, "auth");
  }
  Status Check() const {
    if (greeting == "goodbye") return Error{ErrorCode::kInvalidArgument, "say hello instead", std::nullopt, "greeting"};
    return Ok();
  }
};

class MainTest : public ::testing::Test {
 protected:
  ~MainTest() override { std::filesystem::remove_all(folder_); }

  int Run(std::vector<std::string> arguments, const std::function<void(Host&)>& run) {
    arguments.insert(arguments.begin(), "test-service");
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    return Main(static_cast<int>(arguments.size()), argv.data(), "test-service", run);
  }
  std::string Config(const std::string& yaml) {
    const auto path = (folder_ / "config.yaml").string();
    std::ofstream(path) << yaml;
    return path;
  }

  const std::filesystem::path folder_ = [] {
    auto name = (std::filesystem::temp_directory_path() / "main-test-XXXXXX").string();
    return std::filesystem::path(mkdtemp(name.data()));
  }();
  fakes::CapturedLog captured_;
};

TEST_F(MainTest, GivesTheServiceItsSettingsAndExitsWithZero) {
  std::string greeting;
  std::uint16_t port = 0;

  const int code = Run({"--config", Config("greeting: hello\ngrpc.port: 5")}, [&](Host& host) {
    const auto settings = host.Load<Settings>();
    greeting = settings.greeting;
    port = settings.grpc.port;
    EXPECT_EQ(settings.auth.target, "127.0.0.1:7101");
    EXPECT_FALSE(settings.grpc.tls);
    host.Stop();
    host.RunUntilStopped();
  });

  EXPECT_EQ(code, 0);
  EXPECT_EQ(greeting, "hello");
  EXPECT_EQ(port, 5);
}

TEST_F(MainTest, ExitsWithTwoOnWrongSettingsAndNamesThem) {
  bool ran = false;
  const auto run = [&](Host& host) {
    host.Load<Settings>();
    ran = true;
  };

  EXPECT_EQ(Run({"--config", Config("greting: hello\npassword: hunter2\nauth.address: nowhere")}, run), 2);
  EXPECT_EQ(Run({"--config", Config("greeting: goodbye")}, run), 2);
  EXPECT_EQ(Run({"--config", (folder_ / "none.yaml").string()}, run), 2);
  EXPECT_EQ(Run({"--config", Config("greeting: ''")}, run), 2);

  EXPECT_FALSE(ran);
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("\"problem\":\"greting: unknown key")));
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("greeting: \\\"\\\" must not be empty")));
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("auth.address: \\\"nowhere\\\" must be host:port")));
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("\"problem\":\"greeting: say hello instead\"")));
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("none.yaml does not exist")));
  EXPECT_THAT(captured_.lines(), Not(Contains(HasSubstr("hunter2"))));
}

TEST_F(MainTest, ExitsWithTwoOnAConfigThatIsNoSettingsFile) {
  const auto utf16 = folder_ / "utf16.yaml";
  std::ofstream(utf16, std::ios::binary) << std::string("\xFF\xFEg\0r\0", 6);
  const std::pair<std::string, std::string> cases[] = {
      {folder_.string(), "is a folder"},
      {utf16.string(), "line 1: is not UTF-8; save the file as UTF-8"},
      {Config(std::string("greeting: hello\n\0grpc.port: 5\n", 30)), "line 2: holds U+0000"},
  };
  for (const auto& [path, problem] : cases) {
    EXPECT_EQ(Run({"--config", path}, [](Host& host) { host.Load<Settings>(); }), 2);
    EXPECT_THAT(captured_.lines(), Contains(HasSubstr(problem)));
  }
}

TEST_F(MainTest, TakesAnEmptyConfigForNone) {
  setenv("CDISCOUNT_TEST_SERVICE__GREETING", "hello", 1);

  EXPECT_EQ(Run({"--config", Config("")}, [](Host& host) { host.Load<Settings>(); }), 0);
  unsetenv("CDISCOUNT_TEST_SERVICE__GREETING");
}

TEST_F(MainTest, LeavesNoCoreDumpUnlessASettingAsksForOne) {
  const auto dumpable = [&](const std::string& yaml) {
    int seen = -1;
    EXPECT_EQ(Run({"--config", Config(yaml)},
                  [&](Host& host) {
                    host.Load<Settings>();
                    seen = prctl(PR_GET_DUMPABLE);
                  }),
              0);
    return seen;
  };

  EXPECT_EQ(dumpable("greeting: hello"), 0);
  EXPECT_EQ(dumpable("greeting: hello\nprocess.core_dumps: true"), 1);
}

TEST_F(MainTest, ExitsWithTwoWhenAListenerIsRefused) {
  const int code = Run({"--config", Config("greeting: hello\ngrpc.address: 0.0.0.0")}, [&](Host& host) {
    const auto settings = host.Load<Settings>();
    rpc::Server server(settings.grpc, {});
  });

  EXPECT_EQ(code, 2);
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("refusing to listen on 0.0.0.0 in plain text")));
}

TEST_F(MainTest, ReadsMutualTlsFromThreeFiles) {
  rpc::ServerOptions grpc;

  const int code =
      Run({"--config", Config("greeting: hello\ngrpc.tls: {certificate: a.pem, key: b.pem, peer_ca: c.pem}")},
          [&](Host& host) { grpc = host.Load<Settings>().grpc; });

  EXPECT_EQ(code, 0);
  ASSERT_TRUE(grpc.tls);
  EXPECT_EQ(grpc.tls->certificate_chain_file, "a.pem");
  EXPECT_EQ(grpc.tls->private_key_file, "b.pem");
  EXPECT_EQ(grpc.tls->peer_ca_file, "c.pem");
}

TEST_F(MainTest, ExitsWithOneWhenTheServiceFails) {
  EXPECT_EQ(Run({}, [](Host&) { throw std::runtime_error("the disk is full"); }), 1);
  EXPECT_EQ(Run({}, [](Host&) { throw BadResult(Error{ErrorCode::kUnavailable, "port 7102 is taken"}); }), 1);
  EXPECT_EQ(Run({},
                [](Host& host) {
                  host.Fail("a lane cannot go on");
                  host.RunUntilStopped();
                }),
            1);

  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("the disk is full")));
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("port 7102 is taken")));
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("a lane cannot go on")));
}

TEST_F(MainTest, PrintsSettingsAndManualWithoutStarting) {
  bool started = false;
  const auto run = [&](Host& host) {
    host.Load<Settings>();
    started = true;
  };

  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Run({"--print-settings", "--config", Config("greeting: hello\npassword: hunter2")}, run), 0);
  const auto settings = ::testing::internal::GetCapturedStdout();
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Run({"--print-settings-manual"}, run), 0);
  const auto manual = ::testing::internal::GetCapturedStdout();

  EXPECT_FALSE(started);
  EXPECT_THAT(settings, HasSubstr("password = ***"));
  EXPECT_THAT(settings, HasSubstr("log.level = info  (default)"));
  EXPECT_THAT(manual, HasSubstr("| `greeting` | text | `hi` |"));
  EXPECT_THAT(manual, HasSubstr("| `stop.grace` | duration | `20s` |"));
}

TEST_F(MainTest, ExplainsItselfAndRefusesAnUnknownFlag) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Run({"--help"}, [](Host&) {}), 0);
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("CDISCOUNT_TEST_SERVICE__A__KEY for a.key"));

  ::testing::internal::CaptureStderr();
  EXPECT_EQ(Run({"--loud"}, [](Host&) {}), 2);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("--loud"));
}

}  // namespace
}  // namespace cdiscount::service
