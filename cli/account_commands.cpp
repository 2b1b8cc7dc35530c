#include "cdiscount/auth/v1/account_service.pb.h"
#include "command.hpp"

namespace cdiscount::cli {
namespace {

namespace pb = cdiscount::auth::v1;

const Flag kAccount{"account", "account", "Its name or id"};
const Flag kClientId{"--client-id", "octopia.client_id", "The Octopia client id", Need::kRequired};
const Flag kClientSecret{
    .name = "client secret", .field = "octopia.client_secret", .help = "Client secret", .need = Need::kSecret};

const std::string kOutcome =
    "{request.account}: {?outcome=UNREACHABLE}the marketplace cannot be reached||"
    "{request.account}: {?outcome=WRONG_SECRET}wrong client id or secret||"
    "{request.account}: {?outcome=NOT_LINKED}the client id is not linked to this seller||"
    "{request.account}: {?outcome=QUOTA_SPENT}the call quota is used up||"
    "{request.account}: {?outcome=SELLER_NOT_ACTIVE}the seller is not active||"
    "{request.account}: {outcome:words}";
const std::string kAutoAccept =
    "  {?outcome=CONNECTED}{?auto_accept_orders}Auto-accept   on||"
    "  {?outcome=CONNECTED}Auto-accept   off: new orders wait for acceptance";

std::vector<View> Changed(const std::string& what) {
  return {{.lines = {"Account {account.name} " + what + " (seller {account.seller_id}, {account.sales_channel_id}, " +
                     "{account.state:words}; id {account.account_id})."}}};
}

}  // namespace

std::vector<Command> AccountCommands() {
  auto added = Changed("was added");
  added[0].lines.emplace_back("See whether it works: cdiscountctl account verify \"{account.name}\"");
  return {
      {.name = "account add",
       .help = "Connect a seller; asks for the client secret",
       .example = "--name shop --seller 98979 --client-id \"our client\"",
       .request = &pb::CreateAccountRequest::default_instance(),
       .flags = {{"--name", "name", "Your own name for it, unique", Need::kRequired},
                 {"--seller", "seller_id", "The seller id at Cdiscount: digits", Need::kRequired},
                 {"--channel", "sales_channel_id", "The sales channel (default CDISFR)"},
                 kClientId,
                 kClientSecret},
       .views = added},
      {.name = "account list",
       .help = "All accounts and their state",
       .example = "--json",
       .request = &pb::ListAccountsRequest::default_instance(),
       .views = {{.rows = "accounts",
                  .columns = {"NAME={name}", "SELLER={seller_id}", "CHANNEL={sales_channel_id}", "STATE={state:words}",
                              "TOKEN UNTIL={token_expires_at}", "ACCOUNT ID={account_id}"},
                  .lines = {"{?attention}{name}: {attention}"},
                  .empty = "No accounts yet. Connect a seller with: cdiscountctl account add --name NAME --seller ID "
                           "--client-id ID"}}},
      {.name = "account show",
       .help = "One account",
       .example = "shop",
       .request = &pb::GetAccountRequest::default_instance(),
       .flags = {kAccount},
       .views = {{.columns = {"Name={account.name}", "Account id={account.account_id}", "Seller={account.seller_id}",
                              "Channel={account.sales_channel_id}", "State={account.state:words}",
                              "Attention={account.attention}", "Client id={account.client_id}",
                              "Version={account.version}", "Created={account.created_at}",
                              "Changed={account.changed_at}", "Token until={account.token_expires_at}"}}}},
      {.name = "account verify",
       .help = "Ask the marketplace whether the connection works",
       .example = "shop",
       .request = &pb::VerifyConnectionRequest::default_instance(),
       .flags = {kAccount},
       .views = {{.lines = {kOutcome, "{?explanation}  {explanation}",
                            "  {?retry_after_seconds}Try again in {retry_after_seconds} s.",
                            "  {?shop_name}Shop          {shop_name}", "  {?seller_state}Seller state  {seller_state}",
                            kAutoAccept}}},
       .succeeds = "{?outcome=CONNECTED}"},
      {.name = "account disable",
       .help = "Stop all traffic for an account",
       .example = "shop",
       .request = &pb::DisableAccountRequest::default_instance(),
       .flags = {kAccount},
       .views = Changed("is disabled: no call is made for it")},
      {.name = "account enable",
       .help = "Start it again",
       .example = "shop",
       .request = &pb::EnableAccountRequest::default_instance(),
       .flags = {kAccount},
       .views = Changed("is enabled")},
      {.name = "account credentials",
       .help = "Give an account other credentials; asks for the client secret",
       .example = "shop --client-id \"our client\"",
       .request = &pb::ReplaceCredentialsRequest::default_instance(),
       .flags = {kAccount, kClientId, kClientSecret},
       .views = Changed("has new credentials")},
  };
}

}  // namespace cdiscount::cli
