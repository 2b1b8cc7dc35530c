#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "app/fingerprints.hpp"
#include "app/order_source.hpp"
#include "core/time_text.hpp"
#include "testing/an_order.hpp"

namespace cdiscount::order_ingest::fakes {

inline IncomingOrder Incoming(Order order) {
  auto content = Fingerprints::ContentHash(order);
  return {.order = std::move(order), .recipients = {}, .fingerprint = {std::move(content), ""}};
}

/// A marketplace with a few orders: pages them as the contract says. `ThenFails` makes the next page fail instead.
class FakeOrderSource final : public OrderSource {
 public:
  void Shows(Order order) { orders_.insert_or_assign(order.key().order.value(), std::move(order)); }
  void ThenFails(Error error) { failures_.push_back(std::move(error)); }
  /// The text of this order breaks every page that holds it.
  void Breaks(const std::string& id) { broken_.insert(id); }
  /// Their texts hold no `updatedAt`.
  void HidesTimesOfBrokenOrders() { shows_times_ = false; }
  void Repairs(const std::string& id) { broken_.erase(id); }
  /// The list is behind for this order: it shows it as it was, until CatchesUp. Asked for alone it is as it is.
  void ListShows(Order order) { listed_.insert_or_assign(order.key().order.value(), std::move(order)); }
  void CatchesUp(const std::string& id) { listed_.erase(id); }
  const std::map<std::string, Order>& orders() const { return orders_; }
  /// The marketplace serves at most so many orders a page, whatever is asked for.
  void LimitsPagesTo(std::size_t orders) { page_limit_ = orders; }
  /// Every list answer ends in the middle of its last order.
  void CutsAnswers() { cuts_ = true; }
  void CountsFailWith(Error error) { count_error_ = std::move(error); }
  void FetchesFailWith(Error error) { fetch_error_ = std::move(error); }
  /// Called before each page is answered.
  void BeforeEachPage(std::function<void(const PageRequest&)> what) { before_page_ = std::move(what); }
  void ClockSays(SysTime time) { server_time_ = time; }

  Task<Result<OrderPage>> FetchPage(SellerRef, PageRequest request) override {
    requests.push_back(request);
    if (before_page_) before_page_(request);
    if (!failures_.empty()) {
      auto error = failures_.front();
      failures_.pop_front();
      co_return error;
    }
    const auto found = Between(request.updated_min, request.updated_max);
    const auto size = std::min(page_limit_, static_cast<std::size_t>(request.page_size));
    const auto from = std::min(found.size(), static_cast<std::size_t>(request.page_index - 1) * size);
    const auto to = std::min(found.size(), from + size);
    OrderPage page;
    page.server_time = server_time_;
    for (auto i = from; i < to && !page.cut; ++i) {
      const auto& id = found[i]->key().order.value();
      const bool broken = broken_.contains(id);
      page.cut = broken || (cuts_ && i + 1 == to);
      if (!page.cut) {
        page.orders.push_back(Incoming(*found[i]));
      } else {
        const auto stamp = found[i]->updated_at();
        page.rest = R"({"orderId":")" + id + R"(","updatedAt":")" +
                    (stamp && shows_times_ ? FormatIso8601(*stamp) : "") + R"(","lines":)";
        if (broken) page.rest += "[}]}";
      }
    }
    page.items = page.orders.size();
    co_return page;
  }

  Task<Result<IncomingOrder>> FetchOrder(SellerRef, OrderId id) override {
    single_requests.push_back(id.value());
    if (fetch_error_) co_return *fetch_error_;
    const auto found = orders_.find(id.value());
    if (found == orders_.end()) co_return Error{.code = ErrorCode::kNotFound, .message = "no such order"};
    if (broken_.contains(id.value())) co_return Error{.code = ErrorCode::kUnreadable, .message = "still broken"};
    co_return Incoming(found->second);
  }

  Task<Result<std::int64_t>> Count(SellerRef, SysTime min, SysTime max) override {
    ++counts;
    if (count_error_) co_return *count_error_;
    co_return static_cast<std::int64_t>(Between(min, max).size());
  }

  std::vector<PageRequest> requests;
  std::vector<std::string> single_requests;
  int counts = 0;

 private:
  std::vector<const Order*> Between(SysTime min, std::optional<SysTime> max) const {
    std::vector<const Order*> found;
    for (const auto& [id, as_it_is] : orders_) {
      const auto listed = listed_.find(id);
      const auto& order = listed == listed_.end() ? as_it_is : listed->second;
      if (order.updated_at() >= min && (!max || order.updated_at() <= max)) found.push_back(&order);
    }
    std::sort(found.begin(), found.end(), [](const Order* a, const Order* b) {
      return std::tuple(a->updated_at(), a->key()) < std::tuple(b->updated_at(), b->key());
    });
    return found;
  }

  std::map<std::string, Order> orders_;
  std::map<std::string, Order> listed_;
  std::deque<Error> failures_;
  std::set<std::string> broken_;
  std::size_t page_limit_ = 100;
  bool cuts_ = false;
  bool shows_times_ = true;
  std::optional<Error> count_error_;
  std::optional<Error> fetch_error_;
  std::function<void(const PageRequest&)> before_page_;
  std::optional<SysTime> server_time_;
};

}  // namespace cdiscount::order_ingest::fakes
