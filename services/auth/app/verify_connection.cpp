#include "app/verify_connection.hpp"

namespace cdiscount::auth {
namespace {

/// A token older than this says nothing about the credentials as they are now.
constexpr std::chrono::seconds kYoungEnough{60};

}  // namespace

Task<Result<ConnectionReport>> VerifyConnection::Verify(AccountRef account, Cause cause) {
  auto found = co_await accounts_.Find(account);
  if (!found) co_return found.error();
  auto report = co_await Try(std::move(found->account), std::move(cause));
  if (report) observer_.ConnectionVerified(report->outcome);
  co_return report;
}

Task<Result<ConnectionReport>> VerifyConnection::Try(Account account, Cause cause) {
  if (account.state() == AccountState::kNeedsNewCredentials) co_return JudgeRefusedBefore(account);
  const auto may_call = account.MayCall();
  if (!may_call) co_return may_call.error();

  const TokenWish young{.max_age = kYoungEnough};
  auto token = co_await tokens_.Get(account.id(), young, cause);
  if (!token) co_return JudgeTokenFailure(account, token.error());

  auto seller = co_await sellers_.Look(*token);
  if (!seller && seller.error().code == ErrorCode::kUnauthenticated) {
    const TokenWish another{.rejected_fingerprint = token->token.life.fingerprint};
    token = co_await tokens_.Get(account.id(), another, cause);
    if (!token) co_return JudgeTokenFailure(account, token.error());
    seller = co_await sellers_.Look(*token);
  }
  if (!seller) co_return JudgeSellerFailure(account, seller.error());
  co_return JudgeSeller(account, *seller);
}

}  // namespace cdiscount::auth
