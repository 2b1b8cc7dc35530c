#include "simulator/world/order.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cdiscount::simulator {
namespace {

constexpr std::array<std::string_view, 10> kStatusNames = {
    "Processing", "WaitingAcceptance", "Accepted",  "Refused",  "InPreparation",
    "Shipped",    "Delivered",         "Cancelled", "Rejected", "CancelRequest"};
constexpr std::array<std::string_view, 3> kInitiatorNames = {"Customer", "Seller", "SalesChannel"};
constexpr std::array<std::string_view, 3> kSupplyNames = {"Seller", "Fulfillment", "Xdock"};

class Hasher {
 public:
  void Add(std::string_view text) {
    for (const char c : text) Byte(static_cast<unsigned char>(c));
    Byte(0xff);
  }
  void Add(const std::optional<std::string>& text) {
    Add(std::int64_t{text.has_value()});
    if (text) Add(std::string_view{*text});
  }
  void Add(std::int64_t number) {
    for (int i = 0; i < 8; ++i) Byte(static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (8 * i)));
  }
  void Add(SysTime time) { Add(time.time_since_epoch().count()); }
  std::uint64_t value() const { return value_; }

 private:
  void Byte(unsigned char byte) { value_ = (value_ ^ byte) * 1099511628211ULL; }  // FNV-1a
  std::uint64_t value_ = 14695981039346656037ULL;
};

void AddAddress(Hasher& hash, const Address& address) {
  for (const auto& text : {address.civility, address.first_name, address.last_name, address.line1, address.postal_code,
                           address.city, address.country_code, address.phone, address.email}) {
    hash.Add(std::string_view{text});
  }
  for (const auto& text : {address.company_name, address.company_vat_number, address.line2, address.line3,
                           address.state_or_region, address.pickup_name, address.pickup_id}) {
    hash.Add(text);
  }
}

// Lines that live their own life: a line cancelled before stays so.
bool FollowsTheOrder(const OrderLine& line) {
  return !IsFinal(line.status);
}

void MoveTo(Order& order, OrderStatus status, SysTime now) {
  order.status = status;
  for (auto& line : order.lines) {
    if (!FollowsTheOrder(line)) continue;
    if (line.status == OrderStatus::kCancelRequest && !IsFinal(status)) continue;  // left out, and pending still
    line.status = status;
    if (status != OrderStatus::kShipped || !line.parcels.empty()) continue;
    const auto number = fmt::format("6A{:012}", std::hash<std::string>{}(order.id) % 1'000'000'000'000ULL);
    const bool relay = order.shipping && order.shipping->pickup_id;
    line.parcels.push_back(
        {number, relay ? "Mondial Relay" : "Colissimo", fmt::format("https://tracking.example.invalid/{}", number)});
  }
  if (status == OrderStatus::kInPreparation) order.address_released = true;
  if (status == OrderStatus::kShipped) {
    order.address_released = true;
    order.shipped_at = std::chrono::floor<std::chrono::seconds>(now);
  }
}

Status Declare(Order& order, const Change::Shipment& shipment) {
  for (const auto& id : shipment.line_ids) {
    const bool known = std::any_of(order.lines.begin(), order.lines.end(), [&](const auto& l) { return l.id == id; });
    if (!known) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("order {} has no line {}", order.id, id), {}, "line_ids"};
    }
  }
  for (auto& line : order.lines) {
    const auto& ids = shipment.line_ids;
    const bool named = ids.empty() ? FollowsTheOrder(line) : std::find(ids.begin(), ids.end(), line.id) != ids.end();
    if (!named) continue;
    line.parcels.push_back(shipment.parcel);
    line.status = OrderStatus::kShipped;
  }
  return Ok();
}

bool AllShipped(const Order& order) {
  return std::all_of(order.lines.begin(), order.lines.end(), [](const OrderLine& line) {
    return !FollowsTheOrder(line) || line.status == OrderStatus::kShipped || line.status == OrderStatus::kCancelRequest;
  });
}

}  // namespace

