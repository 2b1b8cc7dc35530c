#include "crypto/encoding.hpp"

#include <gtest/gtest.h>

namespace cdiscount::crypto {
namespace {

using namespace std::string_literals;

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Base64Decode(text), bytes);
  }
}

TEST(Base64, CarriesEveryByte) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);

  EXPECT_EQ(Base64Decode(Base64Encode(bytes)), bytes);
}

TEST(Base64, RefusesWhatIsNotExactlyBase64) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zg==\n", " Zg==", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm-_", "Z=g="}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
}

TEST(Hex, CarriesEveryByteAndReadsBothCases) {
  EXPECT_EQ(HexEncode("\x00\x7f\xff"s), "007fff");
  EXPECT_EQ(HexDecode("007fFF"), "\x00\x7f\xff"s);
  EXPECT_EQ(HexDecode("0"), std::nullopt);
  EXPECT_EQ(HexDecode("0g"), std::nullopt);
}

}  // namespace
}  // namespace cdiscount::crypto
