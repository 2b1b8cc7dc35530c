#pragma once

#include <optional>
#include <string>

#include "cdiscount/auth/v1/account_service.pb.h"
#include "core/result.hpp"
#include "domain/account.hpp"

namespace cdiscount::auth {

/// What the marketplace says of a seller (octopia-rest-v2.md, 8). Any of the texts may be empty.
struct SellerFacts {
  std::string shop_name;
  std::string state;              ///< "Activated", "Deactivated", "PutOnNotice".
  std::string sub_state;          ///< "ActiveSeller", "Holidays", "BannedSeller".
  std::string subscription_step;  ///< "FirstConnection", "BankReferences", "ValidatingSubscription", "Finished".
  std::optional<bool> auto_accept_orders;
};

/// What a check of the connection found, as its caller is told.
using ConnectionReport = v1::VerifyConnectionResponse;

/// The credentials of this account were refused before: the marketplace was not asked.
ConnectionReport JudgeRefusedBefore(const Account& account);

/// What a failed token request means. Gives the error back when it says nothing about the connection (a bug, a
/// cancelled call, our own database).
Result<ConnectionReport> JudgeTokenFailure(const Account& account, const Error& error);

/// What a failed look at the seller means, made with a good token. kUnauthenticated = rejected also with a second
/// token. Gives the error back when it is a bug.
Result<ConnectionReport> JudgeSellerFailure(const Account& account, const Error& error);

/// What the marketplace's answer about the seller means.
ConnectionReport JudgeSeller(const Account& account, const SellerFacts& seller);

}  // namespace cdiscount::auth
