#include "http/message.hpp"

#include <gmock/gmock.h>

namespace cdiscount::http {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Headers, FindsAFieldWhateverItsCase) {
  Headers headers{{"Content-Type", "text/html"}};

  headers.Set("CONTENT-TYPE", "application/json");
  headers.Add("Link", "first");
  headers.Add("link", "second");

  EXPECT_EQ(headers.Get("content-type"), "application/json");
  EXPECT_EQ(headers.Get("Link"), "first");
  EXPECT_EQ(headers.Get("Content"), std::nullopt);
  EXPECT_EQ(std::distance(headers.begin(), headers.end()), 3);
}

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a b/c?d=é\n"), "a%20b%2Fc%3Fd%3D%C3%A9%0A");
}

TEST(PercentDecode, UndoesPercentEncode) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);

  EXPECT_EQ(PercentDecode(PercentEncode(every_byte)), every_byte);
}

TEST(PercentDecode, KeepsAMalformedEscapeAsItStands) {
  for (const auto* text : {"%", "%4", "%zz", "100%", "+"}) EXPECT_EQ(PercentDecode(text), text);
}

TEST(Query, IsReadAsItWasWritten) {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"sort", "asc:updatedAt"}, {"a b", "&=+%"}, {"e", ""}};

  EXPECT_EQ(EncodeQuery(pairs), "sort=asc%3AupdatedAt&a%20b=%26%3D%2B%25&e=");
  EXPECT_EQ(DecodeQuery(EncodeQuery(pairs)), pairs);
}

TEST(DecodeQuery, TakesAPlusForASpaceAndToleratesWhatIsOdd) {
  EXPECT_THAT(DecodeQuery("a=1+2&&flag&=x"), ElementsAre(Pair("a", "1 2"), Pair("flag", ""), Pair("", "x")));
}

}  // namespace
}  // namespace cdiscount::http
