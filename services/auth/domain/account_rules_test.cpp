#include "domain/account_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cdiscount::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

NewAccount Good() {
  return {.name = "Boutique Claire",
          .seller_id = SellerId{"98979"},
          .sales_channel_id = ChannelId{"CDISFR"},
          .credentials = {ClientId{"claire-shop-1"}, Secret{"s3cret"}}};
}

TEST(AccountRules, AcceptAnAccountThatKeepsThem) {
  EXPECT_THAT(BrokenRules(Good()), IsEmpty());
}

TEST(AccountRules, TakeAnEmptySalesChannelForTheDefault) {
  auto account = Good();
  account.sales_channel_id = {};

  EXPECT_THAT(BrokenRules(account), IsEmpty());
}

struct Case {
  std::string title;
  std::string value;
  std::string says;  ///< Empty = allowed.
};

void Check(const std::vector<Case>& cases, const std::string& field, void (*set)(NewAccount&, std::string)) {
  for (const auto& c : cases) {
    SCOPED_TRACE(c.title);
    auto account = Good();
    set(account, c.value);
    if (c.says.empty()) {
      EXPECT_THAT(BrokenRules(account), IsEmpty());
    } else {
      EXPECT_THAT(BrokenRules(account),
                  ElementsAre(AllOf(Field(&Violation::field, field), Field(&Violation::text, HasSubstr(c.says)))));
    }
  }
}

TEST(AccountRules, NameEachBrokenRuleOfAName) {
  Check(
      {
          {"empty", "", "is empty: give the account a name"},
          {"only spaces", "   ", "is empty"},
          {"space in front", " Claire", "begins or ends with a space"},
          {"space behind", "Claire ", "begins or ends with a space"},
          {"line break", "Cla\nire", "U+000A, which cannot be seen, at position 4"},
          {"zero-width space", "Cla\xE2\x80\x8Bire", "U+200B, which cannot be seen, at position 4"},
          {"one character", "C", ""},
          {"accents count once", "é" + std::string(79, 'x'), ""},
          {"80 characters", std::string(80, 'x'), ""},
          {"81 characters", std::string(81, 'x'), "has 81 characters: shorten it to 80"},
      },
      "name", [](NewAccount& account, std::string value) { account.name = std::move(value); });
}

TEST(AccountRules, NameEachBrokenRuleOfASellerId) {
  Check(
      {
          {"empty", "", "is empty: give the seller's number"},
          {"a letter", "98a79", "holds \"a\": give the seller's number, digits only"},
          {"a space", "98 979", "holds \" \""},
          {"a no-break space",
           "98\xC2\xA0"
           "979",
           "U+00A0, which cannot be seen, at position 3"},
          {"leading zero", "098979", "without leading zeros"},
          {"18 digits", std::string(18, '9'), ""},
          {"19 digits", std::string(19, '9'), "has 19 digits"},
      },
      "seller_id", [](NewAccount& account, std::string value) { account.seller_id = SellerId{std::move(value)}; });
}

TEST(AccountRules, NameTheBrokenRuleOfASalesChannel) {
  Check(
      {
          {"another channel", "CDISIT", ""},
          {"lower case", "cdisfr", "2 to 20 capital letters and digits, for example CDISFR"},
          {"one letter", "C", "2 to 20"},
          {"punctuation", "CDIS-FR", "2 to 20"},
      },
      "sales_channel_id",
      [](NewAccount& account, std::string value) { account.sales_channel_id = ChannelId{std::move(value)}; });
}

