#include "marketplace/order_content.hpp"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/predicate.hpp>
#include <cstdint>
#include <locale>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cdiscount/events/v1/order_recipients.pb.h"
#include "core/money.hpp"
#include "crypto/digest.hpp"

namespace cdiscount::marketplace {
namespace {

namespace pb = orders::v1;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int kNoLines = 0;  // no field has this number

template <class Enum, std::size_t kCount>
using Words = std::array<std::pair<std::string_view, Enum>, kCount>;

constexpr Words<pb::OrderStatus, 10> kStatuses = {{
    {"Processing", pb::ORDER_STATUS_PROCESSING},
    {"WaitingAcceptance", pb::ORDER_STATUS_WAITING_ACCEPTANCE},
    {"Accepted", pb::ORDER_STATUS_ACCEPTED},
    {"Refused", pb::ORDER_STATUS_REFUSED},
    {"InPreparation", pb::ORDER_STATUS_IN_PREPARATION},
    {"Shipped", pb::ORDER_STATUS_SHIPPED},
    {"Delivered", pb::ORDER_STATUS_DELIVERED},
    {"Cancelled", pb::ORDER_STATUS_CANCELLED},
    {"Rejected", pb::ORDER_STATUS_REJECTED},
    {"CancelRequest", pb::ORDER_STATUS_CANCEL_REQUEST},
}};

constexpr Words<pb::SupplyMode, 3> kSupplyModes = {{
    {"Seller", pb::SUPPLY_MODE_SELLER},
    {"Fulfillment", pb::SUPPLY_MODE_FULFILLMENT},
    {"Xdock", pb::SUPPLY_MODE_XDOCK},
}};

/// The marketplace writes its words in any case.
template <class Enum, std::size_t kCount>
Enum Meaning(const Words<Enum, kCount>& words, std::string_view word, Enum unknown) {
  const auto* const known = std::ranges::find_if(
      words, [&](const auto& entry) { return boost::algorithm::iequals(entry.first, word, std::locale::classic()); });
  return known == words.end() ? unknown : known->second;
}

/// Sorted by `key`, then by all that they hold.
template <class List, class Key>
void Sort(List& list, Key key) {
  const auto before = [&](const auto* a, const auto* b) {
    const auto& left = key(*a);
    const auto& right = key(*b);
    return left == right ? a->SerializeAsString() < b->SerializeAsString() : left < right;
  };
  if (list.size() > 1) std::sort(list.pointer_begin(), list.pointer_end(), before);
}

void Canonicalise(pb::LinePrice& price) {
  for (auto& tax : *price.mutable_taxes()) tax.set_rate(DecimalByValue(tax.rate()));
  Sort(*price.mutable_taxes(), [](const pb::Tax& tax) { return std::tie(tax.code(), tax.target()); });
}

void Canonicalise(pb::OrderLine& line) {
  line.set_status(Meaning(kStatuses, line.status_text(), pb::ORDER_STATUS_UNKNOWN));
  line.set_supply_mode(line.supply_mode_text().empty()
                           ? pb::SUPPLY_MODE_UNSPECIFIED
                           : Meaning(kSupplyModes, line.supply_mode_text(), pb::SUPPLY_MODE_UNKNOWN));
  Canonicalise(*line.mutable_selling_price());
  Canonicalise(*line.mutable_offer_price());
  if (line.has_commission()) line.mutable_commission()->set_rate(DecimalByValue(line.commission().rate()));
  line.mutable_delivery();
  Sort(*line.mutable_parcels(), [](const pb::Parcel& parcel) -> const auto& { return parcel.parcel_number(); });
}

/// Appends the fields of a serialised message that make its content: all but `ignored`. A line is appended without the
/// enums that follow from its words, so a program that learns a word does not take old orders for changed ones.
void AppendContent(std::string_view bytes, std::span<const int> ignored, int lines, std::string& content) {
  constexpr std::uint32_t kWireTypeBits = 3;
  constexpr std::uint32_t kVarint = 0;
  constexpr std::array<int, 2> kDerived = {pb::OrderLine::kStatusFieldNumber, pb::OrderLine::kSupplyModeFieldNumber};
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  for (std::size_t from = 0; from < bytes.size();) {
    const auto tag = in.ReadTag();
    std::uint64_t length = 0;
    if (!in.ReadVarint64(&length)) break;  // every field of an order is a varint, or has its length before it
    const auto inner = static_cast<std::size_t>(in.CurrentPosition());
    if ((tag & ((1U << kWireTypeBits) - 1)) != kVarint) in.Skip(static_cast<int>(length));
    const auto to = static_cast<std::size_t>(in.CurrentPosition());
    const auto number = static_cast<int>(tag >> kWireTypeBits);
    if (number == lines) {
      std::string line;
      AppendContent(bytes.substr(inner, to - inner), kDerived, kNoLines, line);
      content += std::to_string(number) + ":" + std::to_string(line.size()) + ":" + line;
    } else if (std::ranges::find(ignored, number) == ignored.end()) {
      content.append(bytes.substr(from, to - from));
    }
    from = to;
  }
}

int HighestScheme(const Descriptor& message) {
  int highest = kFirstScheme;
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& field = *message.field(i);
    highest = std::max(highest, SinceScheme(field));
    if (const auto* inner = field.message_type()) highest = std::max(highest, HighestScheme(*inner));
  }
  return highest;
}

}  // namespace

void Canonicalise(pb::Order& order) {
  order.set_status(Meaning(kStatuses, order.status_text(), pb::ORDER_STATUS_UNKNOWN));
  for (auto& line : *order.mutable_lines()) Canonicalise(line);
  Sort(*order.mutable_lines(), [](const pb::OrderLine& line) -> const auto& { return line.order_line_id(); });
  Sort(*order.mutable_service_fees(), [](const pb::ServiceFee& fee) -> const auto& { return fee.label(); });
}

std::optional<SysTime> UpdatedAt(const pb::Order& order) {
  if (!order.has_updated_at()) return std::nullopt;
  return SysTime{std::chrono::seconds{order.updated_at().seconds()}} +
         std::chrono::microseconds{order.updated_at().nanos() / 1000};
}

std::string BytesOf(const pb::Order& order) {
  return order.SerializeAsString();  // no maps in it, so there is one way to write it
}

std::string ContentHash(std::string_view bytes) {
  constexpr std::array<int, 2> kIgnored = {pb::Order::kUpdatedAtFieldNumber, pb::Order::kStatusFieldNumber};
  std::string content;
  content.reserve(bytes.size());
  AppendContent(bytes, kIgnored, pb::Order::kLinesFieldNumber, content);
  return crypto::Sha256Hex(content);
}

int CurrentScheme() {
  static const int kScheme =
      std::max(HighestScheme(*pb::Order::descriptor()), HighestScheme(*events::v1::OrderRecipients::descriptor()));
  return kScheme;
}

int SinceScheme(const FieldDescriptor& field) {
  return std::max(kFirstScheme, field.options().GetExtension(pb::since_scheme));
}

void ClearNewer(google::protobuf::Message& message, int scheme, const SinceSchemeOf& since) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (since(*field) > std::max(scheme, kFirstScheme)) {
      reflection.ClearField(&message, field);
    } else if (field->message_type() == nullptr) {
      continue;
    } else if (!field->is_repeated()) {
      ClearNewer(*reflection.MutableMessage(&message, field), scheme, since);
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        ClearNewer(*reflection.MutableRepeatedMessage(&message, field, i), scheme, since);
      }
    }
  }
}

}  // namespace cdiscount::marketplace
