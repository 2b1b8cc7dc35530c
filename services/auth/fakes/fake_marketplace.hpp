#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/ports.hpp"

namespace cdiscount::auth::fakes {

/// A token service that gives "token-1", "token-2", ... with fingerprints "print-1", ..., unless a test wants
/// otherwise.
class FakeTokenIssuer final : public TokenIssuer {
 public:
  std::vector<Credentials> asked;  ///< One entry per request, in order.
  std::chrono::seconds lifetime{7200};
  std::function<void()> while_asking = [] {};  ///< Runs in the middle of each request.

  void ThenFails(Error error) { answers_.push_back(std::move(error)); }
  /// Requests wait from now on until Answer() is called.
  void ThenHolds() { held_ = true; }
  void Answer() {
    held_ = false;
    for (const auto& timer : waiting_) timer->cancel();
    waiting_.clear();
  }

  Task<Result<IssuedToken>> Issue(Credentials credentials) override {
    asked.push_back(std::move(credentials));
    while_asking();
    if (held_) {
      auto timer = std::make_shared<boost::asio::steady_timer>(co_await boost::asio::this_coro::executor,
                                                               std::chrono::steady_clock::time_point::max());
      waiting_.push_back(timer);
      co_await timer->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      if (held_) co_return Error{.code = ErrorCode::kCancelled, .message = "The caller went away."};
    }
    if (!answers_.empty()) {
      const auto error = answers_.front();
      answers_.pop_front();
      co_return error;
    }
    const auto number = std::to_string(++issued_);
    co_return IssuedToken{Secret{"token-" + number}, "print-" + number, lifetime};
  }

 private:
  std::deque<Error> answers_;
  bool held_ = false;
  int issued_ = 0;
  std::vector<std::shared_ptr<boost::asio::steady_timer>> waiting_;
};

/// Every seller is active, unless a test wants otherwise.
class FakeSellerProbe final : public SellerProbe {
 public:
  std::vector<std::string> asked_with;  ///< The token of each request.
  SellerFacts facts{.shop_name = "Boutique",
                    .state = "Activated",
                    .sub_state = "ActiveSeller",
                    .subscription_step = "Finished",
                    .auto_accept_orders = true};

  void ThenFails(Error error) { answers_.push_back(std::move(error)); }

  Task<Result<SellerFacts>> Look(GivenToken token) override {
    asked_with.push_back(token.token.value.Reveal());
    if (answers_.empty()) co_return facts;
    const auto error = answers_.front();
    answers_.pop_front();
    co_return error;
  }

 private:
  std::deque<Error> answers_;
};

/// Counts what it is told.
class CountingObserver final : public Observer {
 public:
  int held = 0, issued = 0, not_given = 0, requests = 0, failed_requests = 0;
  std::vector<ConnectionOutcome> outcomes;

  void TokenGiven(bool newly_issued) override { ++(newly_issued ? issued : held); }
  void TokenNotGiven(ErrorCode) override { ++not_given; }
  void TokenRequestEnded(std::optional<ErrorCode> failure, std::chrono::duration<double>) override {
    ++requests;
    if (failure) ++failed_requests;
  }
  void ConnectionVerified(ConnectionOutcome outcome) override { outcomes.push_back(outcome); }
};

}  // namespace cdiscount::auth::fakes
