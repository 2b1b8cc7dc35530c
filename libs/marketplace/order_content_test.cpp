// The fields whose change makes a new version of an order: the tests walk over every field of its message.
#include "marketplace/order_content.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "cdiscount/events/v1/order_recipients.pb.h"
#include "core/testing/result_matchers.hpp"
#include "marketplace/rest/orders_json.hpp"
#include "marketplace/testing/opened.hpp"

namespace cdiscount::marketplace {
namespace {

namespace pb = orders::v1;
using fakes::Opened;
using fakes::Succeeds;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// The sample in which the marketplace leaves nothing out.
ObservedOrder Full() {
  std::ifstream file(CDISCOUNT_CONTRACT_DIR "/octopia-samples/COMPOSED-order-every-field.json");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto answer = rest::ReadOrder(text);
  EXPECT_THAT(answer, Succeeds());
  return answer ? answer->observed : ObservedOrder{};
}

/// Calls `on_field` for each field of a message that is set, at every depth.
void Walk(Message& message, const std::function<void(Message&, const FieldDescriptor&)>& on_field) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    on_field(message, *field);
    if (field->message_type() == nullptr) continue;
    if (!field->is_repeated()) {
      Walk(*reflection.MutableMessage(&message, field), on_field);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      Walk(*reflection.MutableRepeatedMessage(&message, field, i), on_field);
    }
  }
}

/// Every field that a message can have. Times are whole.
std::set<std::string> FieldsOf(const Descriptor& message) {
  std::set<std::string> names;
  if (message.full_name() == "google.protobuf.Timestamp") return names;
  for (int i = 0; i < message.field_count(); ++i) {
    names.insert(message.field(i)->full_name());
    if (const auto* inner = message.field(i)->message_type()) names.merge(FieldsOf(*inner));
  }
  return names;
}

std::set<std::string> FieldsSetIn(Message& message) {
  std::set<std::string> names;
  Walk(message, [&](Message& of, const FieldDescriptor& field) {
    if (of.GetDescriptor()->full_name() != "google.protobuf.Timestamp") names.insert(field.full_name());
  });
  return names;
}

TEST(OrderContent, IsReadFromTheFullSampleInEveryField) {
  auto full = Full();
  auto people = Opened(full.recipients);
  people.set_sales_channel_id("these four are the order's");
  people.set_seller_id("98979");
  people.set_order_id("A-1");
  people.set_version(1);

  EXPECT_EQ(FieldsSetIn(full.order), FieldsOf(*pb::Order::descriptor()));
  EXPECT_EQ(FieldsSetIn(people), FieldsOf(*events::v1::OrderRecipients::descriptor()));
}

/// Another value of the same field.
void Change(Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, reflection.GetString(message, &field) + "x");
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, reflection.GetInt64(message, &field) + 1);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, reflection.GetInt32(message, &field) + 1);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, !reflection.GetBool(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, &field, reflection.GetEnumValue(message, &field) + 1);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return;  // its fields are met one by one
    default:
      FAIL() << field.full_name() << " has a kind of value that this test cannot change yet";
  }
}

TEST(OrderContent, MakesAnotherVersionInEveryFieldButTheStampAndWhatFollowsFromWords) {
  const auto order = Full().order;
  const auto hash = ContentHash(BytesOf(order));
  std::set<std::string> ignored;
  int position = 0;
  bool more = true;
  for (int wanted = 0; more; ++wanted) {  // one field at a time, in a copy
    auto changed = order;
    std::string name;
    position = 0;
    more = false;
    Walk(changed, [&](Message& message, const FieldDescriptor& field) {
      if (position++ != wanted) return;
      more = true;
      name = field.full_name();
      Change(message, field);
    });
    if (more && changed.SerializeAsString() != order.SerializeAsString() && ContentHash(BytesOf(changed)) == hash) {
      ignored.insert(name);
    }
  }

  EXPECT_GT(position, 100) << "every field of every line was met";
  EXPECT_THAT(ignored,
              ::testing::ElementsAre("cdiscount.orders.v1.Order.status", "cdiscount.orders.v1.OrderLine.status",
                                     "cdiscount.orders.v1.OrderLine.supply_mode", "google.protobuf.Timestamp.seconds"));
}

TEST(OrderContent, IgnoresNoTimeButTheStamp) {
  auto order = Full().order;
  const auto hash = ContentHash(BytesOf(order));
  order.mutable_updated_at()->set_seconds(1);
  EXPECT_EQ(ContentHash(BytesOf(order)), hash);
  order.mutable_ship_by()->set_seconds(1);
  EXPECT_NE(ContentHash(BytesOf(order)), hash);
}

TEST(OrderContent, IsComparedWithAnOlderOneWithoutTheFieldsThatCameLater) {
  const auto now = Full().order;
  auto stored = now;  // by a program that did not know these two fields
  stored.clear_customer_reference();
  for (auto& line : *stored.mutable_lines()) line.clear_gtin();
  const auto since = [](const FieldDescriptor& field) {
    return field.name() == "customer_reference" || field.name() == "gtin" ? kFirstScheme + 1 : kFirstScheme;
  };

  auto read = now;
  ClearNewer(read, kFirstScheme, since);
  EXPECT_EQ(BytesOf(read), BytesOf(stored));
  read = now;
  ClearNewer(read, kFirstScheme + 1, since);
  EXPECT_EQ(BytesOf(read), BytesOf(now));
}

/// The highest field number of each message under kFirstScheme. A field beyond it says in its proto file which scheme
/// brought it: `[(since_scheme) = 4]`.
TEST(OrderContent, KnowsTheSchemeOfEveryFieldThatCameLater) {
  const std::map<std::string, int> first = {
      {"Order", 18},          {"OrderLine", 17}, {"LinePrice", 4},   {"Tax", 4},     {"Commission", 3},
      {"Delivery", 5},        {"Parcel", 3},     {"ServiceFee", 2},  {"Money", 2},   {"Timestamp", 2},
      {"OrderRecipients", 6}, {"Recipient", 5},  {"PickupPoint", 3}, {"Address", 12}};
  const std::function<void(const Descriptor&)> check = [&](const Descriptor& message) {
    for (int i = 0; i < message.field_count(); ++i) {
      const auto& field = *message.field(i);
      const auto known = first.find(message.name());
      const bool is_new = known == first.end() || field.number() > known->second;
      EXPECT_EQ(SinceScheme(field) > kFirstScheme, is_new)
          << field.full_name() << ": a new field needs [(since_scheme) = ...], or every order is announced again";
      if (field.message_type() != nullptr) check(*field.message_type());
    }
  };
  check(*pb::Order::descriptor());
  check(*events::v1::OrderRecipients::descriptor());
}

TEST(OrderContent, IsOneWhateverTheOrderOfListsAndTheSpellingOfRates) {
  const auto order = Full().order;
  auto other = order;
  other.mutable_lines()->SwapElements(0, 1);
  other.mutable_service_fees()->SwapElements(0, 1);
  for (auto& line : *other.mutable_lines()) {
    line.mutable_selling_price()->mutable_taxes()->SwapElements(0, 2);
    line.mutable_commission()->set_rate("1.5e3");
    line.set_status(pb::ORDER_STATUS_UNKNOWN);
  }

  Canonicalise(other);

  EXPECT_EQ(BytesOf(other), BytesOf(order));
}

}  // namespace
}  // namespace cdiscount::marketplace
