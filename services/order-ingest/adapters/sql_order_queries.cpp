#include "adapters/sql_order_queries.hpp"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "adapters/order_events.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace pb = cdiscount::orders::v1;
using google::protobuf::util::TimeUtil;

constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 500;

constexpr std::string_view kByKey =
    "SELECT version, first_seen_at, last_changed_at, payload, order_key FROM orders WHERE order_key = :key";
constexpr std::string_view kById =
    "SELECT version, first_seen_at, last_changed_at, payload, order_key FROM orders WHERE order_id = :id LIMIT 2";

// Keyset: behind the last row of the page before, so that orders that change meanwhile shift nothing.
constexpr std::string_view kList =
    "SELECT version, first_seen_at, last_changed_at, payload, order_key FROM orders"
    " WHERE (:any_account = 1 OR account_id = :account) AND (:any_status = 1 OR status = :status)"
    " AND (last_changed_at < :at OR (last_changed_at = :same AND order_key < :key))"
    " ORDER BY last_changed_at DESC, order_key DESC LIMIT :most";

constexpr std::string_view kSync =
    "SELECT a.account_id, a.name, a.seller_id, a.sales_channel_id, a.enabled, a.cursor_at, a.last_poll_at,"
    " a.last_success_at, a.next_poll_at, a.last_error, a.failures,"
    " (SELECT count(*) FROM unreadable_order u WHERE u.account_id = a.account_id),"
    " (SELECT count(*) FROM orders o WHERE o.account_id = a.account_id)"
    " FROM account a WHERE (:any = 1 OR a.account_id = :account OR a.name = :name) ORDER BY a.name, a.account_id";

void Set(google::protobuf::Timestamp* out, SysTime time) {
  *out = TimeUtil::MicrosecondsToTimestamp(time.time_since_epoch().count());
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

Error Invalid(std::string field, std::string rule) {
  return {.code = ErrorCode::kInvalidArgument, .message = field + ": " + rule, .field = std::move(field)};
}

struct PagePlace {
  std::int64_t changed_at = INT64_MAX;
  std::string key;
};

std::string ToToken(const PagePlace& place) {
  return crypto::Base64Encode(std::to_string(place.changed_at) + " " + place.key);
}

std::optional<PagePlace> FromToken(const std::string& token) {
  if (token.empty()) return PagePlace{};
  const auto text = crypto::Base64Decode(token);
  if (!text) return std::nullopt;
  const auto space = text->find(' ');
  if (space == std::string::npos) return std::nullopt;
  PagePlace place;
  const auto [end, error] = std::from_chars(text->data(), text->data() + space, place.changed_at);
  if (error != std::errc{} || end != text->data() + space) return std::nullopt;
  place.key = text->substr(space + 1);
  return place;
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

Task<Result<pb::GetOrderResponse>> SqlOrderQueries::GetOrder(const pb::GetOrderRequest& request) {
  if (request.order_id().empty()) co_return Invalid("order_id", "is missing");
  const auto channel = request.sales_channel_id().empty() ? std::string("CDISFR") : request.sales_channel_id();
  auto found = co_await database_.Read([&](store::Transaction& transaction) -> Result<pb::GetOrderResponse> {
    const auto rows =
        request.seller_id().empty()
            ? transaction.Query(kById, {request.order_id()})
            : transaction.Query(
                  kByKey, {OrderKey{ChannelId{channel}, SellerId{request.seller_id()}, OrderId{request.order_id()}}
                               .ToString()});
    if (rows.empty()) {
      return Error{.code = ErrorCode::kNotFound, .message = "no order " + request.order_id() + " was seen"};
    }
    if (rows.size() > 1) return Invalid("seller_id", "several sellers have an order of this id: name one");
    pb::GetOrderResponse response;
    *response.mutable_order() = Known(rows[0]);
    return response;
  });
  co_return found;
}

Task<Result<pb::ListOrdersResponse>> SqlOrderQueries::ListOrders(const pb::ListOrdersRequest& request) {
  const int size = request.page_size() == 0 ? kDefaultPage : request.page_size();
  if (size < 1 || size > kLargestPage) co_return Invalid("page_size", "must be 1 to " + std::to_string(kLargestPage));
  const auto place = FromToken(request.page_token());
  if (!place) co_return Invalid("page_token", "is not one that an answer gave");

  auto listed = co_await database_.Read([&](store::Transaction& transaction) {
    const auto rows = transaction.Query(
        kList, {request.account_id().empty(), request.account_id(), request.status() == pb::ORDER_STATUS_UNSPECIFIED,
                StoredStatus(request.status()), place->changed_at, place->changed_at, place->key, size + 1});
    pb::ListOrdersResponse response;
    const auto shown = std::min(rows.size(), static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < shown; ++i) *response.add_orders() = Known(rows[i]);
    if (rows.size() > shown) {
      response.set_next_page_token(ToToken({rows[shown - 1].Int(2), rows[shown - 1].Text(4)}));
    }
    return response;
  });
  co_return listed;
}

Task<Result<pb::ListSyncStatusResponse>> SqlOrderQueries::ListSyncStatus(const pb::ListSyncStatusRequest& request) {
  auto listed = co_await database_.Read([&](store::Transaction& transaction) {
    pb::ListSyncStatusResponse response;
    for (const auto& row :
         transaction.Query(kSync, {request.account_id().empty(), request.account_id(), request.account_id()})) {
      auto* status = response.add_accounts();
      status->set_account_id(row.Text(0));
      status->set_account_name(row.Text(1));
      status->set_seller_id(row.Text(2));
      status->set_sales_channel_id(row.Text(3));
      status->set_active(row.Bool(4));
      if (!row.IsNull(5)) Set(status->mutable_cursor(), row.Time(5));
      if (!row.IsNull(6)) Set(status->mutable_last_poll_at(), row.Time(6));
      if (!row.IsNull(7)) Set(status->mutable_last_success_at(), row.Time(7));
      if (row.Bool(4)) Set(status->mutable_next_poll_at(), row.Time(8));
      status->set_last_error(row.Text(9));
      status->set_failures_in_a_row(static_cast<std::int32_t>(row.Int(10)));
      status->set_unreadable_orders(row.Int(11));
      status->set_known_orders(row.Int(12));
    }
    return response;
  });
  co_return listed;
}

}  // namespace cdiscount::order_ingest
