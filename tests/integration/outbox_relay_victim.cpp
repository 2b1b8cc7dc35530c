// A service in small, made to be killed: appends versions of orders and runs an event relay over them.
//   outbox_relay_victim run   <database url> <kafka> <namespace> <orders>    until it is killed
//   outbox_relay_victim drain <database url> <kafka> <namespace>             until everything is published; then prints
//                                                                            one line "<order> <last version>" per
//                                                                            order
// VICTIM_LEASE_MS: how long a lane's lease lasts. VICTIM_REST_MS: the longest rest between two changes (10).
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "migrations/outbox.hpp"
#include "outbox/event_relay.hpp"
#include "outbox/outbox.hpp"
#include "outbox/relay/backlog.hpp"
#include "store/database.hpp"
#include "store/migrations.hpp"

namespace cdiscount {
namespace {

using namespace std::chrono_literals;

constexpr auto kTopic = "cdiscount.victim.events.v1";
constexpr auto kCopy = "cdiscount.victim.states.v1";

constexpr store::Migration kOrders[] = {
    {1, "orders", "CREATE TABLE victim_order (id TEXT PRIMARY KEY, version BIGINT NOT NULL);"}};
constexpr store::MigrationSet kSchema{"victim", kOrders};

/// Some orders change at once, as on a page of the marketplace: the new versions and their events in one transaction.
void ChangeOrders(store::Session& session, std::mt19937& random, int orders) {
  store::Transaction transaction(session);
  // In one order, so that no two replicas wait for each other.
  std::set<std::string> changed;
  for (auto changes = 1 + random() % 40; changes > 0; --changes) {
    changed.insert(fmt::format("order-{}", random() % static_cast<unsigned int>(orders)));
  }
  for (const auto& id : changed) {
    const auto version = transaction
                             .Query(
                                 "INSERT INTO victim_order (id, version) VALUES (:id, 1) ON CONFLICT (id) DO UPDATE "
                                 "SET version = victim_order.version + 1 RETURNING version",
                                 {{"id", id}})
                             .at(0)
                             .Int("version");
    outbox::Outbox{}
        .Append(transaction, {.topic = kTopic,
                              .key = id,
                              .version = version,
                              .type = "com.cdiscount-connect.victim.changed.v1",
                              .id = fmt::format("{}-{}", id, version),
                              .subject = id,
                              .time = SystemClock{}.Now(),
                              .traceparent = "",
                              .value = std::string(500, 'x')})
        .value();
  }
  transaction.Commit();
}

void Drain(store::Session& session, outbox::EventRelay& relay) {
  // The relay is a thread of its own that says nothing when it has published, so the table is asked, for 2 minutes at
  // most.
  for (auto asked = 0; outbox::Measure(session).rows > 0; ++asked) {
    relay.Ready().value();
    if (asked == 2400) throw std::runtime_error("rows are still unpublished after 2 minutes");
    std::this_thread::sleep_for(50ms);
  }
  for (const auto& row : session.Query("SELECT id, version FROM victim_order ORDER BY id")) {
    fmt::print("{} {}\n", row.Text("id"), row.Int("version"));
  }
}

std::chrono::milliseconds FromEnvironment(const char* name, std::chrono::milliseconds otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::chrono::milliseconds{std::atoi(value)};
}

/// Until it is killed. The database may be away meanwhile.
[[noreturn]] void ChangeForEver(store::Database& database, int orders) {
  const auto rest = static_cast<unsigned int>(FromEnvironment("VICTIM_REST_MS", 10ms).count());
  std::mt19937 random{std::random_device{}()};
  std::unique_ptr<store::Session> session;
  while (true) {
    try {
      if (!session) session = database.NewSession();
      ChangeOrders(*session, random, orders);
    } catch (const store::StoreError& error) {
      fmt::print(stderr, "{}\n", error.what());
      session.reset();
      std::this_thread::sleep_for(100ms);  // the back-off of a client whose database is away
    }
    // The load has this pace, so that kills and outages meet transactions at different instants.
    std::this_thread::sleep_for(std::chrono::milliseconds{random() % rest});
  }
}

int Run(const std::string& mode, const std::string& url, kafka::KafkaOptions kafka, int orders) {
  const auto database = store::Database::Open({.url = url}).value();
  store::Migrate(*database, migrations::Outbox()).value();
  store::Migrate(*database, kSchema).value();
  telemetry::Metrics metrics("victim");
  outbox::EventRelay relay(*database,
                           {.service = "victim",
                            .kafka = std::move(kafka),
                            .topics = {{.name = kTopic}, {.name = kCopy, .copy_of = kTopic, .compacted = true}},
                            .poll_period = 50ms,
                            .lease_ttl = FromEnvironment("VICTIM_LEASE_MS", 15s),
                            .trim_grace = 5s},
                           metrics);
  const std::jthread thread([&](const std::stop_token& stop) { relay.Run(stop); });
  if (mode != "drain") ChangeForEver(*database, orders);
  Drain(*database->NewSession(), relay);
  return 0;
}

}  // namespace
}  // namespace cdiscount

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("outbox_relay_victim run|drain <database url> <kafka> <namespace> [orders]\n", stderr);
    return 2;
  }
  try {
    return cdiscount::Run(argv[1], argv[2], {.bootstrap_servers = argv[3], .namespace_prefix = argv[4]},
                          argc > 5 ? std::atoi(argv[5]) : 100);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
