// The half of SqlOrderQueries that tells how the polling goes: accounts, and the orders that were set aside.
#include <algorithm>
#include <utility>

#include "adapters/order_rows.hpp"
#include "adapters/paging.hpp"
#include "adapters/sql_order_queries.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace pb = cdiscount::orders::v1;

constexpr std::string_view kSelectUnreadable =
    "SELECT u.account_id, coalesce(a.name, ''), u.id, u.order_id, u.reason, u.first_seen_at, u.last_seen_at,"
    " u.attempts, u.next_try_at, u.given_up_at, u.sealed FROM unreadable_order u"
    " LEFT JOIN account a ON a.account_id = u.account_id WHERE ";

std::string ListSql() {
  return std::string(kSelectUnreadable) +
         "(:any = 1 OR u.account_id = :account OR a.name = :name)"
         " AND (:first = 1 OR u.first_seen_at < :at OR (u.first_seen_at = :same"
         "   AND u.account_id || '/' || u.id < :key))"
         " ORDER BY u.first_seen_at DESC, u.account_id || '/' || u.id DESC LIMIT :most";
}

std::string GetSql() {
  return std::string(kSelectUnreadable) + "(u.account_id = :account OR a.name = :name) AND u.id = :id";
}

pb::UnreadableOrder FromRow(const store::Row& row) {
  pb::UnreadableOrder order;
  order.set_account_id(row.Text(0));
  order.set_account_name(row.Text(1));
  order.set_id(row.Text(2));
  order.set_order_id(row.MaybeText(3).value_or(""));
  order.set_reason(row.Text(4));
  Set(order.mutable_first_seen_at(), row.Time(5));
  Set(order.mutable_last_seen_at(), row.Time(6));
  order.set_tries(static_cast<std::int32_t>(row.Int(7)));
  if (row.IsNull(9)) {
    order.set_state(pb::UNREADABLE_ORDER_STATE_WAITING);
    Set(order.mutable_next_try_at(), row.Time(8));
  } else {
    order.set_state(pb::UNREADABLE_ORDER_STATE_GIVEN_UP);
    Set(order.mutable_given_up_at(), row.Time(9));
  }
  return order;
}

pb::SyncStatus StatusFrom(const store::Row& row) {
  pb::SyncStatus status;
  status.set_account_id(row.Text(0));
  status.set_account_name(row.Text(1));
  status.set_seller_id(row.Text(2));
  status.set_sales_channel_id(row.Text(3));
  status.set_active(row.Bool(4));
  if (!row.IsNull(5)) Set(status.mutable_cursor(), row.Time(5));
  if (!row.IsNull(6)) Set(status.mutable_last_poll_at(), row.Time(6));
  if (!row.IsNull(7)) Set(status.mutable_last_success_at(), row.Time(7));
  if (row.Bool(4)) Set(status.mutable_next_poll_at(), row.Time(8));
  status.set_last_error(row.Text(9));
  status.set_failures_in_a_row(static_cast<std::int32_t>(row.Int(10)));
  if (!row.IsNull(11)) Set(status.mutable_failing_since(), row.Time(11));
  status.set_unreadable_orders(row.Int(12));
  status.set_known_orders(row.Int(13));
  return status;
}

}  // namespace

std::string_view SyncStatusSql() {
  // The page of accounts first, then what is counted for each of them: by an index of its own account's rows.
  return "SELECT a.account_id, a.name, a.seller_id, a.sales_channel_id, a.enabled, a.cursor_at, a.last_poll_at,"
         " a.last_success_at, a.next_poll_at, a.last_error, a.failures, a.failing_since,"
         " (SELECT count(*) FROM unreadable_order u WHERE u.account_id = a.account_id),"
         " (SELECT count(*) FROM orders o WHERE o.account_id = a.account_id)"
         " FROM (SELECT * FROM account WHERE (:any = 1 OR account_id = :account OR name = :called)"
         "  AND (:first = 1 OR name > :name OR (name = :same AND account_id > :id))"
         "  ORDER BY name, account_id LIMIT :most) a ORDER BY a.name, a.account_id";
}

