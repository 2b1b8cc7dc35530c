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
          .sales_channel_id = SalesChannelId{"CDISFR"},
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
          {"space in front", " Claire", "begins or ends with a space: remove it"},
          {"space behind", "Claire ", "begins or ends with a space: remove it"},
          {"line break", "Cla\nire", "control character: remove it"},
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
      [](NewAccount& account, std::string value) { account.sales_channel_id = SalesChannelId{std::move(value)}; });
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
          {"a space first", " abcdefgh", "begins with \" \""},
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
          {"the line break of a file", "s3cret\n", "line break: copy it again without"},
          {"a tab inside", "s3\tcret", "control character"},
          {"512 bytes", std::string(512, 's'), ""},
          {"513 bytes", std::string(513, 's'), "has 513 bytes"},
      },
      "octopia.client_secret",
      [](NewAccount& account, std::string value) { account.credentials.client_secret = Secret{std::move(value)}; });
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
