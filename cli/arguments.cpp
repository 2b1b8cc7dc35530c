#include "arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <sstream>

#include "words.hpp"

namespace cdiscount::cli {
namespace {

class Parser {
 public:
  Parser() {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.footer(
        "Exit codes: 0 done, 1 refused or failed, 2 wrong command line, 3 a server cannot be reached.\n"
        "Servers are found by flags, else CDISCOUNT_AUTH_ADDRESS, CDISCOUNT_ORDERS_ADDRESS, CDISCOUNT_KAFKA and\n"
        "CDISCOUNT_KAFKA_NAMESPACE, else the ./dev demo that runs beside this program, else the services' default "
        "ports\n"
        "on this machine. Without TLS a service wants its token: --token-file, else CDISCOUNT_AUTH_TOKEN_FILE or\n"
        "CDISCOUNT_ORDERS_TOKEN_FILE, else auth.token or order-ingest.token here. TLS: the flags, else "
        "CDISCOUNT_TLS_CERT,\n"
        "CDISCOUNT_TLS_KEY, CDISCOUNT_TLS_CA and CDISCOUNT_TLS_SERVER_NAME. Plain text goes to this machine alone.");
    app_.add_flag("--json", arguments_.json, "Print JSON, for programs");
    app_.add_option("--auth", arguments_.auth, "The auth service")->type_name("HOST:PORT");
    app_.add_option("--orders", arguments_.orders, "The order-ingest service")->type_name("HOST:PORT");
    app_.add_option("--kafka", arguments_.kafka, "Kafka's bootstrap servers")->type_name("HOST:PORT,...");
    app_.add_option("--kafka-namespace", arguments_.kafka_namespace, "What stands before each topic's name")
        ->type_name("TEXT");
    app_.add_option("--token-file", arguments_.token_file, "The token of a service without TLS")->type_name("FILE");
    app_.add_option("--tls-cert", arguments_.tls_certificate, "Our certificate, PEM; with a name that may call")
        ->type_name("FILE");
    app_.add_option("--tls-key", arguments_.tls_key, "Its key, PEM")->type_name("FILE");
    app_.add_option("--tls-ca", arguments_.tls_ca, "Who signed the services' certificates, PEM")->type_name("FILE");
    app_.add_option("--tls-server-name", arguments_.tls_server_name, "The name in their certificates, if not the host")
        ->type_name("NAME");
    app_.add_option("--kafka-property", arguments_.kafka_properties,
                    "A property of librdkafka, such as security.protocol=ssl; a value file:/path is read from there")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app_.add_option("--kafka-properties", arguments_.kafka_properties_file,
                    "More of them, one a line (else CDISCOUNT_KAFKA_PROPERTIES)")
        ->type_name("FILE");
    app_.add_flag("--kafka-allow-plaintext", arguments_.kafka_allow_plaintext,
                  "Read from Kafka on another machine unencrypted, though others on the way read along (else\n"
                  "CDISCOUNT_KAFKA_ALLOW_PLAINTEXT=true)");
    app_.add_option("--timeout", timeout_, "For each answer, in seconds")->type_name("S")->check(CLI::Range(1, 600));
    Accounts();
    Orders();
    Events();
    Add<PrintVersion>(app_, "version", "The version of this program");
  }

  std::variant<Arguments, Explanation> Parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    try {
      app_.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
      std::ostringstream out, err;
      const bool asked = app_.exit(error, out, err) == 0;
      const auto unknown = app_.remaining(true);
      const auto hint = asked || unknown.empty() ? "" : "Not understood: " + CLI::detail::join(unknown, " ") + "\n";
      return Explanation{asked ? kOk : kUsage, hint + out.str() + err.str()};
    }
    arguments_.timeout = std::chrono::seconds{timeout_};
    return arguments_;
  }

 private:
  /// A subcommand; its options write into the Command that it returns, which is taken when it is the one given.
  template <class T>
  std::pair<CLI::App*, std::shared_ptr<T>> Add(CLI::App& parent, const std::string& name, const std::string& about) {
    auto command = std::make_shared<T>();
    auto* app = parent.add_subcommand(name, about);
    app->callback([this, command] { arguments_.command = *command; });
    return {app, command};
  }

  static void Secret(CLI::App* app, SecretSource& secret) {
    auto* file =
        app->add_option("--secret-file", secret.file, "Read the client secret from this file")->type_name("FILE");
    app->add_flag("--secret-stdin", secret.standard_input, "Read the client secret from standard input")
        ->excludes(file);
  }

