#pragma once

#include <google/protobuf/util/time_util.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cdiscount/events/v1/order_recipients.pb.h"
#include "cdiscount/orders/v1/order.pb.h"
#include "core/money.hpp"
#include "marketplace/rest/json_reader.hpp"

// Inside rest/ only: reads JSON into protobuf messages by tables of keys. The tables of an order: order_keys.hpp.
namespace cdiscount::marketplace::rest {

/// Reads an order into messages. Amounts carry the order's currency, which stands at its top alone.
class OrderReader : public JsonReader {
 public:
  explicit OrderReader(std::string currency) : currency_(std::move(currency)), minor_digits_(MinorDigits(currency_)) {}

  /// Absent for a value that is no number or does not fit: a strange price must not keep an order from being announced.
  std::optional<orders::v1::Money> ReadAmount(ondemand::value value);

  /// An object by its rows, all of which are absent at first. `value` is null for an absent one.
  template <class Table, class T>
  void ReadObject(const Table& rows, ondemand::value* value, T& into);
  /// One key by its row. False when it has none.
  template <class Table, class T>
  bool ReadKey(const Table& rows, std::string_view key, ondemand::value value, T& into);

  void NoteUnknown() { Note("is not known and is left out"); }

  std::optional<events::v1::Address> billing;
  /// The destination of the line that is being read.
  std::optional<events::v1::Recipient> shipping;
  /// The destination of every line, with the line's id.
  std::vector<std::pair<std::string, events::v1::Recipient>> shippings;

 private:
  std::string currency_;
  int minor_digits_;
};

/// How one key becomes a field of T. `value` is null when the key is absent; the field is then cleared, so the last of
/// two equal keys counts. An empty key stands for all others.
template <class T>
struct Row {
  std::string_view key;
  void (*read)(OrderReader& reader, ondemand::value* value, T& into);
};

/// The rows of a message: `static constexpr Row<T> kAll[]`.
template <class T>
struct Rows;

// ---- The ways of reading that a row may name. T is the class of the accessor: Order for &Order::mutable_reference.
// ---

template <class Accessor>
struct AccessorOf;
template <class R, class C>
struct AccessorOf<R* (C::*)()> {
  using Class = C;
  using Member = R;
};
template <class V, class C>
struct AccessorOf<void (C::*)(V)> {
  using Class = C;
};
template <auto kAccessor>
using ClassOf = typename AccessorOf<decltype(kAccessor)>::Class;
template <auto kAccessor>
using MemberOf = typename AccessorOf<decltype(kAccessor)>::Member;

template <auto kMutable>
void Text(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  auto& text = *(into.*kMutable)();
  text.clear();
  if (value != nullptr) reader.Read(*value, text);
}

template <auto kSet>
void Flag(OrderReader& reader, ondemand::value* value, ClassOf<kSet>& into) {
  std::optional<bool> flag;
  if (value != nullptr) reader.Read(*value, flag);
  (into.*kSet)(flag.value_or(false));
}

template <auto kMutable>
void Rate(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  Decimal rate;
  if (value != nullptr) reader.Read(*value, rate);
  *(into.*kMutable)() = std::move(rate.text);
}

template <auto kMutable, auto kClear>
void Amount(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  (into.*kClear)();
  if (value == nullptr) return;
  if (auto amount = reader.ReadAmount(*value)) *(into.*kMutable)() = std::move(*amount);
}

template <auto kMutable, auto kClear>
void Instant(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  (into.*kClear)();
  using google::protobuf::util::TimeUtil;
  std::optional<SysTime> time;
  if (value != nullptr) reader.Read(*value, time);
  if (time) *(into.*kMutable)() = TimeUtil::MicrosecondsToTimestamp(time->time_since_epoch().count());
}

template <auto kMutable, auto kClear>
void Object(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  (into.*kClear)();
  if (value == nullptr) return;
  if (value->type() != ondemand::json_type::object) return reader.NoteUnfit(*value, "an object");
  reader.ReadObject(Rows<MemberOf<kMutable>>::kAll, value, *(into.*kMutable)());
}

template <auto kAdd, auto kClear>
void List(OrderReader& reader, ondemand::value* value, ClassOf<kAdd>& into) {
  (into.*kClear)();
  if (value == nullptr) return;
  reader.EachElement(*value, [&](ondemand::value element) {
    reader.ReadObject(Rows<MemberOf<kAdd>>::kAll, &element, *(into.*kAdd)());
  });
}

/// An object whose keys are fields of the message that it stands in.
template <auto& kRows, class T>
void Group(OrderReader& reader, ondemand::value* value, T& into) {
  reader.ReadObject(kRows, value, into);
}

/// The same for fields of a message inside of it.
template <auto kMutable, auto kRead>
void In(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  kRead(reader, value, *(into.*kMutable)());
}

/// Known, and not used.
template <class T>
void Ignored(OrderReader&, ondemand::value*, T&) {}

template <class Table, class T>
void OrderReader::ReadObject(const Table& rows, ondemand::value* value, T& into) {
  for (const auto& row : rows) row.read(*this, nullptr, into);
  if (value == nullptr) return;
  EachField(*value, [&](std::string_view key, ondemand::value field) {
    if (!ReadKey(rows, key, field, into)) NoteUnknown();
  });
}

template <class Table, class T>
bool OrderReader::ReadKey(const Table& rows, std::string_view key, ondemand::value value, T& into) {
  for (const auto& row : rows) {
    if (row.key != key && !row.key.empty()) continue;
    row.read(*this, &value, into);
    return true;
  }
  return false;
}

}  // namespace cdiscount::marketplace::rest
