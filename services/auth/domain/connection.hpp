#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "domain/account.hpp"

namespace cdiscount::auth {

/// What came of a try of the connection.
enum class ConnectionOutcome {
  kConnected,
  kUnreachable,
  kWrongSecret,
  kNotLinked,
  kUnknownSeller,
  kQuotaSpent,
  kSellerNotActive,
};

/// "connected", "unreachable", ...: the label of a metric and of a log line.
std::string_view ToString(ConnectionOutcome outcome);

/// What the marketplace says of a seller (octopia-rest-v2.md, 8). Any of the texts may be empty.
struct SellerFacts {
  std::string shop_name;
  std::string state;              ///< "Activated", "Deactivated", "PutOnNotice".
  std::string sub_state;          ///< "ActiveSeller", "Holidays", "BannedSeller".
  std::string subscription_step;  ///< "FirstConnection", "BankReferences", "ValidatingSubscription", "Finished".
  std::optional<bool> auto_accept_orders;
};

struct ConnectionReport {
  ConnectionOutcome outcome = ConnectionOutcome::kUnreachable;
  std::string explanation;  ///< One to three sentences: what was found, and what to do about it.
  SellerFacts seller;       ///< Empty unless the marketplace described the seller.
  std::optional<std::chrono::milliseconds> retry_after;  ///< For kQuotaSpent, when a time was named.
};

/// The credentials of this account were refused before: nothing was asked.
ConnectionReport JudgeRefusedBefore(const Account& account);

/// What a failed token request means. Gives the error back when it says nothing about the connection (a bug, a
/// cancelled call, our own database).
Result<ConnectionReport> JudgeTokenFailure(const Account& account, const Error& error);

/// What a failed look at the seller means, made with a good token. kUnauthenticated = rejected also with a second
/// token.
Result<ConnectionReport> JudgeSellerFailure(const Account& account, const Error& error);

/// What the marketplace's answer about the seller means.
ConnectionReport JudgeSeller(const Account& account, const SellerFacts& seller);

}  // namespace cdiscount::auth
