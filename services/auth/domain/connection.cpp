#include "domain/connection.hpp"

#include <fmt/format.h>

namespace cdiscount::auth {
namespace {

/// The text of an error as the end of a sentence.
std::string Ended(const std::string& text) {
  return text.ends_with('.') || text.ends_with('!') || text.ends_with('?') ? text : text + ".";
}

ConnectionReport Unreachable(const std::string& what, const Error& error) {
  return {.outcome = ConnectionOutcome::kUnreachable,
          .explanation = fmt::format("{}: {} The account stays as it is; try again when the cause is gone.", what,
                                     Ended(error.message))};
}

ConnectionReport QuotaSpent(const std::string& which, const Error& error) {
  const auto wait = error.retry_after
                        ? fmt::format("in {} s", std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count())
                        : std::string("in some minutes");
  return {
      .outcome = ConnectionOutcome::kQuotaSpent,
      .explanation = fmt::format("The {} quota of this client id is used up, which says nothing about the credentials. "
                                 "Try again {}.",
                                 which, wait),
      .retry_after = error.retry_after};
}

std::string Which(const Account& account) {
  return fmt::format("client id \"{}\"", account.client_id().value());
}

}  // namespace

std::string_view ToString(ConnectionOutcome outcome) {
  switch (outcome) {
    case ConnectionOutcome::kConnected:
      return "connected";
    case ConnectionOutcome::kUnreachable:
      return "unreachable";
    case ConnectionOutcome::kWrongSecret:
      return "wrong_secret";
    case ConnectionOutcome::kNotLinked:
      return "not_linked";
    case ConnectionOutcome::kUnknownSeller:
      return "unknown_seller";
    case ConnectionOutcome::kQuotaSpent:
      return "quota_spent";
    case ConnectionOutcome::kSellerNotActive:
      return "seller_not_active";
  }
  return "unreachable";
}

ConnectionReport JudgeRefusedBefore(const Account& account) {
  return {.outcome = ConnectionOutcome::kWrongSecret, .explanation = account.Attention()};
}

Result<ConnectionReport> JudgeTokenFailure(const Account& account, const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnauthenticated:
      return ConnectionReport{.outcome = ConnectionOutcome::kWrongSecret,
                              .explanation = fmt::format(
                                  "The marketplace refused the client secret of {}. Copy the client id and the secret "
                                  "again from the seller's page \"API Credentials Management\" and give them to the "
                                  "account; no call is made for it until then.",
                                  Which(account))};
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
      return ConnectionReport{
          .outcome = ConnectionOutcome::kWrongSecret,
          .explanation = fmt::format("The marketplace issued a token for {} and then rejected it twice. Check on the "
                                     "seller's page \"API Credentials Management\" that the credentials are active.",
                                     Which(account))};
    case ErrorCode::kPermissionDenied:
      return ConnectionReport{
          .outcome = ConnectionOutcome::kNotLinked,
          .explanation =
              fmt::format("The credentials are good, but {} may not act for seller {}. Link it to the seller on "
                          "the seller's page \"API Credentials Management\", or correct the seller id.",
                          Which(account), seller)};
    case ErrorCode::kNotFound:
      return ConnectionReport{
          .outcome = ConnectionOutcome::kUnknownSeller,
          .explanation =
              fmt::format("The credentials are good, but the marketplace knows no seller {}. Create the account "
                          "again with the seller's number.",
                          seller)};
    case ErrorCode::kThrottled:
      return QuotaSpent("call", error);
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
      return Unreachable("The marketplace was not reached", error);
    case ErrorCode::kUnreadable:
      return Unreachable("The marketplace gave an answer that cannot be understood", error);
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict:
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal:
      return error;
  }
  return error;
}

ConnectionReport JudgeSeller(const Account& account, const SellerFacts& seller) {
  const auto& id = account.seller_id().value();
  const auto not_active = [&](std::string text) {
    return ConnectionReport{
        .outcome = ConnectionOutcome::kSellerNotActive, .explanation = std::move(text), .seller = seller};
  };
  // Source: octopia-rest-v2.md, 8. A ban outweighs the rest; a sub-state that is not known says nothing.
  if (seller.sub_state == "BannedSeller") {
    return not_active(
        fmt::format("The credentials are good, but the marketplace has banned seller {}. Ask the "
                    "marketplace's seller support.",
                    id));
  }
  if (seller.state == "Deactivated") {
    return not_active(
        fmt::format("The credentials are good, but seller {} is deactivated. Ask the marketplace's seller "
                    "support.",
                    id));
  }
  if (seller.state == "PutOnNotice") {
    return not_active(
        fmt::format("The credentials are good, but the marketplace has put seller {} on notice. Read its "
                    "messages in the seller portal.",
                    id));
  }
  if (seller.state != "Activated") {
    return not_active(
        fmt::format("The credentials are good, but the marketplace gives the state of seller {} as \"{}\", "
                    "not \"Activated\". Look into the seller portal.",
                    id, seller.state));
  }
  if (seller.sub_state == "Holidays") {
    return not_active(
        fmt::format("The credentials are good, but seller {} is on holiday: no new orders come until the "
                    "holiday is ended in the seller portal.",
                    id));
  }
  auto text = fmt::format("Connected: {} may act for seller {}", Which(account), id);
  if (!seller.shop_name.empty()) text += fmt::format(" (\"{}\")", seller.shop_name);
  text += ".";
  if (!seller.subscription_step.empty() && seller.subscription_step != "Finished") {
    text += fmt::format(" The seller's subscription is not finished yet (step \"{}\").", seller.subscription_step);
  }
  if (seller.auto_accept_orders == false)
    text += " New orders wait for acceptance: the marketplace does not accept them by itself.";
  return {.outcome = ConnectionOutcome::kConnected, .explanation = std::move(text), .seller = seller};
}

}  // namespace cdiscount::auth
