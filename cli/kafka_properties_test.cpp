#include "kafka_properties.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/testing/result_matchers.hpp"
#include "http/testing/certificates.hpp"

namespace cdiscount::cli {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::Succeeds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class KafkaPropertiesTest : public ::testing::Test {
 protected:
  std::string File(const std::string& name, const std::string& content) const {
    const auto path = (folder_.path() / name).string();
    std::ofstream(path) << content;
    return path;
  }
  const cdiscount::fakes::TemporaryDirectory folder_;
};

TEST_F(KafkaPropertiesTest, ComeFromAFileAndTheCommandLineWhichWins) {
  const auto secret = File("secret", "\xEF\xBB\xBFp=ss;w@rd\r\n");
  const auto file =
      File("kafka.properties", "# the cluster\n\nsecurity.protocol = sasl_ssl\r\nsasl.username=from file\n");

  const auto read = ReadKafkaProperties(file, {"sasl.username=claire", "sasl.password=file:" + secret});

  ASSERT_THAT(read, Succeeds());
  EXPECT_EQ(*read,
            (std::map<std::string, std::string>{
                {"security.protocol", "sasl_ssl"}, {"sasl.username", "claire"}, {"sasl.password", "p=ss;w@rd"}}));
}

TEST_F(KafkaPropertiesTest, SayWhatIsWrongWithoutAValue) {
  const auto line = ReadKafkaProperties(File("wrong", "a=b\nhunter2\n"), {});
  ASSERT_THAT(line, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(line.error().message, AllOf(HasSubstr("wrong:2 must be name=value"), Not(HasSubstr("hunter2"))));

  const auto missing = ReadKafkaProperties("", {"sasl.password=file:/no/such/file"});
  ASSERT_THAT(missing, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(missing.error().message, HasSubstr("sasl.password: the file /no/such/file does not exist"));

  EXPECT_THAT(ReadKafkaProperties(folder_.path().string(), {}), FailsWith(ErrorCode::kInvalidArgument)) << "a folder";
}

}  // namespace
}  // namespace cdiscount::cli
