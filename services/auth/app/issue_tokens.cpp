#include "app/issue_tokens.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "crypto/digest.hpp"

namespace cdiscount::auth {
namespace {

namespace asio = boost::asio;

/// How often a caller looks whether another replica has the token. It learns at once of one that this process asked
/// for.
constexpr std::chrono::milliseconds kLookAgain{200};

Error StillPending(std::chrono::milliseconds patience) {
  const auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(patience).count());
  return {.code = ErrorCode::kUnavailable,
          .message = "The token is being asked for elsewhere, and did not come within " + seconds +
                     " s: the marketplace's token service is slow, or the replica that asked has ended. Try again.",
          .retry_after = std::chrono::seconds{1}};
}

TokenRequestOutcome OutcomeOf(const Result<marketplace::IssuedToken>& issued) {
  if (issued) return TokenRequestOutcome::kIssued;
  if (issued.error().code == ErrorCode::kUnauthenticated) return TokenRequestOutcome::kRefused;
  return issued.error().code == ErrorCode::kThrottled ? TokenRequestOutcome::kThrottled : TokenRequestOutcome::kFailed;
}

/// Takes a waiting caller off the list, also when it is cancelled.
struct Listed {
  std::multimap<ClientId, std::function<void()>>& waiting;
  std::multimap<ClientId, std::function<void()>>::iterator place;
  ~Listed() { waiting.erase(place); }
};

}  // namespace

Task<Result<GivenToken>> IssueTokens::Get(AccountId account, TokenWish wish, std::string traceparent) {
  auto given = co_await Find(std::move(account), std::move(wish), std::move(traceparent));
  if (!given) metrics_.tokens_not_given[given.error().code].Increment();
  co_return given;
}

Task<Result<GivenToken>> IssueTokens::Find(AccountId account, TokenWish wish, std::string traceparent) {
  const auto give_up = clock_.SteadyNow() + options_.patience;
  std::optional<Error> failed;
  bool last_look = false;  // after a request that failed, however long it took
  do {
    auto answer = co_await database_.Run(
        [&](store::Transaction& transaction) { return TakeToken(transaction, box_, options_.limits, account, wish); });
    if (!answer) co_return failed ? *failed : answer.error();
    if (auto* given = std::get_if<GivenToken>(&*answer)) {
      metrics_.tokens_given[TokenSource::kHeld].Increment();
      co_return std::move(*given);
    }
    if (auto* claim = std::get_if<TokenClaim>(&*answer)) {
      // A caller that goes away does not end the request that others wait for.
      co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
      auto asked = co_await Ask(std::move(*claim), traceparent);
      co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
      if (asked) {
        metrics_.tokens_given[TokenSource::kNew].Increment();
        co_return asked;
      }
      if (asked.error().code == ErrorCode::kConflict) continue;  // new credentials came meanwhile: look again
      if (!IsTransient(asked.error().code)) co_return asked;
      last_look = !failed.has_value();
      failed = asked.error();  // the token that was to be renewed may still serve
      continue;
    }
    co_await WaitFor(std::get<TokenPending>(*answer).client_id);
  } while (clock_.SteadyNow() < give_up || std::exchange(last_look, false));
  co_return failed ? *failed : StillPending(options_.patience);
}

Task<Result<GivenToken>> IssueTokens::Ask(TokenClaim claim, std::string traceparent) {
  const auto client = claim.credentials.client_id;
  const auto began = clock_.SteadyNow();
  auto issued = co_await api_.RequestToken(client.value(), claim.credentials.client_secret);
  metrics_.token_request_seconds.Observe(std::chrono::duration<double>(clock_.SteadyNow() - began).count());
  metrics_.token_requests[OutcomeOf(issued)].Increment();
  Result<GivenToken> given = Error{};
  if (issued) {
    given = co_await Keep(std::move(claim), *std::move(issued));
  } else {
    given = co_await Fail(std::move(claim), issued.error(), std::move(traceparent));
  }
  Wake(client);
  co_return given;
}

Task<Result<GivenToken>> IssueTokens::Keep(TokenClaim claim, marketplace::IssuedToken issued) {
  log::Info("token_issued", {{"client_id", claim.credentials.client_id}, {"expires_in_s", issued.expires_in.count()}});
  auto life = PlanLife(crypto::TokenFingerprint(issued.token), issued.expires_in, claim.asked_at, jitter_(),
                       claim.replaces_rejected);
  GivenToken given{{std::move(issued.token), std::move(life)}, claim.seller_id, claim.sales_channel_id};
  const auto kept = co_await database_.Run(
      [&](store::Transaction& transaction) { return KeepToken(transaction, box_, claim, given.token); });
  if (!kept) co_return kept.error();
  co_return given;
}

/// Ends the claim. Gives what its caller is told.
Task<Error> IssueTokens::Fail(TokenClaim claim, Error error, std::string traceparent) {
  const auto& client = claim.credentials.client_id;
  error.code = TokenFailure(error.code);
  failures_.Warn("token_request_failed",
                 {{"client_id", client}, {"code", ToString(error.code)}, {"message", error.message}});
  if (error.code != ErrorCode::kUnauthenticated) {
    const auto paused = co_await database_.Run(
        [&](store::Transaction& transaction) { return PauseRequests(transaction, claim, error); });
    co_return paused ? error : paused.error();
  }
  const auto refusal = RefusalText(client, claim.asked_at, error.message);
  error.message = refusal + " " + std::string(kGiveNewCredentials);
  const auto refused = co_await database_.Run(
      [&](store::Transaction& transaction) { return RefuseCredentials(transaction, claim, refusal, traceparent); });
  if (!refused) co_return refused.error();
  log::Warn("credentials_refused", {{"client_id", client}, {"refusal", refusal}});
  co_return error;
}

Task<> IssueTokens::WaitFor(ClientId client) {
  const auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, kLookAgain);
  const auto place = waiting_.emplace(std::move(client), [timer] { timer->cancel(); });
  const Listed listed{waiting_, place};
  co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
}

void IssueTokens::Wake(const ClientId& client) {
  const auto [first, last] = waiting_.equal_range(client);
  for (auto waiter = first; waiter != last; ++waiter) waiter->second();
}

}  // namespace cdiscount::auth
