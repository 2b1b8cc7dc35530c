#include "core/money.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace cdiscount {
namespace {

struct DecimalCase {
  std::string_view text;
  int digits;
  std::optional<std::int64_t> minor;
};

class ParseMinorUnitsTest : public ::testing::TestWithParam<DecimalCase> {};

TEST_P(ParseMinorUnitsTest, ReadsTheDecimalTextExactly) {
  EXPECT_EQ(ParseMinorUnits(GetParam().text, GetParam().digits), GetParam().minor) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ParseMinorUnitsTest,
    ::testing::Values(DecimalCase{"144.99", 2, 14499}, DecimalCase{"4.9", 2, 490}, DecimalCase{"0", 2, 0},
                      DecimalCase{"0.0", 2, 0}, DecimalCase{"-3", 2, -300}, DecimalCase{"1e2", 2, 10000},
                      DecimalCase{"1.5E+1", 2, 1500}, DecimalCase{"12345e-2", 2, 12345}, DecimalCase{"0.005", 2, 1},
                      DecimalCase{"0.0049", 2, 0}, DecimalCase{"-0.005", 2, -1}, DecimalCase{"9.995", 2, 1000},
                      DecimalCase{"0.00000001", 2, 0}, DecimalCase{"7", 0, 7}, DecimalCase{"1.2345", 3, 1235},
                      DecimalCase{"92233720368547758.07", 2, std::numeric_limits<std::int64_t>::max()},
                      DecimalCase{"92233720368547758.08", 2, std::nullopt}, DecimalCase{"1e300", 2, std::nullopt},
                      DecimalCase{"", 2, std::nullopt}, DecimalCase{".", 2, std::nullopt},
                      DecimalCase{"1.2.3", 2, std::nullopt}, DecimalCase{"12a", 2, std::nullopt},
                      DecimalCase{"1e", 2, std::nullopt}, DecimalCase{"NaN", 2, std::nullopt}));

TEST(Money, CentsThatADoubleCannotHoldAreKept) {
  EXPECT_EQ(ParseMinorUnits("90071992547409.93", 2), 9007199254740993);
}

TEST(Money, PrintsWhatItReads) {
  EXPECT_EQ(FormatMinorUnits(14499, 2), "144.99");
  EXPECT_EQ(FormatMinorUnits(-5, 2), "-0.05");
  EXPECT_EQ(FormatMinorUnits(7, 0), "7");
  EXPECT_EQ(FormatMinorUnits(std::numeric_limits<std::int64_t>::min(), 2), "-92233720368547758.08");
}

TEST(Money, KnowsTheCurrenciesWithoutHundredths) {
  EXPECT_EQ(MinorDigits("EUR"), 2);
  EXPECT_EQ(MinorDigits("JPY"), 0);
  EXPECT_EQ(MinorDigits("TND"), 3);
}

TEST(Decimal, HasOneTextForAllItsSpellings) {
  const std::pair<const char*, const char*> cases[] = {
      {"1500", "1500"},
      {"1500.00", "1500"},
      {"1.5e3", "1500"},
      {"15E+2", "1500"},
      {"0015", "15"},
      {"5.50", "5.5"},
      {"0.50", "0.5"},
      {"-0.0", "0"},
      {"-5.50", "-5.5"},
      {"55e-1", "5.5"},
      {"5e-3", "0.005"},
      {"0", "0"},
      {"12.5e1", "125"},
      {"", ""},
      {"n/a", "n/a"},
      {"1.2.3", "1.2.3"},
      {"1e400", "1e400"},
      {"1e", "1e"},
      {".", "."},
      {"+7", "7"},
      {"1.5e-2147483648", "1.5e-2147483648"},
      {"1.5e2147483647", "1.5e2147483647"},
  };
  for (const auto& [text, value] : cases) EXPECT_EQ(DecimalByValue(text), value) << text;
}

}  // namespace
}  // namespace cdiscount
