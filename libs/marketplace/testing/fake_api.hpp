#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "marketplace/access_tokens.hpp"
#include "marketplace/orders_api.hpp"
#include "marketplace/seller_api.hpp"
#include "marketplace/token_api.hpp"

namespace cdiscount::fakes {

/// The answers of a fake, in order. A call beyond those that the test wrote down fails with kInternal.
template <class T>
class Answers {
 public:
  void ThenReturns(T value) { queue_.emplace_back(std::move(value)); }
  void ThenFails(Error error) { queue_.emplace_back(std::move(error)); }

  Result<T> Next(const std::string& call) {
    if (queue_.empty()) return Error{ErrorCode::kInternal, "the test has no answer for this call of " + call};
    auto next = std::move(queue_.front());
    queue_.pop_front();
    return next;
  }
  bool empty() const { return queue_.empty(); }

 private:
  std::deque<Result<T>> queue_;
};

class FakeOrdersApi final : public marketplace::OrdersApi {
 public:
  Answers<marketplace::ObservedPage> list;
  Answers<marketplace::ObservedAnswer> get;
  Answers<std::int64_t> count;

  /// The arguments of the calls, in order.
  std::vector<marketplace::Caller> callers;
  std::vector<marketplace::OrdersQuery> listed;
  std::vector<std::string> got;
  std::vector<marketplace::OrdersQuery> counted;

  Task<Result<marketplace::ObservedPage>> List(const marketplace::Caller& caller,
                                               const marketplace::OrdersQuery& query) override {
    callers.push_back(caller);
    listed.push_back(query);
    co_return list.Next("List");
  }
  Task<Result<marketplace::ObservedAnswer>> Get(const marketplace::Caller& caller,
                                                const std::string& order_id) override {
    callers.push_back(caller);
    got.push_back(order_id);
    co_return get.Next("Get");
  }
  Task<Result<std::int64_t>> Count(const marketplace::Caller& caller, const marketplace::OrdersQuery& query) override {
    callers.push_back(caller);
    counted.push_back(query);
    co_return count.Next("Count");
  }
};

class FakeSellerApi final : public marketplace::SellerApi {
 public:
  void ThenReturns(marketplace::SellerDto seller) { answers_.ThenReturns(std::move(seller)); }
  void ThenFails(Error error) { answers_.ThenFails(std::move(error)); }

  std::vector<marketplace::Caller> callers;

  Task<Result<marketplace::SellerDto>> GetSeller(const marketplace::Caller& caller) override {
    callers.push_back(caller);
    co_return answers_.Next("GetSeller");
  }

 private:
  Answers<marketplace::SellerDto> answers_;
};

class FakeTokenApi final : public marketplace::TokenApi {
 public:
  void ThenReturns(marketplace::IssuedToken token) { answers_.ThenReturns(std::move(token)); }
  void ThenFails(Error error) { answers_.ThenFails(std::move(error)); }

  std::vector<std::pair<std::string, Secret>> asked;

  Task<Result<marketplace::IssuedToken>> RequestToken(std::string client_id, Secret client_secret) override {
    asked.emplace_back(std::move(client_id), std::move(client_secret));
    co_return answers_.Next("RequestToken");
  }

 private:
  Answers<marketplace::IssuedToken> answers_;
};

class FakeAccessTokens final : public marketplace::AccessTokens {
 public:
  Answers<marketplace::AccessToken> get;
  Answers<marketplace::AccessToken> renew;

  std::vector<std::string> accounts;      ///< Of every call.
  std::vector<std::int64_t> generations;  ///< Of every call.
  std::vector<std::string> rejected;      ///< Fingerprints that Renew was given.

  Task<Result<marketplace::AccessToken>> Get(const SellerRef& owner) override {
    accounts.push_back(owner.account.value());
    generations.push_back(owner.generation);
    co_return get.Next("Get");
  }
  Task<Result<marketplace::AccessToken>> Renew(const SellerRef& owner, std::string rejected_fingerprint) override {
    accounts.push_back(owner.account.value());
    generations.push_back(owner.generation);
    rejected.push_back(std::move(rejected_fingerprint));
    co_return renew.Next("Renew");
  }
};

}  // namespace cdiscount::fakes