std::string_view ToText(OrderStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}
std::string_view ToText(SupplyMode mode) {
  return kSupplyNames[static_cast<std::size_t>(mode)];
}

std::optional<OrderStatus> ParseOrderStatus(std::string_view text) {
  for (const auto status : kAllStatuses) {
    if (ToText(status) == text) return status;
  }
  return std::nullopt;
}

std::optional<SupplyMode> ParseSupplyMode(std::string_view text) {
  for (std::size_t i = 0; i < kSupplyNames.size(); ++i) {
    if (kSupplyNames[i] == text) return static_cast<SupplyMode>(i);
  }
  return std::nullopt;
}

std::int64_t Order::TotalMinor() const {
  std::int64_t total = 0;
  for (const auto& line : lines) total += line.unit_minor * line.quantity + line.shipping_minor;
  for (const auto& fee : fees) total += fee.amount_minor;
  return total;
}

std::size_t Order::ParcelCount() const {
  std::size_t count = 0;
  for (const auto& line : lines) count += line.parcels.size();
  return count;
}

std::optional<CancelInitiator> ParseCancelInitiator(std::string_view text) {
  for (std::size_t i = 0; i < kInitiatorNames.size(); ++i) {
    if (kInitiatorNames[i] == text) return static_cast<CancelInitiator>(i);
  }
  return std::nullopt;
}

bool IsFinal(OrderStatus status) {
  return status == OrderStatus::kRefused || status == OrderStatus::kRejected || status == OrderStatus::kCancelled;
}

bool IsShippable(const OrderLine& line) {
  return line.status == OrderStatus::kInPreparation && line.supply == SupplyMode::kSeller;
}

bool MayBeAddedToAShipment(const OrderLine& line) {
  return line.status == OrderStatus::kCancelRequest && line.supply == SupplyMode::kSeller &&
         line.cancel_asked_by == CancelInitiator::kCustomer;
}

bool MayMove(OrderStatus from, OrderStatus to) {
  using enum OrderStatus;
  switch (from) {
    case kProcessing:
      return to == kWaitingAcceptance || to == kAccepted || to == kInPreparation || to == kRejected || to == kCancelled;
    case kWaitingAcceptance:
      return to == kAccepted || to == kRefused || to == kCancelled;
    case kAccepted:
      return to == kInPreparation || to == kRejected || to == kCancelled;
    case kInPreparation:
      return to == kShipped || to == kCancelled;
    case kShipped:
      return to == kDelivered || to == kCancelled;
    case kDelivered:
      return to == kCancelled;
    case kRefused:
    case kCancelled:
    case kRejected:
    case kCancelRequest:
      return false;
  }
  return false;
}

std::optional<OrderStatus> NextOnMainPath(OrderStatus from, bool auto_accept) {
  using enum OrderStatus;
  switch (from) {
    case kProcessing:
      return auto_accept ? kInPreparation : kWaitingAcceptance;
    case kWaitingAcceptance:
      return kAccepted;
    case kAccepted:
      return kInPreparation;
    case kInPreparation:
      return kShipped;
    case kShipped:
      return kDelivered;
    case kDelivered:
    case kRefused:
    case kCancelled:
    case kRejected:
    case kCancelRequest:
      return std::nullopt;
  }
  return std::nullopt;
}

namespace {

Status NoSuchLine(const Order& order, std::size_t index, std::string field) {
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("order {} has {} lines, so no line at index {}", order.id, order.lines.size(), index),
               {},
               std::move(field)};
}

Status AskToCancel(Order& order, std::size_t index, CancelInitiator initiator) {
  if (index >= order.lines.size()) return NoSuchLine(order, index, "ask_cancel_line");
  auto& line = order.lines[index];
  if (line.status != OrderStatus::kAccepted && line.status != OrderStatus::kInPreparation) {
    return Error{ErrorCode::kConflict,
                 fmt::format("line {} is {}, so its cancellation cannot be asked for", line.id, ToText(line.status)),
                 {},
                 "ask_cancel_line"};
  }
  line.status = OrderStatus::kCancelRequest;
  line.cancel_asked_by = initiator;
  return Ok();
}

}  // namespace

