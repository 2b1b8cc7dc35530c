// cdiscount-auth: keeps the accounts, gives every service one access token per client id, and announces each account on
// Kafka.
//
// This file is the service's table of contents. Data moves one way, top to bottom:
//     people, over gRPC  ->  domain  ->  store + outbox  ->  Kafka
#include <random>

#include "api/auth_api.hpp"
#include "app/account_events.hpp"
#include "app/count_accounts.hpp"
#include "crypto/uuid.hpp"
#include "marketplace/rest/octopia_sellers.hpp"
#include "marketplace/rest/octopia_tokens.hpp"
#include "metrics.hpp"
#include "migrations/auth.hpp"
#include "migrations/outbox.hpp"
#include "outbox/event_relay.hpp"
#include "service/loop.hpp"
#include "service/main.hpp"
#include "service/open_database.hpp"
#include "settings.hpp"

namespace cdiscount::auth {

void Run(service::Host& host) {
  const auto settings = host.Load<Settings>();
  Metrics metrics{host.metrics()};

  // What this process keeps, and what it talks to.
  const auto box = settings.keys.Load();  // seals secrets and tokens
  const auto database =                   // SQLite or PostgreSQL, own threads
      service::OpenDatabase(host, settings.database, {migrations::Outbox(), migrations::Auth()});
  http::Client web{host.executor(), settings.marketplace.client};             // the marketplace
  marketplace::OctopiaTokens token_api{web, settings.marketplace.octopia};    //   its token realm
  marketplace::OctopiaSellers seller_api{web, settings.marketplace.octopia};  //   its sellers

  // What it does, in the order data moves.
  ChangeAccounts change{*database, box, [] { return AccountId{crypto::UuidV4()}; }};  // domain -> store + outbox
  std::mt19937_64 random{std::random_device{}()};
  const auto jitter = [&] { return std::generate_canonical<double, 32>(random); };
  IssueTokens tokens{*database, box, token_api, metrics, host.clock(), jitter, {.limits = settings.Tokens()}};
  VerifyConnection verify{*database, tokens, seller_api, metrics};                // a token, then the seller
  outbox::EventRelay relay{*database, RelayFor(settings.kafka), host.metrics()};  // outbox -> Kafka

  // What keeps it moving.
  host.SpawnThread("event_relay", [&](std::stop_token stop) { relay.Run(stop); });
  service::SpawnLoop(host, {.name = "count_accounts", .period = std::chrono::seconds{30}},
                     [&] { return CountAccounts(*database, metrics); });

  // What it answers.
  rpc::Calls calls{host.executor(), host.metrics()};
  AuthApi api{calls, *database, change, tokens, verify};  // AccountService, TokenService
  rpc::Server grpc{settings.grpc, api.apis()};
  host.Serve(grpc);
  service::AdminServer admin{host, settings.admin, {{"outbox", [&] { return relay.Ready(); }}}};

  host.RunUntilStopped();
}

}  // namespace cdiscount::auth

int main(int argc, char** argv) {
  return cdiscount::service::Main(argc, argv, "auth", cdiscount::auth::Run);
}