// Client ids: 8-80 characters, a letter first, a letter or digit last, only letters, digits, spaces, dashes
// and
// @, no e-mail address.
TEST(AccountRules, NameEachBrokenRuleOfAClientId) {
  Check(
      {
          {"empty", "", "is empty: copy the client id"},
          {"7 characters", "abcdefg", "has 7 characters: it must have 8 to 80"},
          {"8 characters", "abcdefgh", ""},
          {"80 characters", std::string(80, 'a'), ""},
          {"81 characters", std::string(81, 'a'), "has 81 characters: it must have 8 to 80"},
          {"a digit first", "1abcdefgh", "begins with \"1\": it must begin with a letter"},
          {"a space first", " abcdefgh", "begins or ends with a space"},
          {"a zero-width space",
           "abcd\xE2\x80\x8B"
           "efgh",
           "U+200B, which cannot be seen, at position 5"},
          {"a digit last", "abcdefgh1", ""},
          {"a dash last", "abcdefgh-", "ends with \"-\": it must end with a letter or a digit"},
          {"spaces, dashes and @ inside", "My shop - one @ Cdiscount", ""},
          {"an underscore", "my_shop_one", "holds \"_\": only letters, digits, spaces, dashes and @"},
          {"an accent", "boutique-\xC3\xA9t\xC3\xA9-1", "holds the byte 0xc3"},
          {"an e-mail address", "claire@shop.fr", "is an e-mail address"},
          {"an e-mail address without a dot", "claire@localhost", "is an e-mail address"},
          {"two @ are no e-mail address", "claire@shop@one", ""},
      },
      "octopia.client_id",
      [](NewAccount& account, std::string value) { account.credentials.client_id = ClientId{std::move(value)}; });
}

TEST(AccountRules, NameEachBrokenRuleOfASecret) {
  Check(
      {
          {"empty", "", "is empty: copy the client secret"},
          {"the line break of a file", "s3cret\n", "a line break or another blank: copy it again without"},
          {"a tab inside", "s3\tcret", "U+0009, which cannot be seen, at position 3"},
          {"a no-break space inside",
           "s3\xC2\xA0"
           "cret",
           "U+00A0, which cannot be seen, at position 3"},
          {"a byte order mark inside",
           "s3\xEF\xBB\xBF"
           "cret",
           "U+FEFF, which cannot be seen, at position 3"},
          {"another encoding",
           "s3\xE9"
           "cret",
           "the byte 0xe9, which is not UTF-8, at position 3"},
          {"spaces inside", "s3 cret", ""},
          {"512 bytes", std::string(512, 's'), ""},
          {"513 bytes", std::string(513, 's'), "has 513 bytes"},
      },
      "octopia.client_secret",
      [](NewAccount& account, std::string value) { account.credentials.client_secret = Secret{std::move(value)}; });
}

TEST(AccountRules, TakeOffWhatAPasteAddsAtTheEnds) {
  for (const auto& [front, back] : std::vector<std::pair<std::string, std::string>>{{"", "\n"},
                                                                                    {"", "\r\n"},
                                                                                    {" ", "\t"},
                                                                                    {"\xEF\xBB\xBF", ""},
                                                                                    {"", "\xC2\xA0"},
                                                                                    {"\xE2\x80\x8B", "\xE2\x80\x8B"}}) {
    auto pasted = Good();
    pasted.name = front + pasted.name + back;
    pasted.seller_id = SellerId{front + pasted.seller_id.value() + back};
    pasted.sales_channel_id = ChannelId{front + pasted.sales_channel_id.value() + back};
    pasted.credentials.client_id = ClientId{front + pasted.credentials.client_id.value() + back};
    pasted.credentials.client_secret = Secret{front + pasted.credentials.client_secret.Reveal() + back};

    const auto cleaned = Cleaned(pasted);

    EXPECT_THAT(BrokenRules(cleaned), IsEmpty());
    EXPECT_EQ(cleaned.name, Good().name);
    EXPECT_EQ(cleaned.credentials, Good().credentials);
  }
}

TEST(AccountRules, NameAllBrokenFieldsAtOnce) {
  auto account = Good();
  account.name = "";
  account.seller_id = SellerId{"x"};
  account.credentials = {};

  const auto violations = BrokenRules(account);
  const auto error = AsError(violations);

  EXPECT_EQ(violations.size(), 4U);
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.field, "name");
  EXPECT_THAT(error.message, AllOf(HasSubstr("name is empty"), HasSubstr("; seller_id holds"),
                                   HasSubstr("; octopia.client_id is"), HasSubstr("; octopia.client_secret is")));
}

TEST(AccountRules, NeverQuoteTheSecret) {
  auto account = Good();
  account.credentials.client_secret = Secret{"hunter2\n"};

  EXPECT_THAT(AsError(BrokenRules(account)).message, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace cdiscount::auth
