#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/result.hpp"
#include "core/task.hpp"
#include "domain/access_token.hpp"
#include "domain/account.hpp"
#include "domain/connection.hpp"
#include "domain/token_decision.hpp"

// What the use cases of auth need from the world. Everything here is used on the network thread.
namespace cdiscount::auth {

/// How a caller names an account: our id, or its name.
using AccountRef = StrongId<struct AccountRefTag>;

/// Which call made a change: it goes with the event that announces the change.
struct Cause {
  std::string traceparent;  ///< W3C Trace Context; may be empty.
};

/// An account as people are shown it.
struct AccountView {
  Account account;
  std::optional<SysTime> token_expires_at;  ///< When the token that is held for its client id ends.
};

/// A part of all accounts; by itself all of them.
struct AccountsPage {
  std::string after = {};  ///< Begins behind this name.
  int limit = std::numeric_limits<int>::max();
};

/// Keeps accounts and their credentials. Each call is one transaction; a change is announced in the transaction that
/// makes it. All fail with kUnavailable when the database is away, and with kNotFound when there is no such account.
class AccountStore {
 public:
  virtual ~AccountStore() = default;

  /// Fails with kAlreadyExists when the name, or the seller on this channel, is taken; with kInvalidArgument when the
  /// account breaks a rule, or its client id is in use with another secret.
  virtual Task<Result<AccountView>> Create(NewAccount account, AccountId id, Cause cause) = 0;
  virtual Task<Result<AccountView>> Find(AccountRef account) = 0;
  /// By name.
  virtual Task<Result<std::vector<AccountView>>> List(AccountsPage page) = 0;
  virtual Task<Result<AccountView>> Enable(AccountRef account, Cause cause) = 0;
  virtual Task<Result<AccountView>> Disable(AccountRef account, Cause cause) = 0;
  /// A new secret for the account's own client id holds for all accounts that share it; the token that was held is
  /// dropped. Fails with kInvalidArgument as Create does.
  virtual Task<Result<AccountView>> ReplaceCredentials(AccountRef account, Credentials credentials, Cause cause) = 0;
};

/// A token, and what the calls with it are made for.
struct GivenToken {
  AccessToken token;
  SellerId seller_id;
  SalesChannelId sales_channel_id;
};

/// The right, and the duty, to ask the marketplace for one token. Nobody else asks for this client id until the claim
/// is ended (Keep, Pause, Refuse) or its time is over.
struct TokenClaim {
  Credentials credentials;
  std::int64_t revision = 0;  ///< Of the credentials: an answer about older ones is dropped.
  std::int64_t lease = 0;     ///< Number of the claim: a later one makes it void.
  SysTime asked_at;
  bool replaces_rejected = false;
  SellerId seller_id;
  SalesChannelId sales_channel_id;
};

/// Somebody else asks for the token of this client id at the moment.
struct TokenPending {
  ClientId client_id;
};

using TokenAnswer = std::variant<GivenToken, TokenClaim, TokenPending>;

/// Keeps one token per client id, who asks for the next one, and how many were asked for. Each call is one transaction,
/// and none of them spans the request to the marketplace. All fail with kUnavailable when the database is away; the
/// last three fail with kConflict when the claim is void, and change nothing then.
class TokenVault {
 public:
  virtual ~TokenVault() = default;

  /// Fails with kNotFound (no such account), kConflict (disabled), kUnauthenticated (needs new credentials), or as
  /// DecideToken says. A claim is counted before it is given.
  virtual Task<Result<TokenAnswer>> Take(AccountId account, TokenWish wish) = 0;
  virtual Task<Status> Keep(TokenClaim claim, AccessToken token) = 0;
  /// The request failed without a refusal: nobody asks again before PauseAfterFailure.
  virtual Task<Status> Pause(TokenClaim claim, Error failure) = 0;
  /// The marketplace refused the credentials: every account of the client id needs new ones, and that is announced.
  virtual Task<Status> Refuse(TokenClaim claim, std::string refusal, Cause cause) = 0;
};

/// Asks the marketplace for a token.
class TokenIssuer {
 public:
  virtual ~TokenIssuer() = default;
  /// Fails with kUnauthenticated (the credentials were refused), kThrottled, kUnavailable, kDeadlineExceeded or
  /// kUnreadable.
  virtual Task<Result<IssuedToken>> Issue(Credentials credentials) = 0;
};

/// Asks the marketplace about a seller.
class SellerProbe {
 public:
  virtual ~SellerProbe() = default;
  /// Fails with kUnauthenticated (the token was rejected), kPermissionDenied (not linked to the seller), kNotFound (no
  /// such seller), kThrottled, kUnavailable, kDeadlineExceeded or kUnreadable.
  virtual Task<Result<SellerFacts>> Look(GivenToken token) = 0;
};

/// Told what happens, for metrics.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void TokenGiven(bool newly_issued) = 0;
  virtual void TokenNotGiven(ErrorCode why) = 0;
  /// One request to the marketplace's token service ended; nothing = a token came.
  virtual void TokenRequestEnded(std::optional<ErrorCode> failure, std::chrono::duration<double> took) = 0;
  virtual void ConnectionVerified(ConnectionOutcome outcome) = 0;
};

}  // namespace cdiscount::auth
