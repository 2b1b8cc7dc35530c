#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "core/testing/fake_clock.hpp"
#include "domain/shared_credentials.hpp"

namespace cdiscount::auth::fakes {

/// Accounts and tokens in memory, under the same rules as the SQL stores.
class InMemoryAuthStore final : public AccountStore, public TokenVault {
 public:
  explicit InMemoryAuthStore(const Clock& clock, TokenLimits limits = {}) : clock_(clock), limits_(limits) {}

  /// Every announced version, in order.
  std::vector<AccountFields> announced;
  /// While it is set, every call fails with it.
  std::optional<Error> broken;

  Task<Result<AccountView>> Create(NewAccount asked, AccountId id, Cause = {}) override {
    if (broken) co_return *broken;
    const auto plan = PlanCredentials(Kept(asked.credentials.client_id), asked.credentials, false);
    if (!plan) co_return plan.error();
    const auto kept = Kept(asked.credentials.client_id);
    auto account = Account::Open(asked, std::move(id), clock_.Now(), kept ? kept->refusal : std::string{});
    if (!account) co_return account.error();
    for (const auto& [other_id, other] : accounts_) {
      const bool same_seller =
          other.seller_id() == account->seller_id() && other.sales_channel_id() == account->sales_channel_id();
      if (other.name() == account->name() || same_seller) {
        co_return Error{.code = ErrorCode::kAlreadyExists,
                        .message = "It is taken by account \"" + other.name() + "\"."};
      }
    }
    if (*plan == CredentialsStep::kAdd) clients_[asked.credentials.client_id].credentials = asked.credentials;
    co_return Announce(*account);
  }

  Task<Result<AccountView>> Find(AccountRef ref) override {
    if (broken) co_return *broken;
    const auto* account = Lookup(ref);
    if (account == nullptr) co_return NoSuch(ref);
    co_return View(*account);
  }

  Task<Result<std::vector<AccountView>>> List(AccountsPage page) override {
    if (broken) co_return *broken;
    std::vector<AccountView> all;
    for (const auto& [id, account] : accounts_) all.push_back(View(account));
    const auto name = [](const AccountView& view) { return view.account.name(); };
    std::ranges::sort(all, {}, name);
    std::erase_if(all, [&](const AccountView& view) { return name(view) <= page.after; });
    if (all.size() > static_cast<std::size_t>(page.limit)) all.erase(all.begin() + page.limit, all.end());
    co_return all;
  }

  Task<Result<AccountView>> Enable(AccountRef ref, Cause = {}) override {
    return Change(ref, [this](const Account& account) { return account.Enabled(clock_.Now()); });
  }
  Task<Result<AccountView>> Disable(AccountRef ref, Cause = {}) override {
    return Change(ref, [this](const Account& account) { return account.Disabled(clock_.Now()); });
  }

  Task<Result<AccountView>> ReplaceCredentials(AccountRef ref, Credentials given, Cause = {}) override {
    if (broken) co_return *broken;
    const auto* found = Lookup(ref);
    if (found == nullptr) co_return NoSuch(ref);
    const auto account = *found;
    const bool own = account.client_id() == given.client_id;
    const auto kept = Kept(given.client_id);
    const auto plan = PlanCredentials(kept, given, own);
    if (!plan) co_return plan.error();
    if (*plan == CredentialsStep::kJoin) {
      auto view = Announce(account.WithCredentials(given.client_id, clock_.Now(), kept->refusal));
      DropUnused(account.client_id());
      co_return view;
    }
    auto& client = clients_[given.client_id];
    const auto revision = client.revision + 1;
    const auto asked = client.asked;
    const auto lease = client.lease;
    client = Client{.credentials = given, .revision = revision, .lease = lease, .asked = asked};
    for (const auto& [id, other] : std::map(accounts_)) {
      if (id != account.id() && other.client_id() == given.client_id) {
        Announce(other.WithCredentials(given.client_id, clock_.Now()));
      }
    }
    auto view = Announce(account.WithCredentials(given.client_id, clock_.Now()));
    DropUnused(account.client_id());
    co_return view;
  }

