// Announcements of accounts as they come from the topic, on both engines.
#include "accounts/on_account.hpp"

#include <optional>
#include <string>
#include <vector>

#include "core/testing/result_matchers.hpp"
#include "inbox/inbox.hpp"
#include "migrations/inbox.hpp"
#include "store/testing/database_test.hpp"

namespace cdiscount::accounts {
namespace {

using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

events::v1::AccountEvent AnAccount(const std::string& id, std::int64_t version = 1) {
  events::v1::AccountEvent event;
  event.set_account_id(id);
  event.set_seller_id("98979");
  event.set_sales_channel_id("CDISFR");
  event.set_version(version);
  return event;
}

class OnAccountTest : public fakes::DatabaseTest {
 protected:
  OnAccountTest() : DatabaseTest({migrations::Inbox()}) {
    session_->ExecuteScript("CREATE TABLE saved (id {serial}, text TEXT NOT NULL)");
    inbox_.Begin(*session_, {0});
  }

  /// As they stand on the topic, from its beginning.
  inbox::Inbox::Applied Receive(const std::vector<std::optional<std::string>>& values) {
    std::vector<kafka::Message> messages;
    for (const auto& value : values) {
      messages.push_back({.topic = std::string(kTopic),
                          .partition = 0,
                          .offset = static_cast<std::int64_t>(messages.size()),
                          .timestamp = {},
                          .key = "account",
                          .value = value,
                          .headers = {}});
    }
    const auto applied = inbox_.Apply(*session_, messages);
    EXPECT_THAT(applied, Succeeds());
    return applied.value();
  }

  static void Save(store::Transaction& transaction, const events::v1::AccountEvent& event) {
    const auto text = event.account_id() + " v" + std::to_string(event.version()) + " of " + event.sales_channel_id();
    transaction.Execute("INSERT INTO saved (text) VALUES (:text)", {{"text", text}});
  }
  std::vector<std::string> Saved() { return Texts("SELECT text FROM saved ORDER BY id"); }

  std::unique_ptr<store::Session> session_ = database_->NewSession();
  inbox::Inbox inbox_{std::string(kTopic), inbox::Reading::kWhole, OnAccount(Save)};
};

TEST_F(OnAccountTest, HandsOnEachAnnouncementAsItComes) {
  Receive({AnAccount("a", 2).SerializeAsString(), AnAccount("b").SerializeAsString(),
           AnAccount("a", 1).SerializeAsString()});

  EXPECT_THAT(Saved(), ElementsAre("a v2 of CDISFR", "b v1 of CDISFR", "a v1 of CDISFR"))
      << "which one is older is seen by the service's own row";
}

TEST_F(OnAccountTest, StepsOverWhatIsNoAnnouncementAndTakesTheOthers) {
  auto without_seller = AnAccount("b");
  without_seller.clear_seller_id();

  const auto applied = Receive({AnAccount("a").SerializeAsString(), "\xff\xff", "", AnAccount("").SerializeAsString(),
                                without_seller.SerializeAsString(), AnAccount("c").SerializeAsString()});

  EXPECT_EQ(applied.unreadable, 4U);
  EXPECT_THAT(Saved(), ElementsAre("a v1 of CDISFR", "c v1 of CDISFR"));
}

TEST_F(OnAccountTest, StepsOverAnAnnouncementThatTheDatabaseNeverKeeps) {
  const auto applied =
      Receive({AnAccount(std::string("a\0", 2)).SerializeAsString(), AnAccount("b").SerializeAsString()});

  EXPECT_EQ(applied.unreadable, 1U);
  EXPECT_THAT(Saved(), ElementsAre("b v1 of CDISFR"));
}

TEST_F(OnAccountTest, ATombstoneChangesNothing) {
  const auto applied = Receive({std::nullopt});

  EXPECT_EQ(applied.handled, 1U);
  EXPECT_THAT(Saved(), IsEmpty());
}

TEST_F(OnAccountTest, AnAccountWithoutAChannelIsOfTheDefaultOne) {
  auto without = AnAccount("a");
  without.clear_sales_channel_id();
  auto unheard_of = AnAccount("b");
  unheard_of.set_sales_channel_id("CDISXX");

  Receive({without.SerializeAsString(), unheard_of.SerializeAsString()});

  EXPECT_THAT(Saved(), ElementsAre("a v1 of CDISFR", "b v1 of CDISXX")) << "a channel is not ours to judge";
}

}  // namespace
}  // namespace cdiscount::accounts
