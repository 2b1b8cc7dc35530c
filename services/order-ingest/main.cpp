// order-ingest: takes orders from the marketplace, keeps each version once, and announces it on Kafka.
//
// This file is the service's table of contents. Data moves one way, top to bottom:
//     marketplace  ->  domain  ->  store + outbox  ->  Kafka
#include "service/main.hpp"

#include <boost/asio/post.hpp>

#include "accounts/auth_tokens.hpp"
#include "accounts/on_account.hpp"
#include "api/order_query_api.hpp"
#include "app/due_polls.hpp"
#include "app/ingest_orders.hpp"
#include "app/order_events.hpp"
#include "app/poll_log.hpp"
#include "inbox/follower.hpp"
#include "marketplace/authorised_orders.hpp"
#include "marketplace/rest/octopia_orders.hpp"
#include "migrations/inbox.hpp"
#include "migrations/order_ingest.hpp"
#include "migrations/outbox.hpp"
#include "outbox/event_relay.hpp"
#include "rows/accounts.hpp"
#include "rows/polls.hpp"
#include "rpc/channel.hpp"
#include "service/loop.hpp"
#include "service/open_database.hpp"
#include "settings.hpp"
#include "work/due_rows.hpp"

namespace cdiscount::order_ingest {

void Run(service::Host& host) {
  const auto settings = host.Load<Settings>();
  Metrics metrics{host.metrics()};

  // What this process keeps, and what it talks to.
  const auto box = settings.keys.Load();  // seals what must not be read at rest
  const auto database = service::OpenDatabase(host, settings.database,
                                              {migrations::Outbox(), migrations::Inbox(), migrations::OrderIngest()});
  const auto fingerprints = Fingerprints::Load(*database, box).value();                   // tells versions apart
  rpc::Channel auth{host.executor(), settings.auth, &host.metrics()};                     // the auth service
  accounts::AuthTokens tokens{auth, host.clock(), settings.marketplace.octopia.timeout};  //   gives access tokens
  http::Client web{host.executor(), settings.marketplace.client};                         // the marketplace
  marketplace::OctopiaOrders octopia{web, settings.marketplace.octopia};                  //   shows orders
  marketplace::AuthorisedOrders api{octopia, tokens};                                     //   to who has a token

  // What it does, in the order data moves.
  IngestOrders ingest{api, fingerprints, *database, box, host.clock(), settings.polling};  // marketplace -> rows
  outbox::EventRelay relay{*database, RelayFor(settings.kafka, box), host.metrics()};      // outbox      -> Kafka

  // What keeps it moving.
  rows::FreeLeasesOfTheDead(*database);
  PollLog log{metrics};
  const auto due = settings.polling.DueAccounts(settings.marketplace.octopia.timeout);
  work::DueRows polling{host.executor(), *database, host.clock(), due,
                        DuePolls(ingest, log, settings.polling.intervals, due.longest_run)};
  inbox::Follower following{*database,  // accounts topic -> our own table
                            {.service = "order-ingest",
                             .kafka = settings.kafka,
                             .topic = std::string(accounts::kTopic),
                             .reading = inbox::Reading::kWhole},
                            accounts::OnAccount(rows::SaveAccount),
                            host.metrics(),
                            [&] { boost::asio::post(host.executor(), [&] { polling.RowsChanged(); }); }};
  host.Spawn("polling", polling.Run());
  host.OnStop([&] { polling.Stop(); });
  host.SpawnThread("accounts", [&](std::stop_token stop) { following.Run(stop); });
  host.SpawnThread("event_relay", [&](std::stop_token stop) { relay.Run(stop); });

  // What it answers.
  service::SpawnLoop(host, {.name = "sync_figures", .period = std::chrono::seconds{10}},
                     [&] { return log.Measure(*database, host.clock()); });
  rpc::Calls calls{host.executor(), host.metrics()};
  OrderQueryApi query_api{calls, *database, box};  // orders, how the polling goes, what was set aside
  rpc::Server grpc{settings.grpc, query_api.apis()};
  host.Serve(grpc);
  service::AdminServer admin{host, settings.admin, {{"outbox", [&] { return relay.Ready(); }}}};

  host.RunUntilStopped();
}

}  // namespace cdiscount::order_ingest

int main(int argc, char** argv) {
  return cdiscount::service::Main(argc, argv, "order-ingest", cdiscount::order_ingest::Run);
}
