#include "app/token_cache.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

namespace cdiscount::auth {
namespace {

namespace asio = boost::asio;

Error StillPending(std::chrono::milliseconds patience) {
  const auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(patience).count());
  return {.code = ErrorCode::kUnavailable,
          .message = "The token is being asked for elsewhere, and did not come within " + seconds +
                     " s: the marketplace's token service is slow, or the replica that asked has ended. Try again.",
          .retry_after = std::chrono::seconds{1}};
}

/// Takes a waiting caller off the list, also when it is cancelled.
struct Seat {
  std::multimap<ClientId, std::function<void()>>& waiting;
  std::multimap<ClientId, std::function<void()>>::iterator place;
  ~Seat() { waiting.erase(place); }
};

}  // namespace

Task<Result<GivenToken>> TokenCache::Get(AccountId account, TokenWish wish, Cause cause) {
  auto given = co_await Find(std::move(account), std::move(wish), std::move(cause));
  if (!given) observer_.TokenNotGiven(given.error().code);
  co_return given;
}

Task<Result<GivenToken>> TokenCache::Find(AccountId account, TokenWish wish, Cause cause) {
  const auto give_up = clock_.SteadyNow() + options_.patience;
  std::optional<Error> failed;
  bool last_look = false;  // after a request that failed, however long it took
  do {
    auto answer = co_await vault_.Take(account, wish);
    if (!answer) co_return failed ? *failed : answer.error();
    if (auto* given = std::get_if<GivenToken>(&*answer)) {
      observer_.TokenGiven(false);
      co_return std::move(*given);
    }
    if (auto* claim = std::get_if<TokenClaim>(&*answer)) {
      // A caller that goes away does not end the request that others wait for.
      co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
      auto asked = co_await Ask(std::move(*claim), cause);
      co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
      if (asked) {
        observer_.TokenGiven(true);
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

Task<Result<GivenToken>> TokenCache::Ask(TokenClaim claim, Cause cause) {
  const auto client = claim.credentials.client_id;
  const auto began = clock_.SteadyNow();
  auto issued = co_await issuer_.Issue(claim.credentials);
  std::optional<ErrorCode> failure;
  if (!issued) failure = issued.error().code;
  observer_.TokenRequestEnded(failure, clock_.SteadyNow() - began);
  auto given = co_await Settle(std::move(claim), std::move(issued), std::move(cause));
  Ring(client);
  co_return given;
}

Task<Result<GivenToken>> TokenCache::Settle(TokenClaim claim, Result<IssuedToken> issued, Cause cause) {
  if (issued) {
    AccessToken token{issued->value, PlanLife(*issued, claim.asked_at, jitter_(), claim.replaces_rejected)};
    const auto kept = co_await vault_.Keep(claim, token);
    if (!kept) co_return kept.error();
    co_return GivenToken{std::move(token), claim.seller_id, claim.sales_channel_id};
  }
  auto error = issued.error();
  Status settled = Ok();
  if (error.code == ErrorCode::kUnauthenticated) {
    const auto refusal = RefusalText(claim.credentials.client_id, claim.asked_at, error.message);
    error.message = refusal + " " + std::string(kGiveNewCredentials);
    settled = co_await vault_.Refuse(std::move(claim), refusal, std::move(cause));
  } else {
    settled = co_await vault_.Pause(std::move(claim), error);
  }
  if (!settled) co_return settled.error();
  co_return error;
}

Task<> TokenCache::WaitFor(ClientId client) {
  const auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, options_.look_again);
  const auto place = waiting_.emplace(std::move(client), [timer] { timer->cancel(); });
  const Seat seat{waiting_, place};
  co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
}

void TokenCache::Ring(const ClientId& client) {
  const auto [first, last] = waiting_.equal_range(client);
  for (auto waiter = first; waiter != last; ++waiter) waiter->second();
}

}  // namespace cdiscount::auth