  Task<Result<TokenAnswer>> Take(AccountId id, TokenWish wish) override {
    if (broken) co_return *broken;
    const auto* account = Lookup(AccountRef{id.value()});
    if (account == nullptr) co_return NoSuch(AccountRef{id.value()});
    const auto may_call = account->MayCall();
    if (!may_call) co_return may_call.error();
    auto& client = clients_.at(account->client_id());
    const auto now = clock_.Now();
    std::erase_if(client.asked, [&](SysTime at) { return at <= now - limits_.window() || at > now + kClockSlack; });
    TokenSituation situation{.asked_until = client.asked_until,
                             .pause = client.pause,
                             .asked_in_window = static_cast<int>(client.asked.size())};
    if (client.token) situation.held = client.token->life;
    if (!client.asked.empty()) situation.oldest_asked = client.asked.front();
    const auto decision = DecideToken(situation, wish, limits_, now);
    if (const auto* no = std::get_if<NoToken>(&decision)) co_return no->error;
    if (std::holds_alternative<WaitForToken>(decision)) co_return TokenAnswer{TokenPending{account->client_id()}};
    if (const auto* ask = std::get_if<AskForToken>(&decision)) {
      client.asked.push_back(now);
      client.asked_until = now + limits_.lease();
      co_return TokenAnswer{TokenClaim{.credentials = client.credentials,
                                       .revision = client.revision,
                                       .lease = ++client.lease,
                                       .asked_at = now,
                                       .replaces_rejected = ask->replaces_rejected,
                                       .seller_id = account->seller_id(),
                                       .sales_channel_id = account->sales_channel_id()}};
    }
    co_return TokenAnswer{GivenToken{*client.token, account->seller_id(), account->sales_channel_id()}};
  }

  Task<Status> Keep(TokenClaim claim, AccessToken token) override {
    return End(std::move(claim), [token = std::move(token)](Client& client) {
      client.token = token;
      client.pause.reset();
      client.failures = 0;
    });
  }

  Task<Status> Pause(TokenClaim claim, Error failure) override {
    return End(std::move(claim), [this, failure = std::move(failure)](Client& client) {
      const auto pause = PauseAfterFailure(++client.failures, failure.retry_after);
      client.pause = TokenPause{clock_.Now() + pause, failure.code, failure.message};
    });
  }

  Task<Status> Refuse(TokenClaim claim, std::string refusal, Cause) override {
    const auto id = claim.credentials.client_id;
    return End(std::move(claim), [this, id, refusal = std::move(refusal)](Client& client) {
      client.refusal = refusal;
      client.token.reset();
      for (const auto& [account_id, account] : std::map(accounts_)) {
        if (account.client_id() == id) Announce(account.Refused(refusal, clock_.Now()));
      }
    });
  }

 private:
  struct Client {
    Credentials credentials;
    std::int64_t revision = 1;
    std::string refusal;
    std::optional<AccessToken> token;
    std::int64_t lease = 0;
    std::optional<SysTime> asked_until;
    std::optional<TokenPause> pause;
    int failures = 0;
    std::vector<SysTime> asked;
  };

  static Error NoSuch(const AccountRef& ref) {
    return {.code = ErrorCode::kNotFound, .message = "There is no account \"" + ref.value() + "\"."};
  }

  const Account* Lookup(const AccountRef& ref) const {
    if (const auto found = accounts_.find(AccountId{ref.value()}); found != accounts_.end()) return &found->second;
    for (const auto& [id, account] : accounts_) {
      if (account.name() == ref.value()) return &account;
    }
    return nullptr;
  }

  std::optional<SharedCredentials> Kept(const ClientId& id) const {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return std::nullopt;
    std::string user;
    for (const auto& [account_id, account] : accounts_) {
      if (account.client_id() == id) user = account.name();
    }
    return SharedCredentials{found->second.credentials, found->second.refusal, user};
  }

  AccountView View(const Account& account) const {
    const auto& token = clients_.at(account.client_id()).token;
    const bool held = token && token->life.IsUsable(clock_.Now());
    return {account, held ? std::optional(token->life.expires_at) : std::nullopt};
  }

  AccountView Announce(const Account& account) {
    const auto old = accounts_.find(account.id());
    if (old == accounts_.end() || old->second.version() != account.version()) announced.push_back(account.fields());
    accounts_.insert_or_assign(account.id(), account);
    return View(account);
  }

  Task<Result<AccountView>> Change(AccountRef ref, std::function<Account(const Account&)> change) {
    if (broken) co_return *broken;
    const auto* account = Lookup(ref);
    if (account == nullptr) co_return NoSuch(ref);
    co_return Announce(change(*account));
  }

  void DropUnused(const ClientId& id) {
    const bool used = std::ranges::any_of(accounts_, [&](const auto& entry) { return entry.second.client_id() == id; });
    if (!used) clients_.erase(id);
  }

  Task<Status> End(TokenClaim claim, std::function<void(Client&)> how) {
    if (broken) co_return *broken;
    const auto found = clients_.find(claim.credentials.client_id);
    if (found == clients_.end() || found->second.lease != claim.lease || found->second.revision != claim.revision) {
      co_return Error{.code = ErrorCode::kConflict, .message = "The claim is void."};
    }
    found->second.asked_until.reset();
    how(found->second);
    co_return Ok();
  }

  const Clock& clock_;
  TokenLimits limits_;
  std::map<AccountId, Account> accounts_;
  std::map<ClientId, Client> clients_;
};

}  // namespace cdiscount::auth::fakes
