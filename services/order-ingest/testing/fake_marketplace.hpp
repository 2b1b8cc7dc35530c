#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/time_text.hpp"
#include "marketplace/order_content.hpp"
#include "marketplace/orders_api.hpp"

namespace cdiscount::order_ingest::fakes {

/// A marketplace with a few orders: pages them as the contract says. `ThenFails` makes the next page fail instead.
class FakeMarketplace final : public marketplace::OrdersApi {
 public:
  void Shows(orders::v1::Order order) {
    auto id = order.order_id();
    orders_.insert_or_assign(std::move(id), std::move(order));
  }
  /// The list is behind for this order: it shows it as it was, until CatchesUp. Asked for alone it is as it is.
  void ListShows(orders::v1::Order order) {
    auto id = order.order_id();
    listed_.insert_or_assign(std::move(id), std::move(order));
  }
  void CatchesUp(const std::string& id) { listed_.erase(id); }
  const std::map<std::string, orders::v1::Order>& orders() const { return orders_; }
  void ThenFails(Error error) { failures_.push_back(std::move(error)); }
  /// The text of this order breaks every page that holds it.
  void Breaks(const std::string& id) { broken_.insert(id); }
  /// Their texts hold no `updatedAt`.
  void HidesTimesOfBrokenOrders() { shows_times_ = false; }
  void Repairs(const std::string& id) { broken_.erase(id); }
  /// The marketplace serves at most so many orders a page, whatever is asked for.
  void LimitsPagesTo(std::size_t orders) { page_limit_ = orders; }
  /// Every list answer ends in the middle of its last order.
  void CutsAnswers() { cuts_ = true; }
  void CountsFailWith(Error error) { count_error_ = std::move(error); }
  void FetchesFailWith(Error error) { fetch_error_ = std::move(error); }
  /// Called before each page is answered.
  void BeforeEachPage(std::function<void(const marketplace::OrdersQuery&)> what) { before_page_ = std::move(what); }
  void ClockSays(SysTime time) { server_time_ = time; }

  Task<Result<marketplace::ObservedPage>> List(const marketplace::Caller& caller,
                                               const marketplace::OrdersQuery& query) override {
    callers.push_back(caller);
    requests.push_back(query);
    if (before_page_) before_page_(query);
    if (!failures_.empty()) {
      auto error = failures_.front();
      failures_.pop_front();
      co_return error;
    }
    const auto found = Between(query.updated_at_min, query.updated_at_max);
    const auto size = std::min(page_limit_, static_cast<std::size_t>(query.page_size));
    const auto from = std::min(found.size(), static_cast<std::size_t>(query.page_index - 1) * size);
    const auto to = std::min(found.size(), from + size);
    marketplace::ObservedPage page;
    page.server_time = server_time_;
    for (auto i = from; i < to && !page.cut; ++i) {
      const auto& id = found[i]->order_id();
      const bool broken = broken_.contains(id);
      page.cut = broken || (cuts_ && i + 1 == to);
      if (!page.cut) {
        page.orders.push_back({*found[i], {}, {}});
      } else {
        const auto stamp = marketplace::UpdatedAt(*found[i]);
        auto rest = R"({"orderId":")" + id + R"(","updatedAt":")" +
                    (stamp && shows_times_ ? FormatIso8601(*stamp) : "") + R"(","lines":)";
        if (broken) rest += "[}]}";
        page.rest = Pii(rest);
      }
    }
    page.item_count = page.orders.size();
    co_return page;
  }

  Task<Result<marketplace::ObservedAnswer>> Get(const marketplace::Caller&, const std::string& id) override {
    single_requests.push_back(id);
    if (fetch_error_) co_return *fetch_error_;
    const auto found = orders_.find(id);
    if (found == orders_.end()) co_return Error{.code = ErrorCode::kNotFound, .message = "no such order"};
    if (broken_.contains(id)) co_return Error{.code = ErrorCode::kUnreadable, .message = "still broken"};
    co_return marketplace::ObservedAnswer{.observed = {found->second, {}, {}}, .warnings = {}};
  }

  Task<Result<std::int64_t>> Count(const marketplace::Caller&, const marketplace::OrdersQuery& query) override {
    ++counts;
    if (count_error_) co_return *count_error_;
    co_return static_cast<std::int64_t>(Between(query.updated_at_min, query.updated_at_max).size());
  }

  std::vector<marketplace::Caller> callers;
  std::vector<marketplace::OrdersQuery> requests;
  std::vector<std::string> single_requests;
  int counts = 0;

 private:
  std::vector<const orders::v1::Order*> Between(std::optional<SysTime> min, std::optional<SysTime> max) const {
    std::vector<const orders::v1::Order*> found;
    for (const auto& [id, as_it_is] : orders_) {
      const auto listed = listed_.find(id);
      const auto& order = listed == listed_.end() ? as_it_is : listed->second;
      const auto stamp = marketplace::UpdatedAt(order);
      if ((!min || stamp >= min) && (!max || stamp <= max)) found.push_back(&order);
    }
    std::ranges::sort(found, {},
                      [](const auto* order) { return std::tuple(marketplace::UpdatedAt(*order), order->order_id()); });
    return found;
  }

  std::map<std::string, orders::v1::Order> orders_;
  std::map<std::string, orders::v1::Order> listed_;
  std::deque<Error> failures_;
  std::set<std::string> broken_;
  std::size_t page_limit_ = 100;
  bool cuts_ = false;
  bool shows_times_ = true;
  std::optional<Error> count_error_;
  std::optional<Error> fetch_error_;
  std::function<void(const marketplace::OrdersQuery&)> before_page_;
  std::optional<SysTime> server_time_;
};

}  // namespace cdiscount::order_ingest::fakes
