#include "cdiscount/orders/v1/order_query_service.pb.h"
#include "command.hpp"

namespace cdiscount::cli {
namespace {

namespace pb = cdiscount::orders::v1;

const Flag kOfAccount{"--account", "account_id", "Only of this account (name or id)"};
const Flag kLimit{
    .name = "--limit", .field = "page_size", .help = "At most so many", .preset = "50", .least = 1, .most = 100'000};
const View kMore{.lines = {"{?next_page_token}There are more: --limit shows them."}};
const std::string kNextTry = "{next_try_at}||{?given_up_at}none, given up {given_up_at}";

}  // namespace

View LinesOfOrder(const std::string& path) {
  return {
      .rows = path,
      .columns = {"QUANTITY={quantity}", "SKU={sku}", "TITLE={title}", "UNIT PRICE={selling_price.unit_price}",
                  "STATUS={status}", "SHIPPED BY={supply_mode_text|supply_mode:words}", "DELIVERY={delivery.mode}"}};
}

std::vector<Command> OrderCommands() {
  return {
      {.name = "orders list",
       .help = "Orders, the newest change first",
       .example = "--status IN_PREPARATION --since \"2 hours ago\"",
       .request = &pb::ListOrdersRequest::default_instance(),
       .flags = {kOfAccount,
                 {"--status", "status", "Only in this status"},
                 {"--since", "changed_since", "Only what changed since then: 2026-10-06T15:30:00Z, or \"2 hours ago\""},
                 {"--until", "changed_until", "Only what changed before then"},
                 kLimit},
       .views = {{.rows = "orders",
                  .columns = {"ORDER={order.order_id}", "STATUS={order.status}", "VERSION={version}",
                              "LINES={order.lines:count}", "TOTAL={order.total_selling_price}",
                              "PURCHASED={order.purchased_at}", "CHANGED={last_changed_at}",
                              "SELLER={order.seller_id}"},
                  .empty = "No orders. cdiscountctl sync show tells how the polling goes."},
                 kMore}},
      {.name = "orders show",
       .help = "One order with its lines",
       .example = "2610061530ABCDE --seller 98979",
       .request = &pb::GetOrderRequest::default_instance(),
       .flags = {{"order", "order_id", "The order id at the marketplace"},
                 {"--seller", "seller_id", "When several sellers have an order of this id"},
                 {"--channel", "sales_channel_id", "The sales channel (default CDISFR)"}},
       .views = {{.columns = {"Order={order.order.order_id}", "Reference={order.order.reference}",
                              "Seller={order.order.seller_id} on {order.order.sales_channel_id}",
                              "Status={order.order.status} (\"{order.order.status_text}\")||{order.order.status}",
                              "Version={order.version}", "Purchased={order.order.purchased_at}",
                              "Ship before={order.order.ship_by}", "Updated there={order.order.updated_at}",
                              "First seen={order.first_seen_at}", "Last changed={order.last_changed_at}",
                              "Total={order.order.total_selling_price}", "Payment={order.order.payment_method}",
                              "Buyer={?order.order.business_order}a company"}},
                 {.rows = "order.order.service_fees", .lines = {"Fee            {amount} {label}"}},
                 {.lines = {"{?order.order.lines}"}},
                 LinesOfOrder("order.order.lines")}},
      {.name = "orders unreadable list",
       .help = "Orders that were set aside, and why; the newest first",
       .example = "--account shop",
       .request = &pb::ListUnreadableOrdersRequest::default_instance(),
       .flags = {kOfAccount, kLimit},
       .views = {{.rows = "orders",
                  .columns = {"ACCOUNT={account_name|account_id}", "ID={id}", "FIRST SEEN={first_seen_at}",
                              "LAST SEEN={last_seen_at}", "TRIES={tries}", "NEXT TRY=" + kNextTry, "REASON={reason}"},
                  .empty = "No order is set aside."},
                 kMore}},
      {.name = "orders unreadable show",
       .help = "One of them",
       .example = "shop 2610061530ABCDE",
       .request = &pb::GetUnreadableOrderRequest::default_instance(),
       .flags = {{"account", "account_id", "Its account: name or id"},
                 {"id", "id", "As the list names it"},
                 {"--raw", "include_raw", "Also the text itself: it holds personal data"}},
       .views = {{.columns = {"Id={order.id}", "Order={order.order_id}",
                              "Account={order.account_name} ({order.account_id})", "Reason={order.reason}",
                              "First seen={order.first_seen_at}", "Last seen={order.last_seen_at}",
                              "Tries={order.tries}",
                              "Next try={order.next_try_at}||{?order.given_up_at}none, given up {order.given_up_at}",
                              "Text={raw}"}}}},
      {.name = "sync show",
       .help = "How the polling goes, per account: last poll, last error, cursor",
       .example = "--account shop",
       .request = &pb::ListSyncStatusRequest::default_instance(),
       .flags = {kOfAccount},
       .views =
           {{.rows = "accounts",
             .columns = {"ACCOUNT={account_name|account_id}", "SELLER={seller_id}", "POLLING={active}",
                         "READ UP TO={cursor}", "LAST POLL={last_poll_at:ago}", "LAST GOOD={last_success_at:ago}",
                         "NEXT={next_poll_at:ago}", "ORDERS={known_orders}", "UNREADABLE={unreadable_orders}"},
             .lines =
                 {"{?last_error}{account_name|account_id}: {last_error} ({failures_in_a_row} in a row, since "
                  "{failing_since})",
                  "{?unreadable_orders}{account_name|account_id}: orders set aside: {unreadable_orders}; cdiscountctl "
                  "orders unreadable list shows which and why"},
             .empty = "No account is polled yet. cdiscountctl account list shows what is connected."}}},
  };
}

}  // namespace cdiscount::cli
