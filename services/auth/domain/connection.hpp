#pragma once

#include <optional>
#include <string>

#include "cdiscount/auth/v1/account_service.pb.h"
#include "core/result.hpp"
#include "domain/account.hpp"

namespace cdiscount::auth {

/// A seller as the marketplace describes it (docs/marketplace.md#sellers). Any of the texts may be empty.
struct SellerFacts {
  std::string shop_name;
  std::string state;              ///< "Activated", "Deactivated", "PutOnNotice".
  std::string sub_state;          ///< "ActiveSeller", "Holidays", "BannedSeller".
  std::string subscription_step;  ///< "FirstConnection", "BankReferences", "ValidatingSubscription", "Finished".
  std::optional<bool> auto_accept_orders;
};

/// The answer of VerifyConnection.
using ConnectionReport = v1::VerifyConnectionResponse;

/// The credentials of this account were refused before: the marketplace was not asked.
ConnectionReport JudgeRefusedBefore(const Account& account);

/// The report of a failed token request. Gives the error back when it says nothing about the connection (a bug, a
/// cancelled call, our own database).
Result<ConnectionReport> JudgeTokenFailure(const Account& account, const Error& error);

/// The report of a failed look at the seller, made with a good token. kUnauthenticated = rejected also with a second
/// token. Gives the error back when it is a bug.
Result<ConnectionReport> JudgeSellerFailure(const Account& account, const Error& error);

/// The report of the marketplace's answer about the seller.
ConnectionReport JudgeSeller(const Account& account, const SellerFacts& seller);

}  // namespace cdiscount::auth
