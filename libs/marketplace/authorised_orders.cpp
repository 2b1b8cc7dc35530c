#include "marketplace/authorised_orders.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <type_traits>

namespace cdiscount::marketplace {
namespace {

/// Calls `send(caller)`, which returns a Task<Result<T>>, with a token.
template <class Send>
std::invoke_result_t<Send&, const Caller&> WithToken(AccessTokens& tokens, Caller caller, Send send) {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) {
    co_return Error{.code = ErrorCode::kCancelled, .message = "told to end before the call"};
  }
  const auto call = [&](const Secret& token) {
    caller.access_token = token;
    return send(caller);
  };
  co_return co_await CallWithToken(tokens, caller, call);
}

}  // namespace

Task<Result<ObservedPage>> AuthorisedOrders::List(const Caller& caller, const OrdersQuery& query) {
  return WithToken(tokens_, caller, [this, &query](const Caller& with) { return api_.List(with, query); });
}

Task<Result<ObservedAnswer>> AuthorisedOrders::Get(const Caller& caller, const std::string& order_id) {
  return WithToken(tokens_, caller, [this, &order_id](const Caller& with) { return api_.Get(with, order_id); });
}

Task<Result<std::int64_t>> AuthorisedOrders::Count(const Caller& caller, const OrdersQuery& query) {
  return WithToken(tokens_, caller, [this, &query](const Caller& with) { return api_.Count(with, query); });
}

}  // namespace cdiscount::marketplace
