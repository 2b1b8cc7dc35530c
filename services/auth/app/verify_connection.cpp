#include "app/verify_connection.hpp"

#include "rows/accounts.hpp"

namespace cdiscount::auth {
namespace {

/// A token older than this says nothing about the credentials as they are now.
constexpr std::chrono::seconds kYoungEnough{60};

}  // namespace

Task<Result<ConnectionReport>> VerifyConnection::Verify(AccountRef account, std::string traceparent) {
  auto found =
      co_await database_.Read([&](store::Transaction& transaction) { return rows::FindAccount(transaction, account); });
  if (!found) co_return found.error();
  auto report = co_await Try(*std::move(found), std::move(traceparent));
  if (report) metrics_.connections_verified[report->outcome()].Increment();
  co_return report;
}

Task<Result<ConnectionReport>> VerifyConnection::Try(Account account, std::string traceparent) {
  if (account.state() == events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS) co_return JudgeRefusedBefore(account);
  const auto may_call = account.MayCall();
  if (!may_call) co_return may_call.error();

  const TokenWish young{.max_age = kYoungEnough};
  auto token = co_await tokens_.Get(account.id(), young, traceparent);
  if (!token) co_return JudgeTokenFailure(account, token.error());

  auto seller = co_await Look(*token);
  if (!seller && seller.error().code == ErrorCode::kUnauthenticated) {
    const TokenWish another{.rejected_fingerprint = token->token.life.fingerprint};
    token = co_await tokens_.Get(account.id(), another, traceparent);
    if (!token) co_return JudgeTokenFailure(account, token.error());
    seller = co_await Look(*token);
  }
  if (!seller) co_return JudgeSellerFailure(account, seller.error());
  co_return JudgeSeller(account, *seller);
}

Task<Result<SellerFacts>> VerifyConnection::Look(GivenToken token) {
  const marketplace::Caller caller{{.seller = token.seller_id, .channel = token.sales_channel_id}, token.token.value};
  auto seller = co_await sellers_.GetSeller(caller);
  if (!seller) co_return seller.error();
  co_return SellerFacts{.shop_name = std::move(seller->shop_name),
                        .state = std::move(seller->seller_state),
                        .sub_state = std::move(seller->seller_sub_state),
                        .subscription_step = std::move(seller->subscription_step),
                        .auto_accept_orders = seller->auto_accept_order};
}

}  // namespace cdiscount::auth