Status Apply(Order& order, const Change& change, SysTime now) {
  Order next = order;
  if (change.cancel_line) {
    if (*change.cancel_line >= next.lines.size()) return NoSuchLine(order, *change.cancel_line, "cancel_line");
    next.lines[*change.cancel_line].status = OrderStatus::kCancelled;
  }
  if (change.ask_cancel_line) {
    if (const auto asked = AskToCancel(next, *change.ask_cancel_line, change.initiator); !asked) return asked.error();
  }
  for (const auto& shipment : change.shipments) {
    if (const auto declared = Declare(next, shipment); !declared) return declared.error();
  }
  if (!change.shipments.empty() && AllShipped(next)) MoveTo(next, OrderStatus::kShipped, now);
  if (change.status && *change.status != order.status) {
    if (!change.force && !MayMove(order.status, *change.status)) {
      return Error{
          ErrorCode::kConflict,
          fmt::format("order {} is {} and cannot become {}", order.id, ToText(order.status), ToText(*change.status)),
          {},
          "status"};
    }
    MoveTo(next, *change.status, now);
  }
  if (change.add_fee_minor != 0) next.fees.push_back({"Frais de dossier", change.add_fee_minor});
  if (ContentHash(next) == ContentHash(order)) {
    return Error{
        ErrorCode::kInvalidArgument, fmt::format("the change leaves order {} as it is", order.id), {}, "change"};
  }
  const SysTime stamp = std::chrono::floor<std::chrono::seconds>(now);
  next.updated_at = change.stamp_back.count() > 0
                        ? std::chrono::floor<std::chrono::seconds>(order.updated_at - change.stamp_back)
                        : std::max(order.updated_at, stamp);
  order = std::move(next);
  return Ok();
}

void SettleInto(Order& order, OrderStatus status, SysTime now) {
  using enum OrderStatus;
  if (status == kDelivered) MoveTo(order, kShipped, now);
  if (status == kCancelled && order.lines.size() % 2 == 0) order.address_released = true;  // cancelled in preparation
  MoveTo(order, status, now);
}

std::uint64_t ContentHash(const Order& order) {
  Hasher hash;
  hash.Add(std::string_view{order.id});
  hash.Add(order.reference);
  hash.Add(std::int64_t{order.business});
  hash.Add(order.seller);
  hash.Add(std::string_view{order.customer_reference});
  hash.Add(order.purchased_at);
  hash.Add(order.created_at);
  hash.Add(order.ship_by.value_or(SysTime{}));
  hash.Add(std::int64_t{static_cast<int>(order.status)});
  hash.Add(std::string_view{order.payment_method});
  hash.Add(std::string_view{order.currency});
  AddAddress(hash, *order.billing);
  if (order.address_released) AddAddress(hash, *order.shipping);
  for (const auto& fee : order.fees) {
    hash.Add(std::string_view{fee.label});
    hash.Add(fee.amount_minor);
  }
  for (const auto& line : order.lines) {
    hash.Add(std::string_view{line.id});
    hash.Add(std::int64_t{static_cast<int>(line.status)});
    hash.Add(std::int64_t{line.quantity});
    hash.Add(line.unit_minor);
    hash.Add(line.shipping_minor);
    hash.Add(std::int64_t{line.commission_rate});
    hash.Add(std::string_view{line.product->sku});
    hash.Add(std::int64_t{line.gtin_known});
    hash.Add(std::string_view{line.condition});
    hash.Add(std::int64_t{static_cast<int>(line.supply)});
    hash.Add(std::string_view{line.delivery_mode});
    hash.Add(line.promised_min);
    hash.Add(line.promised_max);
    for (const auto& parcel : line.parcels) {
      hash.Add(std::string_view{parcel.number});
      hash.Add(std::string_view{parcel.carrier});
      hash.Add(parcel.tracking_url);
    }
  }
  return hash.value();
}

}  // namespace cdiscount::simulator
