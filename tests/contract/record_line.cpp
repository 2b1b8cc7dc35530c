#include "record_line.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <utility>

#include "app/due_polls.hpp"
#include "app/order_events.hpp"
#include "app/order_page.hpp"
#include "app/save_page.hpp"
#include "cdiscount/events/v1/order_event.pb.h"
#include "cdiscount/events/v1/order_recipients.pb.h"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "crypto/encoding.hpp"
#include "crypto/testing/key_file.hpp"
#include "marketplace/rest/orders_json.hpp"
#include "marketplace/testing/fake_api.hpp"
#include "migrations/order_ingest.hpp"
#include "migrations/outbox.hpp"
#include "outbox/relay/batch.hpp"
#include "outbox/relay/publisher.hpp"
#include "rows/accounts.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::contract {
namespace {

using namespace order_ingest;
using namespace std::chrono_literals;
using fakes::RunTask;
using fakes::Succeeds;

/// The database's clock.
constexpr SysTime kStoredAt = std::chrono::sys_days{std::chrono::year{2026} / 10 / 7} + 12h;

std::unique_ptr<google::protobuf::Message> MessageOf(const std::string& topic) {
  if (topic == kRecipientsTopic) return std::make_unique<events::v1::OrderRecipients>();
  return std::make_unique<events::v1::OrderEvent>();
}

}  // namespace

struct RecordLine::Parts {
  fakes::TestDatabase place;
  std::unique_ptr<store::Database> database =
      store::Database::Open({.url = place.url(), .now = [] { return kStoredAt; }}).value();
  fakes::KeyFile key;
  crypto::SealedBox box = *crypto::SealedBox::Load(key.path());
  boost::asio::io_context io{1};
  fakes::FakeOrdersApi api;
  Fingerprints fingerprints{Secret{"a key"}};
  AccountLease lease;
};

RecordLine::RecordLine() : parts_(std::make_unique<Parts>()) {
  auto& parts = *parts_;
  store::Migrate(*parts.database, migrations::Outbox()).value();
  store::Migrate(*parts.database, migrations::OrderIngest()).value();
  events::v1::AccountEvent account;
  account.set_account_id("account-1");
  account.set_name("Lamps");
  account.set_seller_id("98979");
  account.set_sales_channel_id("CDISFR");
  account.set_state(events::v1::ACCOUNT_STATE_ENABLED);
  account.set_version(1);
  account.set_generation(1);
  const auto claim = [&](store::Transaction& transaction) {
    rows::SaveAccount(transaction, account);
    return ClaimDue(transaction, {.owner = "poller-1", .ttl = 10min}).rows.at(0);
  };
  parts.lease = RunTask(parts.io, parts.database->Run(claim)).value();
  parts.lease.who.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
}

RecordLine::~RecordLine() = default;

void RecordLine::Take(const std::string& body) {
  auto& parts = *parts_;
  const auto answer = marketplace::rest::ReadOrdersPage(body);
  ASSERT_THAT(answer, Succeeds());
  parts.api.list.ThenReturns(*answer);
  const auto page = RunTask(parts.io, FetchPage(parts.api, parts.fingerprints, parts.lease.who, {}));
  ASSERT_THAT(page, Succeeds());
  const PageToSave save{.orders = page->orders, .unreadable = page->unreadable};
  const auto saved = RunTask(parts.io, SavePage(*parts.database, parts.box, parts.fingerprints, parts.lease, save));
  ASSERT_THAT(saved, Succeeds());
}

std::vector<kafka::Record> RecordLine::Records() {
  const auto options = RelayFor({}, parts_->box);
  const auto session = parts_->database->NewSession();
  std::multimap<std::pair<std::string, std::int32_t>, kafka::Record> by_place;  // keeps the order of its sequences
  for (const auto& lane : session->Query("SELECT DISTINCT lane FROM outbox_lane ORDER BY lane")) {
    outbox::LaneStore store(*session, static_cast<int>(lane.Int(0)), "the relay", 10min);
    EXPECT_TRUE(store.Claim(false));
    EXPECT_THAT(store.Streams(options.topics), Succeeds());
    const auto numbered = store.Number({}, 1000);
    EXPECT_THAT(numbered, Succeeds());
    std::vector<outbox::WaitingStream> waiting;
    for (const auto& [stream, counter] : *numbered) waiting.push_back({stream, 0});
    const auto batch = outbox::ReadBatch(store, *session, options, waiting);
    EXPECT_THAT(batch.unreadable, ::testing::IsEmpty());
    for (const auto& row : batch.rows) {
      for (auto& record : outbox::ToRecords(options, row)) {
        by_place.emplace(std::pair(record.topic, record.partition), std::move(record));
      }
    }
  }
  std::vector<kafka::Record> records;
  for (auto& [place, record] : by_place) records.push_back(std::move(record));
  return records;
}

std::string TextOf(const kafka::Record& record) {
  auto text = fmt::format("==== {} [{}]\nkey: {}\n", record.topic, record.partition, record.key);
  for (const auto& [name, value] : record.headers) text += fmt::format("{}: {}\n", name, value);
  if (!record.value) return text + "\nno value: a tombstone\n";
  text += fmt::format("\n{} bytes:\n", record.value->size());
  constexpr std::size_t kBytesOfALine = 60;
  for (std::size_t i = 0; i < record.value->size(); i += kBytesOfALine) {
    text += "  " + crypto::HexEncode(std::string_view(*record.value).substr(i, kBytesOfALine)) + "\n";
  }
  const auto message = MessageOf(record.topic);
  EXPECT_TRUE(message->ParseFromString(*record.value));
  google::protobuf::TextFormat::Printer printer;
  printer.SetInitialIndentLevel(1);
  std::string said;
  EXPECT_TRUE(printer.PrintToString(*message, &said));
  return text + "\nwhich say:\n" + said;
}

}  // namespace cdiscount::contract