Task<Result<pb::ListSyncStatusResponse>> SqlOrderQueries::ListSyncStatus(const pb::ListSyncStatusRequest& request) {
  const auto page = ReadPage(request.page_size(), request.page_token());
  if (!page) co_return page.error();
  // The place of an account is its name and its id, one behind the other.
  const auto split = page->first ? 0 : static_cast<std::size_t>(std::max<std::int64_t>(page->place.at, 0));
  const auto name = page->place.key.substr(0, split);
  const auto id = page->place.key.substr(std::min(split, page->place.key.size()));
  const auto& asked = request.account_id();

  auto listed = co_await database_.Read([&](store::Transaction& transaction) -> Result<pb::ListSyncStatusResponse> {
    if (!asked.empty()) {
      if (const auto known = FindAccount(transaction, asked); !known) return known.error();
    }
    const auto rows =
        transaction.Query(SyncStatusSql(), {asked.empty(), asked, asked, page->first, name, name, id, page->size + 1});
    pb::ListSyncStatusResponse response;
    const auto shown = std::min(rows.size(), static_cast<std::size_t>(page->size));
    for (std::size_t i = 0; i < shown; ++i) *response.add_accounts() = StatusFrom(rows[i]);
    if (rows.size() > shown) {
      const auto& last = rows[shown - 1];
      response.set_next_page_token(
          ToToken({static_cast<std::int64_t>(last.Text(1).size()), last.Text(1) + last.Text(0)}));
    }
    return response;
  });
  co_return listed;
}

Task<Result<pb::ListUnreadableOrdersResponse>> SqlOrderQueries::ListUnreadableOrders(
    const pb::ListUnreadableOrdersRequest& request) {
  const auto page = ReadPage(request.page_size(), request.page_token());
  if (!page) co_return page.error();
  const auto& asked = request.account_id();
  const auto& place = page->place;

  auto listed =
      co_await database_.Read([&](store::Transaction& transaction) -> Result<pb::ListUnreadableOrdersResponse> {
        if (!asked.empty()) {
          if (const auto known = FindAccount(transaction, asked); !known) return known.error();
        }
        const auto rows = transaction.Query(
            ListSql(), {asked.empty(), asked, asked, page->first, place.at, place.at, place.key, page->size + 1});
        pb::ListUnreadableOrdersResponse response;
        const auto shown = std::min(rows.size(), static_cast<std::size_t>(page->size));
        for (std::size_t i = 0; i < shown; ++i) *response.add_orders() = FromRow(rows[i]);
        if (rows.size() > shown) {
          const auto& last = rows[shown - 1];
          response.set_next_page_token(ToToken({last.Int(5), last.Text(0) + "/" + last.Text(2)}));
        }
        return response;
      });
  co_return listed;
}

Task<Result<pb::GetUnreadableOrderResponse>> SqlOrderQueries::GetUnreadableOrder(
    const pb::GetUnreadableOrderRequest& request) {
  if (request.account_id().empty()) co_return InvalidField("account_id", "is missing");
  if (request.id().empty()) co_return InvalidField("id", "is missing");

  auto found = co_await database_.Read([&](store::Transaction& transaction) -> Result<pb::GetUnreadableOrderResponse> {
    const auto rows = transaction.Query(GetSql(), {request.account_id(), request.account_id(), request.id()});
    if (rows.empty()) {
      return Error{.code = ErrorCode::kNotFound,
                   .message = "account " + request.account_id() + " has no order " + request.id() +
                              " that is set aside; one that could be read again has left the list"};
    }
    pb::GetUnreadableOrderResponse response;
    *response.mutable_order() = FromRow(rows[0]);
    if (request.include_raw()) {
      const auto raw = box_.Open(rows[0].Text(10), UnreadableRow(rows[0].Text(0), rows[0].Text(2)));
      if (!raw) return raw.error();
      response.set_raw(*raw);
    }
    return response;
  });
  co_return found;
}

Task<Result<SyncFigures>> SqlOrderQueries::ReadSyncFigures() {
  auto figures = co_await database_.Read([&](store::Transaction& transaction) {
    SyncFigures read;
    const auto orders = transaction.Query("SELECT count(*), count(given_up_at) FROM unreadable_order");
    read.given_up = orders.at(0).Int(1);
    read.waiting = orders.at(0).Int(0) - read.given_up;
    const auto accounts = transaction.Query(
        "SELECT count(failing_since), min(coalesce(last_success_at, failing_since)) FROM account WHERE enabled = 1");
    read.failing = accounts.at(0).Int(0);
    if (const auto oldest = accounts.at(0).MaybeTime(1)) read.oldest_success_age = transaction.Now() - *oldest;
    return read;
  });
  co_return figures;
}

}  // namespace cdiscount::order_ingest
