#include <fmt/format.h>

#include "cdiscount/auth/v1/account_service.grpc.pb.h"
#include "commands.hpp"
#include "core/unicode.hpp"
#include "remote.hpp"
#include "secret_input.hpp"
#include "show_accounts.hpp"
#include "show_events.hpp"

namespace cdiscount::cli {
namespace {

namespace pb = cdiscount::auth::v1;
using Methods = class pb::AccountService::Stub::async;
using Accounts = Remote<pb::AccountService>;

constexpr int kPage = 500;

int FailAt(const Context& context, Error error) {
  return context.Fail(ProblemWith(context.addresses.auth, "auth", std::move(error)));
}

int PrintAccount(const Context& context, const google::protobuf::Message& response, const pb::Account& account,
                 const std::string& what) {
  context.streams.out << (context.arguments.json ? MessageJson(response) : ShowChange(account, what));
  return kOk;
}

/// Says first where it will go. With --json standard error is for one object alone.
Result<Secret> ClientSecret(const Context& context, const SecretSource& source) {
  const auto& auth = context.addresses.auth;
  if (!context.arguments.json) {
    context.streams.err << fmt::format("The client secret goes to auth at {} (from {}), {}.\n", auth.target,
                                       auth.source,
                                       context.addresses.tls ? "over TLS" : "in plain text on this machine");
  }
  return ReadSecret(source, context.streams.in, "Client secret");
}

}  // namespace

int Do(const Context& context, const AccountAdd& command) {
  Accounts accounts(context.addresses.ChannelTo(context.addresses.auth), context.arguments.timeout);
  const auto secret = ClientSecret(context, command.secret);
  if (!secret) return context.Fail({secret.error(), kUsage});
  pb::CreateAccountRequest request;
  request.set_name(command.name);
  request.set_seller_id(command.seller_id);
  request.set_sales_channel_id(command.channel);
  request.mutable_octopia()->set_client_id(command.client_id);
  request.mutable_octopia()->set_client_secret(secret->Reveal());
  const auto response = accounts.Ask(&Methods::CreateAccount, std::move(request));
  if (!response) return FailAt(context, response.error());
  PrintAccount(context, *response, response->account(), "was added");
  if (!context.arguments.json) {
    context.streams.out << fmt::format("See whether it works: cdiscountctl account verify \"{}\"\n",
                                       EscapeInvisible(response->account().name()));
  }
  return kOk;
}

int Do(const Context& context, const AccountCredentials& command) {
  Accounts accounts(context.addresses.ChannelTo(context.addresses.auth), context.arguments.timeout);
  const auto secret = ClientSecret(context, command.secret);
  if (!secret) return context.Fail({secret.error(), kUsage});
  pb::ReplaceCredentialsRequest request;
  request.set_account(command.account);
  request.mutable_octopia()->set_client_id(command.client_id);
  request.mutable_octopia()->set_client_secret(secret->Reveal());
  const auto response = accounts.Ask(&Methods::ReplaceCredentials, std::move(request));
  if (!response) return FailAt(context, response.error());
  return PrintAccount(context, *response, response->account(), "has new credentials");
}

int Do(const Context& context, const AccountList&) {
  Accounts accounts(context.addresses.ChannelTo(context.addresses.auth), context.arguments.timeout);
  pb::ListAccountsRequest request;
  request.set_page_size(kPage);
  pb::ListAccountsResponse all;
  do {
    const auto page = accounts.Ask(&Methods::ListAccounts, request);
    if (!page) return FailAt(context, page.error());
    all.MergeFrom(*page);
    request.set_page_token(page->accounts().empty() ? "" : page->next_page_token());
  } while (!request.page_token().empty());
  all.clear_next_page_token();
  context.streams.out << (context.arguments.json ? MessageJson(all) : ShowAccounts(all, context.width));
  return kOk;
}

int Do(const Context& context, const AccountVerify& command) {
  pb::VerifyConnectionRequest request;
  request.set_account(command.account);
  Accounts accounts(context.addresses.ChannelTo(context.addresses.auth), context.arguments.timeout);
  const auto response = accounts.Ask(&Methods::VerifyConnection, std::move(request));
  if (!response) return FailAt(context, response.error());
  context.streams.out << (context.arguments.json ? MessageJson(*response) : ShowVerdict(command.account, *response));
  return response->outcome() == pb::CONNECTION_OUTCOME_CONNECTED ? kOk : kRefused;
}

int Do(const Context& context, const AccountDisable& command) {
  pb::DisableAccountRequest request;
  request.set_account(command.account);
  Accounts accounts(context.addresses.ChannelTo(context.addresses.auth), context.arguments.timeout);
  const auto response = accounts.Ask(&Methods::DisableAccount, std::move(request));
  if (!response) return FailAt(context, response.error());
  return PrintAccount(context, *response, response->account(), "is disabled: no call is made for it");
}

int Do(const Context& context, const AccountEnable& command) {
  pb::EnableAccountRequest request;
  request.set_account(command.account);
  Accounts accounts(context.addresses.ChannelTo(context.addresses.auth), context.arguments.timeout);
  const auto response = accounts.Ask(&Methods::EnableAccount, std::move(request));
  if (!response) return FailAt(context, response.error());
  return PrintAccount(context, *response, response->account(), "is enabled");
}

}  // namespace cdiscount::cli
