#include "rows/order_views.hpp"

#include "domain/messages.hpp"

namespace cdiscount::order_ingest::rows {
namespace {

namespace pb = cdiscount::orders::v1;

constexpr std::string_view kFindAccount =
    "SELECT account_id FROM account WHERE account_id = :called OR name = :called"
    " ORDER BY CASE WHEN account_id = :called THEN 0 ELSE 1 END LIMIT 1";

const std::string kSelect = "SELECT version, first_seen_at, last_changed_at, payload, order_key FROM orders WHERE ";
const std::string kByKey = kSelect + "order_key = :key";
// The channel is the begin of the key: an order of another channel is another order.
const std::string kById = kSelect + "order_id = :id AND substr(order_key, 1, length(:channel)) = :channel LIMIT 2";
const std::string kPage =
    "(:any_status = 1 OR status = :status) AND last_changed_at >= :since"
    " AND (last_changed_at < :before OR (last_changed_at = :before AND order_key < :key))"
    " ORDER BY last_changed_at DESC, order_key DESC LIMIT :most";
const std::string kList = kSelect + kPage;
const std::string kListOfAccount = kSelect + "account_id = :account AND " + kPage;

pb::KnownOrder Known(const store::Row& row) {
  pb::KnownOrder known;
  known.set_version(row.Int("version"));
  Set(known.mutable_first_seen_at(), row.Time("first_seen_at"));
  Set(known.mutable_last_changed_at(), row.Time("last_changed_at"));
  const auto bytes = row.BytesView("payload");
  if (!known.mutable_order()->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw store::StoreError(ErrorCode::kInternal, "orders.payload of " + row.Text("order_key") + " is no Order");
  }
  return known;
}

}  // namespace

Result<AccountId> FindAccount(store::Transaction& transaction, const std::string& called) {
  const auto row = transaction.QueryOne(kFindAccount, {{"called", called}});
  if (row) return AccountId{row->Text("account_id")};
  return Error{
      .code = ErrorCode::kNotFound,
      .message = "order-ingest knows no account \"" + called + "\"; cdiscountctl account list shows the accounts"};
}

std::optional<pb::KnownOrder> ViewOrder(store::Transaction& transaction, const OrderKey& key) {
  const auto text = key.ToString();
  const auto row = transaction.QueryOne(kByKey, {{"key", text}});
  return row ? std::optional(Known(*row)) : std::nullopt;
}

std::vector<pb::KnownOrder> ViewOrders(store::Transaction& transaction, const ChannelId& channel,
                                       const OrderId& order) {
  const auto prefix = channel.value() + "/";
  return transaction.Query(kById, {{"id", order}, {"channel", prefix}}).Map(Known);
}

std::vector<ListedOrder> ListOrders(store::Transaction& transaction, const OrdersAsked& asked) {
  const auto read = [](const store::Row& row) {
    return ListedOrder{.order = Known(row), .place = {row.Int("last_changed_at"), row.Text("order_key")}};
  };
  const store::Bind any_status{"any_status", !asked.status};
  const auto word = asked.status ? ToWord(*asked.status) : std::string();
  const store::Bind status{"status", word};
  const store::Bind since{"since", asked.changed_since};
  const store::Bind before{"before", asked.before.at};
  const store::Bind key{"key", asked.before.key};
  const store::Bind most{"most", asked.most};
  if (!asked.account) return transaction.Query(kList, {any_status, status, since, before, key, most}).Map(read);
  return transaction.Query(kListOfAccount, {{"account", *asked.account}, any_status, status, since, before, key, most})
      .Map(read);
}

}  // namespace cdiscount::order_ingest::rows
