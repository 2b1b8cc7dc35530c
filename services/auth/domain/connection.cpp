#include "domain/connection.hpp"

#include <fmt/format.h>

namespace cdiscount::auth {
namespace {

/// The text of an error as the end of a sentence.
std::string Ended(const std::string& text) {
  return text.ends_with('.') || text.ends_with('!') || text.ends_with('?') ? text : text + ".";
}

ConnectionReport Report(v1::ConnectionOutcome outcome, std::string explanation) {
  ConnectionReport report;
  report.set_outcome(outcome);
  report.set_explanation(std::move(explanation));
  return report;
}

ConnectionReport Unreachable(const std::string& what, const Error& error) {
  return Report(
      v1::CONNECTION_OUTCOME_UNREACHABLE,
      fmt::format("{}: {} The account stays as it is; try again when the cause is gone.", what, Ended(error.message)));
}

ConnectionReport QuotaSpent(const std::string& which, const Error& error) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(error.retry_after.value_or(std::chrono::seconds{0}));
  auto report =
      Report(v1::CONNECTION_OUTCOME_QUOTA_SPENT,
             fmt::format("The {} quota of this client id is used up, which says nothing about the "
                         "credentials. Try again {}.",
                         which, error.retry_after ? fmt::format("in {} s", seconds.count()) : "in some minutes"));
  report.set_retry_after_seconds(seconds.count());
  return report;
}

std::string Which(const Account& account) {
  return fmt::format("client id \"{}\"", account.client_id().value());
}

}  // namespace

ConnectionReport JudgeRefusedBefore(const Account& account) {
  return Report(v1::CONNECTION_OUTCOME_WRONG_SECRET, account.Attention());
}

Result<ConnectionReport> JudgeTokenFailure(const Account& account, const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnauthenticated:
      return Report(v1::CONNECTION_OUTCOME_WRONG_SECRET,
                    fmt::format("The marketplace refused the client secret of {}. Copy the client id and the secret "
                                "again from the seller's page \"API Credentials Management\" and give them to the "
                                "account; no call is made for it until then.",
                                Which(account)));
    case ErrorCode::kThrottled:
      return QuotaSpent("token", error);
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
      return Unreachable("No token could be had from the marketplace", error);
    case ErrorCode::kUnreadable:
      return Unreachable("The marketplace's token service gave an answer that cannot be understood", error);
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal:
      return error;
  }
  return error;
}

Result<ConnectionReport> JudgeSellerFailure(const Account& account, const Error& error) {
  const auto& seller = account.seller_id().value();
  switch (error.code) {
    case ErrorCode::kUnauthenticated:
      return Report(v1::CONNECTION_OUTCOME_WRONG_SECRET,
                    fmt::format("The marketplace issued a token for {} and then rejected it twice. Check on the "
                                "seller's page \"API Credentials Management\" that the credentials are active.",
                                Which(account)));
    case ErrorCode::kPermissionDenied:
      return Report(v1::CONNECTION_OUTCOME_NOT_LINKED,
                    fmt::format("The credentials are good, but {} may not act for seller {}. Link it to the seller on "
                                "the seller's page \"API Credentials Management\", or correct the seller id.",
                                Which(account), seller));
    case ErrorCode::kNotFound:
      return Report(v1::CONNECTION_OUTCOME_UNKNOWN_SELLER,
                    fmt::format("The credentials are good, but the marketplace knows no seller {}. Create the account "
                                "again with the seller's number.",
                                seller));
    case ErrorCode::kThrottled:
      return QuotaSpent("call", error);
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kCancelled:
      return Unreachable("The marketplace was not reached", error);
    case ErrorCode::kUnreadable:
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict:
      return Unreachable("The marketplace gave an answer that cannot be understood", error);
    case ErrorCode::kInternal:
      return error;
  }
  return error;
}

ConnectionReport JudgeSeller(const Account& account, const SellerFacts& seller) {
  const auto& id = account.seller_id().value();
  // Source: docs/marketplace.md#sellers. A ban outweighs the rest; a sub-state that is not known says nothing.
  const auto why_not_active = [&]() -> std::string {
    if (seller.sub_state == "BannedSeller") {
      return fmt::format("the marketplace has banned seller {}. Ask the marketplace's seller support.", id);
    }
    if (seller.state == "Deactivated") {
      return fmt::format("seller {} is deactivated. Ask the marketplace's seller support.", id);
    }
    if (seller.state == "PutOnNotice") {
      return fmt::format("the marketplace has put seller {} on notice. Read its messages in the seller portal.", id);
    }
    if (seller.state != "Activated") {
      return fmt::format(
          "the marketplace gives the state of seller {} as \"{}\", not \"Activated\". Look into the seller portal.", id,
          seller.state);
    }
    if (seller.sub_state == "Holidays") {
      return fmt::format("seller {} is on holiday: no new orders come until the holiday is ended in the seller portal.",
                         id);
    }
    return {};
  }();

  auto text = "The credentials are good, but " + why_not_active;
  if (why_not_active.empty()) {
    text = fmt::format("Connected: {} may act for seller {}", Which(account), id);
    if (!seller.shop_name.empty()) text += fmt::format(" (\"{}\")", seller.shop_name);
    text += ".";
    if (!seller.subscription_step.empty() && seller.subscription_step != "Finished") {
      text += fmt::format(" The seller's subscription is not finished yet (step \"{}\").", seller.subscription_step);
    }
    if (seller.auto_accept_orders == false) {
      text += " New orders wait for acceptance: the marketplace does not accept them by itself.";
    }
  }
  auto report =
      Report(why_not_active.empty() ? v1::CONNECTION_OUTCOME_CONNECTED : v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE,
             std::move(text));
  report.set_shop_name(seller.shop_name);
  report.set_seller_state(seller.state);
  report.set_auto_accept_orders(seller.auto_accept_orders.value_or(false));
  return report;
}

}  // namespace cdiscount::auth
