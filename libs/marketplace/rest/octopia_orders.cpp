#include "marketplace/rest/octopia_orders.hpp"

#include <utility>

#include "core/time_text.hpp"
#include "marketplace/rest/octopia_call.hpp"
#include "marketplace/rest/octopia_errors.hpp"
#include "marketplace/rest/orders_json.hpp"

namespace cdiscount::marketplace {
namespace {

void AddTime(rest::Query& query, std::string key, const std::optional<SysTime>& time) {
  if (time) query.emplace_back(std::move(key), FormatIso8601(*time));
}

/// The filters that List and Count share; docs/marketplace.md#order-queries.
rest::Query FilterOf(const Caller& caller, const OrdersQuery& wanted) {
  rest::Query query;
  if (!caller.channel.empty()) query.emplace_back("salesChannelId", caller.channel.value());
  AddTime(query, "updatedAtMin", wanted.updated_at_min);
  AddTime(query, "updatedAtMax", wanted.updated_at_max);
  return query;
}

std::string For(const Caller& caller, const std::string& path) {
  return "GET " + path + " for seller " + caller.seller.value();
}

}  // namespace

OctopiaOrders::OctopiaOrders(http::Client& client, OctopiaOptions options)
    : client_(client), options_(std::move(options)) {}

void OctopiaOrders::Warn(const Caller& caller, const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) {
    oddities_.Warn("marketplace_answer_odd",
                   {{"account_id", caller.account}, {"seller_id", caller.seller}, {"problem", warning}});
  }
}

Task<Result<ObservedPage>> OctopiaOrders::List(const Caller& caller, const OrdersQuery& query) {
  auto pairs = FilterOf(caller, query);
  pairs.emplace_back("sort", "asc:updatedAt");  // section 9, row 1: asked for, not relied on
  pairs.emplace_back("pageIndex", std::to_string(query.page_index));
  pairs.emplace_back("pageSize", std::to_string(query.page_size));
  auto response = co_await rest::Fetch(client_, options_, caller, "/orders", std::move(pairs));
  if (!response) co_return response.error();

  auto page = rest::ReadOrdersPage(response->body);
  if (page) {
    page->server_time = rest::ServerTime(*response);
    Warn(caller, page->warnings);
    co_return page;
  }
  co_return rest::Unexpected(*response, For(caller, "/orders"), "a JSON list of orders", page.error());
}

Task<Result<ObservedAnswer>> OctopiaOrders::Get(const Caller& caller, const std::string& order_id) {
  const auto path = "/orders/" + http::PercentEncode(order_id);
  auto response = co_await rest::Fetch(client_, options_, caller, path, rest::Query{});
  if (!response) co_return response.error();

  auto answer = rest::ReadOrder(response->body);
  if (answer) {
    Warn(caller, answer->warnings);
    co_return answer;
  }
  co_return rest::Unexpected(*response, For(caller, path), "a JSON order", answer.error());
}

Task<Result<std::int64_t>> OctopiaOrders::Count(const Caller& caller, const OrdersQuery& query) {
  const auto response = co_await rest::Fetch(client_, options_, caller, "/orders/count", FilterOf(caller, query));
  if (!response) co_return response.error();
  auto count = rest::ReadCount(response->body);
  if (count) co_return count;
  co_return rest::Unexpected(*response, For(caller, "/orders/count"), "a number", count.error());
}

}  // namespace cdiscount::marketplace
