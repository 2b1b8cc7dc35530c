#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/sealed_box.hpp"
#include "domain/token_decision.hpp"
#include "rows/accounts.hpp"

/// The tables "client" and "token_request". Secrets and tokens stand there only encrypted, each text bound to its row:
/// moved to another one, it does not open.
namespace cdiscount::auth::rows {

/// A client id: its credentials, its token, and the claim to ask for the next one.
struct Client {
  ClientId id;
  std::string sealed_secret;
  std::int64_t revision = 0;  ///< Of the credentials.
  std::string refusal;        ///< Why the marketplace refused the credentials; empty when it did not.
  std::string sealed_token;   ///< Empty when none is held.
  TokenSituation tokens;      ///< Without the requests that were made, which CountRequests reads.
};

std::optional<Client> FindClient(store::Transaction& transaction, const ClientId& id, Lock lock = Lock::kNo);
/// Fails with kInternal when the text does not open, and says what to do.
Result<Secret> OpenSecret(const crypto::SealedBox& box, const Client& client);
Result<Secret> OpenToken(const crypto::SealedBox& box, const Client& client);

/// False when another transaction inserted it at this instant.
bool InsertClient(store::Transaction& transaction, const crypto::SealedBox& box, const Credentials& credentials,
                  std::int64_t revision);
/// The token, the claim and the pause of the old secret end with it.
void ReplaceSecret(store::Transaction& transaction, const crypto::SealedBox& box, const Credentials& credentials,
                   std::int64_t revision);
/// Removes the client id when no account uses it.
void DropUnusedClient(store::Transaction& transaction, const ClientId& id);

/// Sets `asked_in_window` and `oldest_asked` from the requests after `since`, up to `latest`.
void CountRequests(store::Transaction& transaction, const ClientId& id, SysTime since, SysTime latest,
                   TokenSituation& tokens);
/// Counts a request at `now`, and forgets those that are not after `since` or are later than `latest`.
void AddRequest(store::Transaction& transaction, const ClientId& id, SysTime now, SysTime since, SysTime latest);
/// Gives the number of the claim.
std::int64_t ClaimToken(store::Transaction& transaction, const ClientId& id, SysTime until);

// The end of a claim. A claim that is void changes no row.

/// False when the claim is void.
bool StoreToken(store::Transaction& transaction, const crypto::SealedBox& box, const TokenClaim& claim,
                const AccessToken& token);
bool RefuseSecret(store::Transaction& transaction, const TokenClaim& claim, std::string_view refusal);
/// Gives how many requests failed in a row; nothing when the claim is void.
std::optional<int> CountFailure(store::Transaction& transaction, const TokenClaim& claim);
void Pause(store::Transaction& transaction, const ClientId& id, const TokenPause& pause);

}  // namespace cdiscount::auth::rows