  void Accounts() {
    auto* account = app_.add_subcommand("account", "Sellers and the credentials to act for them");
    account->require_subcommand(1);
    const auto [add, adding] = Add<AccountAdd>(*account, "add", "Connect a seller; asks for the client secret");
    add->add_option("--name", adding->name, "Your own name for it, unique")->required();
    add->add_option("--seller", adding->seller_id, "The seller id at Cdiscount: digits")->required();
    add->add_option("--channel", adding->channel, "The sales channel (default CDISFR)");
    add->add_option("--client-id", adding->client_id, "The Octopia client id")->required();
    Secret(add, adding->secret);

    Add<AccountList>(*account, "list", "All accounts and their state");
    Named<AccountVerify>(*account, "verify", "Ask the marketplace whether the connection works");
    Named<AccountDisable>(*account, "disable", "Stop all traffic for an account");
    Named<AccountEnable>(*account, "enable", "Start it again");
    const auto [credentials, changing] =
        Named<AccountCredentials>(*account, "credentials", "Give an account other credentials");
    credentials->add_option("--client-id", changing->client_id, "The Octopia client id")->required();
    Secret(credentials, changing->secret);
  }

  template <class T>
  std::pair<CLI::App*, std::shared_ptr<T>> Named(CLI::App& parent, const std::string& name, const std::string& about) {
    auto added = Add<T>(parent, name, about);
    added.first->add_option("account", added.second->account, "Its name or id")->required();
    return added;
  }

  void Orders() {
    auto* orders = app_.add_subcommand("orders", "What order-ingest knows");
    orders->require_subcommand(1);
    const auto [list, listing] = Add<OrdersList>(*orders, "list", "Orders, the newest change first");
    list->add_option("--account", listing->account, "Only of this account (name or id)");
    list->add_option("--status", listing->status, "Only in this status")
        ->check(CLI::IsMember(OrderStatusWords(), CLI::ignore_case));
    list->add_option("--limit", listing->limit, "At most so many (default 50)")->check(CLI::Range(1, 100'000));
    const auto [show, showing] = Add<OrdersShow>(*orders, "show", "One order with its lines");
    show->add_option("order", showing->order_id, "The order id at the marketplace")->required();
    show->add_option("--seller", showing->seller_id, "When several sellers have an order of this id");
    show->add_option("--channel", showing->channel, "The sales channel (default CDISFR)");

    auto* unreadable = orders->add_subcommand("unreadable", "Orders that were set aside, and why");
    unreadable->require_subcommand(1);
    const auto [aside, naming] = Add<UnreadableList>(*unreadable, "list", "All of them, the newest first");
    aside->add_option("--account", naming->account, "Only of this account (name or id)");
    aside->add_option("--limit", naming->limit, "At most so many (default 50)")->check(CLI::Range(1, 100'000));
    const auto [one, looking] = Add<UnreadableShow>(*unreadable, "show", "One of them");
    one->add_option("account", looking->account, "Its account: name or id")->required();
    one->add_option("id", looking->id, "As the list names it")->required();
    one->add_flag("--raw", looking->raw, "Also the text itself: it holds personal data");

    auto* sync = app_.add_subcommand("sync", "How the polling of the marketplace goes");
    sync->require_subcommand(1);
    const auto [status, asking] = Add<SyncShow>(*sync, "show", "Per account: last poll, last error, cursor");
    status->add_option("--account", asking->account, "Only this account (name or id)");
  }

  void Events() {
    auto* events = app_.add_subcommand("events", "What stands on Kafka");
    events->require_subcommand(1);
    const auto [tail, tailing] = Add<EventsTail>(*events, "tail", "The newest events, decoded, with their headers");
    tailing->topic = "cdiscount.order.events.v1";
    tail->add_option("--topic", tailing->topic, "Topic without the namespace (default " + tailing->topic + ")");
    tail->add_flag("--from-beginning", tailing->from_beginning, "Everything that the topic holds");
    tail->add_flag("--follow,-f", tailing->follow, "Go on with what comes, until Ctrl-C");
    tail->add_option("--last", tailing->last, "How many of those that are there (default 10)")
        ->check(CLI::Range(0, 1'000'000));
    tail->add_option("--max", tailing->max, "End after so many events")->check(CLI::Range(1, 1'000'000'000));
  }

  CLI::App app_{"cdiscountctl: accounts, orders and events of cdiscount-connect", "cdiscountctl"};
  Arguments arguments_;
  int timeout_ = 10;
};

}  // namespace

std::variant<Arguments, Explanation> ParseArguments(const std::vector<std::string>& words) {
  return Parser().Parse(words);
}

}  // namespace cdiscount::cli
