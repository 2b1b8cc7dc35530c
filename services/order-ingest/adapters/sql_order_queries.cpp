#include "adapters/sql_order_queries.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "adapters/order_events.hpp"
#include "adapters/paging.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace pb = cdiscount::orders::v1;

constexpr std::string_view kByKey =
    "SELECT version, first_seen_at, last_changed_at, payload, order_key FROM orders WHERE order_key = :key";
// The channel is the begin of the key: an order of another channel is another order.
constexpr std::string_view kById =
    "SELECT version, first_seen_at, last_changed_at, payload, order_key FROM orders WHERE order_id = :id"
    " AND substr(order_key, 1, length(:channel)) = :same_channel LIMIT 2";

// Keyset: behind the last row of the page before, so that orders that change meanwhile shift nothing.
std::string ListSql(bool of_account) {
  return std::string("SELECT version, first_seen_at, last_changed_at, payload, order_key FROM orders WHERE ") +
         (of_account ? "account_id = :account AND " : "") +
         "(:any_status = 1 OR status = :status) AND last_changed_at >= :since"
         " AND (last_changed_at < :at OR (last_changed_at = :same AND order_key < :key))"
         " ORDER BY last_changed_at DESC, order_key DESC LIMIT :most";
}

pb::KnownOrder Known(const store::Row& row) {
  pb::KnownOrder known;
  known.set_version(row.Int(0));
  Set(known.mutable_first_seen_at(), row.Time(1));
  Set(known.mutable_last_changed_at(), row.Time(2));
  const auto bytes = crypto::Base64Decode(row.Text(3));
  if (!bytes || !known.mutable_order()->ParseFromString(*bytes)) {
    throw store::StoreError(ErrorCode::kInternal, "orders.payload of " + row.Text(4) + " is no Order");
  }
  return known;
}

// The word under which a status is stored.
std::string StoredStatus(pb::OrderStatus status) {
  pb::Order order;
  order.set_sales_channel_id("-");
  order.set_seller_id("-");
  order.set_order_id("-");
  order.set_status_text("-");
  order.set_status(status);
  return std::string(ToString(FromProto(order)->status()));
}

}  // namespace

Result<std::string> FindAccount(store::Transaction& transaction, const std::string& called) {
  const auto rows =
      transaction.Query("SELECT account_id FROM account WHERE account_id = :id OR name = :name", {called, called});
  if (!rows.empty()) return rows[0].Text(0);
  return Error{
      .code = ErrorCode::kNotFound,
      .message = "order-ingest knows no account \"" + called + "\"; cdiscountctl account list shows the accounts"};
}

Task<Result<pb::GetOrderResponse>> SqlOrderQueries::GetOrder(const pb::GetOrderRequest& request) {
  if (request.order_id().empty()) co_return InvalidField("order_id", "is missing");
  const auto channel = request.sales_channel_id().empty() ? std::string("CDISFR") : request.sales_channel_id();
  auto found = co_await database_.Read([&](store::Transaction& transaction) -> Result<pb::GetOrderResponse> {
    const auto rows =
        request.seller_id().empty()
            ? transaction.Query(kById, {request.order_id(), channel + "/", channel + "/"})
            : transaction.Query(
                  kByKey, {OrderKey{ChannelId{channel}, SellerId{request.seller_id()}, OrderId{request.order_id()}}
                               .ToString()});
    if (rows.empty()) {
      return Error{.code = ErrorCode::kNotFound,
                   .message = "no order " + request.order_id() + " of channel " + channel + " was seen"};
    }
    if (rows.size() > 1) return InvalidField("seller_id", "several sellers have an order of this id: name one");
    pb::GetOrderResponse response;
    *response.mutable_order() = Known(rows[0]);
    return response;
  });
  co_return found;
}

Task<Result<pb::ListOrdersResponse>> SqlOrderQueries::ListOrders(const pb::ListOrdersRequest& request) {
  const auto page = ReadPage(request.page_size(), request.page_token());
  if (!page) co_return page.error();
  const auto since = Micros(request.changed_since(), "changed_since");
  if (!since) co_return since.error();
  const auto until = Micros(request.changed_until(), "changed_until");
  if (!until) co_return until.error();
  auto place = page->place;
  if (request.has_changed_until() && *until < place.at) place = {.at = *until, .key = ""};
  const bool of_account = !request.account_id().empty();

  auto listed = co_await database_.Read([&](store::Transaction& transaction) -> Result<pb::ListOrdersResponse> {
    std::vector<store::Param> params = {request.status() == pb::ORDER_STATUS_UNSPECIFIED,
                                        StoredStatus(request.status()),
                                        request.has_changed_since() ? *since : std::numeric_limits<std::int64_t>::min(),
                                        place.at,
                                        place.at,
                                        place.key,
                                        page->size + 1};
    if (of_account) {
      const auto account = FindAccount(transaction, request.account_id());
      if (!account) return account.error();
      params.insert(params.begin(), *account);
    }
    const auto rows = transaction.Query(ListSql(of_account), params);
    pb::ListOrdersResponse response;
    const auto shown = std::min(rows.size(), static_cast<std::size_t>(page->size));
    for (std::size_t i = 0; i < shown; ++i) *response.add_orders() = Known(rows[i]);
    if (rows.size() > shown) {
      response.set_next_page_token(ToToken({rows[shown - 1].Int(2), rows[shown - 1].Text(4)}));
    }
    return response;
  });
  co_return listed;
}

}  // namespace cdiscount::order_ingest
