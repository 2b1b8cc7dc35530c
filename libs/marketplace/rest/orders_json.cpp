#include "marketplace/rest/orders_json.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "marketplace/rest/json_text.hpp"
#include "marketplace/rest/order_keys.hpp"

// simdjson's exceptions stay inside this file: they say that the text is no JSON.
namespace cdiscount::marketplace::rest {
namespace {

/// An order is six levels deep; what Octopia may put into `productAttributes` is not known.
constexpr std::size_t kMostLevels = 32;
constexpr std::size_t kMostWarnings = 50;

struct OrderRead {
  pb::Order order;  ///< As far as it was read.
  Recipients recipients;
  std::string fault;  ///< Why it is no order; empty when it is one.
  bool no_json = false;
  std::vector<std::string> notes;
};

/// Names a fact that the marketplace is certain to send (docs/marketplace.md#certain) and that is missing; else empty.
std::string MissingFact(const pb::Order& order) {
  if (order.order_id().empty()) return "orderId is missing";
  if (order.status_text().empty()) return "status is missing";
  for (int i = 0; i < order.lines_size(); ++i) {
    const auto place = "lines[" + std::to_string(i) + "].";
    if (order.lines(i).order_line_id().empty()) return place + "orderLineId is missing";
    if (order.lines(i).quantity() == kNotSent) return place + "quantity is missing";
  }
  return {};
}

/// ISO 4217; it may stand behind the amounts. Empty when it is not sent.
std::string CurrencyOf(ondemand::document& document) {
  std::string currency;
  JsonReader reader;
  if (document.type() != ondemand::json_type::object) return currency;
  for (auto field : document.get_object()) {
    if (field.key() == "currencyCode") reader.Read(field.value(), currency);
  }
  document.rewind();
  return currency;
}

/// Lines that go to the same place are one recipient.
Recipients RecipientsOf(OrderReader& reader) {
  events::v1::OrderRecipients people;
  if (reader.billing) *people.mutable_billing_address() = std::move(*reader.billing);
  std::map<std::string, int> places;  // by all that is told of one: an order may have any number of lines
  for (auto& [line, recipient] : reader.shippings) {
    const auto [known, is_new] = places.emplace(recipient.SerializeAsString(), people.recipients_size());
    if (is_new) *people.add_recipients() = std::move(recipient);
    people.mutable_recipients(known->second)->add_order_line_ids(line);
  }
  return Recipients(std::move(people));
}

/// `json` lies in a buffer that is readable for simdjson's padding beyond its end.
OrderRead ReadOneOrder(ondemand::parser& parser, std::string_view json) {
  OrderRead read;
  std::optional<OrderReader> reader;
  try {
    auto document = parser.iterate(
        simdjson::padded_string_view(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING));
    reader.emplace(CurrencyOf(document.value()));
    ondemand::value value = document.get_value();
    reader->ReadObject(Rows<pb::Order>::kAll, &value, read.order);
    read.fault = MissingFact(read.order);
    Canonicalise(read.order);
    read.recipients = RecipientsOf(*reader);
  } catch (const simdjson::simdjson_error& error) {
    read.fault = WhyNoJson(error);
    read.no_json = true;
  }
  if (reader) read.notes = reader->notes();
  return read;
}

/// Adds what is new among `notes`: a hundred orders with the same oddity are one warning.
void AddWarnings(std::vector<std::string>& warnings, std::set<std::string>& known, const OrderRead& read) {
  for (const auto& note : read.notes) {
    if (warnings.size() >= kMostWarnings || !known.insert(note).second) continue;
    warnings.push_back(note + " (order " + (read.order.order_id().empty() ? "without id" : read.order.order_id()) +
                       ")");
  }
}

/// With a quote too many, a search for the end of an order takes texts for brackets and brackets for texts: the text
/// that it gives for one item may reach into the next orders.
bool ReachesIntoTheNext(std::string_view item) {
  constexpr std::string_view kKey = "\"orderId\"";
  const auto first = item.find(kKey);
  return first != std::string_view::npos && item.find(kKey, first + kKey.size()) != std::string_view::npos;
}

/// Takes back everything from an item on, of which `rest` begins.
void CutBefore(ObservedPage& page, std::size_t item, std::size_t readable, std::string_view rest) {
  page.orders.resize(readable);
  page.unreadable.resize(item - readable);
  page.item_count = item;
  page.cut = true;
  page.rest = Pii(std::string(rest));
}

Error NotReadable(const std::string& why) {
  return {ErrorCode::kUnreadable, why};
}

/// The page of a body whose list of orders is missing or null.
Result<ObservedPage> ReadPageWithoutList(const simdjson::padded_string& body) {
  if (!IsBalanced(body, kMostLevels)) return NotReadable("it is cut off, or its brackets do not match");
  ondemand::parser parser;
  JsonReader reader;
  bool is_object = false;
  std::optional<bool> items_are_null;
  std::optional<std::int64_t> items_per_page;
  try {
    auto document = parser.iterate(body);
    is_object = reader.EachField(document.get_value().value(), [&](std::string_view key, ondemand::value value) {
      if (key == "items") items_are_null = value.type() == ondemand::json_type::null;
      if (key == "itemsPerPage") reader.Read(value, items_per_page);
    });
  } catch (const simdjson::simdjson_error& error) {
    return NotReadable(WhyNoJson(error));
  }
  if (!is_object) return NotReadable("it is no JSON object");
  if (!items_are_null.value_or(true)) return NotReadable("its `items` are no list");
  if (items_per_page.value_or(0) != 0) return NotReadable("it counts items and has none");
  if (!items_are_null && !items_per_page) return NotReadable("it has no list `items`");
  ObservedPage empty;
  empty.warnings.emplace_back(items_are_null ? "items is null, and is read as an empty list"
                                             : "items is missing, and is read as an empty list");
  return empty;
}

}  // namespace

Result<ObservedPage> ReadOrdersPage(std::string_view body) {
  const simdjson::padded_string padded(WithoutByteOrderMark(body));
  const auto list = ScanList(padded, "items");
  if (!list) return ReadPageWithoutList(padded);

  ObservedPage page;
  page.item_count = list->elements.size();
  page.cut = list->cut;
  page.rest = Pii(std::string(list->rest));
  if (page.cut && (list->rest.starts_with(",\"") || (list->rest.starts_with('}') && !list->rest.starts_with("},")))) {
    page.cut = false;  // the list itself was closed: what is wrong stands behind it
    page.rest = Pii();
    page.warnings.emplace_back("what follows the list of orders is no JSON");
  }
  std::set<std::string> known_notes;
  ondemand::parser parser;
  std::optional<std::pair<std::size_t, std::size_t>> broken;  // the first item that is no JSON; the orders before it
  for (std::size_t i = 0; i < list->elements.size(); ++i) {
    const auto item = list->elements[i];
    OrderRead read;
    if (IsBalanced(item, kMostLevels)) {
      read = ReadOneOrder(parser, item);
    } else {
      read.fault = IsBalanced(item, item.size()) ? "it is nested deeper than " + std::to_string(kMostLevels) + " levels"
                                                 : "something follows the order in its place";
    }
    AddWarnings(page.warnings, known_notes, read);
    if (read.fault.empty()) {
      page.orders.push_back({std::move(read.order), std::move(read.recipients), Pii(std::string(item))});
      continue;
    }
    if (read.no_json) {
      if (!broken) broken = {i, page.orders.size()};
      if (ReachesIntoTheNext(item)) {
        const auto* const from = list->elements[broken->first].data();
        CutBefore(page, broken->first, broken->second,
                  {from, static_cast<std::size_t>(padded.data() + padded.size() - from)});
        return page;
      }
    }
    page.unreadable.push_back(
        {.index = i,
         .reason = std::move(read.fault),
         .order_id = read.order.order_id().empty() ? FindText(item, "orderId") : read.order.order_id(),
         .updated_at = UpdatedAt(read.order),
         .raw = Pii(std::string(item))});
  }
  return page;
}

Result<ObservedAnswer> ReadOrder(std::string_view body) {
  body = WithoutByteOrderMark(body);
  if (!IsBalanced(body, kMostLevels))
    return NotReadable("its brackets do not match, it is nested too deeply, or something follows it");
  const simdjson::padded_string padded(body);
  ondemand::parser parser;
  auto read = ReadOneOrder(parser, padded);
  if (!read.fault.empty()) return NotReadable(read.fault);
  ObservedAnswer answer;
  std::set<std::string> known;
  AddWarnings(answer.warnings, known, read);
  answer.observed = {std::move(read.order), std::move(read.recipients), Pii(std::string(body))};
  return answer;
}

Result<std::int64_t> ReadCount(std::string_view body) {
  const simdjson::padded_string padded(WithoutByteOrderMark(body));
  ondemand::parser parser;
  JsonReader reader;
  std::optional<std::int64_t> count;
  try {
    auto document = parser.iterate(padded);
    if (document.type() == ondemand::json_type::object) {
      reader.EachField(document.get_value().value(), [&](std::string_view key, ondemand::value value) {
        if (key == "count") reader.Read(value, count);
      });
    } else if (document.type() == ondemand::json_type::number) {
      count = std::int64_t(document.get_int64());
    }
  } catch (const simdjson::simdjson_error& error) {
    return NotReadable(WhyNoJson(error));
  }
  if (!count || *count < 0) return NotReadable("it is neither a number nor {\"count\": number}");
  return *count;
}

}  // namespace cdiscount::marketplace::rest
