#include "rows/clients.hpp"

#include <fmt/format.h>

namespace cdiscount::auth::rows {
namespace {

const std::string kFind =
    "SELECT sealed_secret, revision, refusal, sealed_token, fingerprint, issued_at, renew_at, expires_at,"
    " replaces_rejected, asked_until, pause_until, pause_code, pause_reason FROM client WHERE client_id = :client";
const std::string kFindLocked = kFind + " {for update}";
constexpr std::string_view kInsert =
    "INSERT INTO client (client_id, sealed_secret, revision) VALUES (:client, :secret, :revision)"
    " ON CONFLICT DO NOTHING";
constexpr std::string_view kReplaceSecret =
    "UPDATE client SET sealed_secret = :secret, revision = :revision, refusal = '', sealed_token = NULL,"
    " fingerprint = NULL, issued_at = NULL, renew_at = NULL, expires_at = NULL, replaces_rejected = NULL,"
    " asked_until = NULL, failures = 0, pause_until = NULL, pause_code = NULL, pause_reason = NULL"
    " WHERE client_id = :client";
constexpr std::string_view kDropUnused =
    "DELETE FROM client WHERE client_id = :client AND NOT EXISTS (SELECT 1 FROM account WHERE client_id = :client)";

constexpr std::string_view kCountRequests =
    "SELECT count(*) AS requests, min(asked_at) AS oldest FROM token_request WHERE client_id = :client AND asked_at > "
    ":since"
    " AND asked_at <= :latest";
constexpr std::string_view kForgetRequests =
    "DELETE FROM token_request WHERE client_id = :client AND (asked_at <= :since OR asked_at > :latest)";
constexpr std::string_view kAddRequest = "INSERT INTO token_request (client_id, asked_at) VALUES (:client, :now)";
constexpr std::string_view kClaim =
    "UPDATE client SET lease = lease + 1, asked_until = :until WHERE client_id = :client RETURNING lease";

constexpr std::string_view kStoreToken =
    "UPDATE client SET sealed_token = :token, fingerprint = :fingerprint, issued_at = :issued, renew_at = :renew,"
    " expires_at = :expires, replaces_rejected = :replaces, asked_until = NULL, failures = 0, pause_until = NULL,"
    " pause_code = NULL, pause_reason = NULL WHERE client_id = :client AND lease = :lease AND revision = :revision";
constexpr std::string_view kRefuseSecret =
    "UPDATE client SET refusal = :refusal, asked_until = NULL, sealed_token = NULL, fingerprint = NULL,"
    " issued_at = NULL, renew_at = NULL, expires_at = NULL, replaces_rejected = NULL"
    " WHERE client_id = :client AND lease = :lease AND revision = :revision";
constexpr std::string_view kCountFailure =
    "UPDATE client SET asked_until = NULL, failures = failures + 1"
    " WHERE client_id = :client AND lease = :lease AND revision = :revision RETURNING failures";
constexpr std::string_view kPause =
    "UPDATE client SET pause_until = :until, pause_code = :code, pause_reason = :reason WHERE client_id = :client";

std::string SecretRow(const ClientId& client, std::int64_t revision) {
  return fmt::format("auth/client/{}/secret/{}", client.value(), revision);
}

std::string TokenRow(const ClientId& client, std::string_view fingerprint) {
  return fmt::format("auth/client/{}/token/{}", client.value(), fingerprint);
}

/// The codes that a failed request can have; what an older version of this program wrote is kUnavailable.
ErrorCode PauseCode(std::string_view name) {
  for (const auto code : {ErrorCode::kThrottled, ErrorCode::kDeadlineExceeded, ErrorCode::kUnreadable}) {
    if (ToString(code) == name) return code;
  }
  return ErrorCode::kUnavailable;
}

}  // namespace

std::optional<Client> FindClient(store::Transaction& transaction, const ClientId& id, Lock lock) {
  const auto row = transaction.QueryOne(lock == Lock::kYes ? kFindLocked : kFind, {{"client", id}});
  if (!row) return std::nullopt;
  Client client{.id = id,
                .sealed_secret = row->Text("sealed_secret"),
                .revision = row->Int("revision"),
                .refusal = row->Text("refusal"),
                .sealed_token = row->MaybeText("sealed_token").value_or(""),
                .tokens = {.asked_until = row->MaybeTime("asked_until")}};
  if (!client.sealed_token.empty()) {
    client.tokens.held = TokenLife{.fingerprint = row->Text("fingerprint"),
                                   .issued_at = row->Time("issued_at"),
                                   .renew_at = row->Time("renew_at"),
                                   .expires_at = row->Time("expires_at"),
                                   .replaces_rejected = row->Bool("replaces_rejected")};
  }
  if (const auto until = row->MaybeTime("pause_until")) {
    client.tokens.pause = TokenPause{*until, PauseCode(row->TextView("pause_code")), row->Text("pause_reason")};
  }
  return client;
}

Result<Secret> OpenSecret(const crypto::SealedBox& box, const Client& client) {
  auto opened = box.OpenSecret(client.sealed_secret, SecretRow(client.id, client.revision));
  if (opened) return opened;
  return Error{
      .code = ErrorCode::kInternal,
      .message = fmt::format("The kept client secret of client id \"{}\" cannot be decrypted: {} Put the key that it "
                             "was sealed with back into the key file, or give the account its credentials again.",
                             client.id.value(), opened.error().message)};
}

Result<Secret> OpenToken(const crypto::SealedBox& box, const Client& client) {
  return box.OpenSecret(client.sealed_token, TokenRow(client.id, client.tokens.held.value_or(TokenLife{}).fingerprint));
}

bool InsertClient(store::Transaction& transaction, const crypto::SealedBox& box, const Credentials& credentials,
                  std::int64_t revision) {
  const auto& id = credentials.client_id;
  const auto sealed = box.Seal(credentials.client_secret, SecretRow(id, revision));
  return transaction.Execute(kInsert, {{"client", id}, {"secret", sealed}, {"revision", revision}}) != 0;
}

void ReplaceSecret(store::Transaction& transaction, const crypto::SealedBox& box, const Credentials& credentials,
                   std::int64_t revision) {
  const auto& id = credentials.client_id;
  const auto sealed = box.Seal(credentials.client_secret, SecretRow(id, revision));
  transaction.Execute(kReplaceSecret, {{"client", id}, {"secret", sealed}, {"revision", revision}});
}

void DropUnusedClient(store::Transaction& transaction, const ClientId& id) {
  transaction.Execute(kDropUnused, {{"client", id}});
}

void CountRequests(store::Transaction& transaction, const ClientId& id, SysTime since, SysTime latest,
                   TokenSituation& tokens) {
  const auto row = transaction.Query(kCountRequests, {{"client", id}, {"since", since}, {"latest", latest}}).front();
  tokens.asked_in_window = static_cast<int>(row.Int("requests"));
  tokens.oldest_asked = row.MaybeTime("oldest");
}

void AddRequest(store::Transaction& transaction, const ClientId& id, SysTime now, SysTime since, SysTime latest) {
  transaction.Execute(kForgetRequests, {{"client", id}, {"since", since}, {"latest", latest}});
  transaction.Execute(kAddRequest, {{"client", id}, {"now", now}});
}

std::int64_t ClaimToken(store::Transaction& transaction, const ClientId& id, SysTime until) {
  return transaction.Query(kClaim, {{"client", id}, {"until", until}}).front().Int("lease");
}

bool StoreToken(store::Transaction& transaction, const crypto::SealedBox& box, const TokenClaim& claim,
                const AccessToken& token) {
  const auto& id = claim.credentials.client_id;
  const auto& life = token.life;
  const auto sealed = box.Seal(token.value, TokenRow(id, life.fingerprint));
  return transaction.Execute(kStoreToken, {{"token", sealed},
                                           {"fingerprint", life.fingerprint},
                                           {"issued", life.issued_at},
                                           {"renew", life.renew_at},
                                           {"expires", life.expires_at},
                                           {"replaces", life.replaces_rejected},
                                           {"client", id},
                                           {"lease", claim.lease},
                                           {"revision", claim.revision}}) != 0;
}

bool RefuseSecret(store::Transaction& transaction, const TokenClaim& claim, std::string_view refusal) {
  return transaction.Execute(kRefuseSecret, {{"refusal", refusal},
                                             {"client", claim.credentials.client_id},
                                             {"lease", claim.lease},
                                             {"revision", claim.revision}}) != 0;
}

std::optional<int> CountFailure(store::Transaction& transaction, const TokenClaim& claim) {
  const auto row = transaction.QueryOne(
      kCountFailure, {{"client", claim.credentials.client_id}, {"lease", claim.lease}, {"revision", claim.revision}});
  if (!row) return std::nullopt;
  return static_cast<int>(row->Int("failures"));
}

void Pause(store::Transaction& transaction, const ClientId& id, const TokenPause& pause) {
  transaction.Execute(
      kPause, {{"until", pause.until}, {"code", ToString(pause.code)}, {"reason", pause.reason}, {"client", id}});
}

}  // namespace cdiscount::auth::rows
