#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cdiscount/orders/v1/order.pb.h"
#include "core/clock.hpp"

// An order's one form: how its message is written, and what of it makes a version. Pure and thread-safe.
namespace cdiscount::marketplace {

/// Brings a message into the form in which it is hashed, stored and published: lists sorted by id, rates by value and
/// not by spelling (1500, 1500.0 and 1.5e3 are one), and the enums that the marketplace's words mean to this version.
void Canonicalise(orders::v1::Order& order);

/// When the marketplace last touched the order; absent when it does not say.
std::optional<SysTime> UpdatedAt(const orders::v1::Order& order);

/// The bytes of a message in that form. Equal orders have equal bytes.
std::string BytesOf(const orders::v1::Order& order);

/// SHA-256 (hex) over `bytes` without `updated_at`, which a version may change alone, and without the order's `status`,
/// which is announced as the rules of transitions say, and without the enums of lines: the marketplace's words for them
/// count.
std::string ContentHash(std::string_view bytes);

/// The number of the scheme that hashes are made by now: the highest `since_scheme` of a field of Order or
/// OrderRecipients, else kFirstScheme.
int CurrentScheme();
/// The first scheme that hashes the message. Under those before it, texts were hashed.
inline constexpr int kFirstScheme = 3;

/// The scheme that a field came with.
int SinceScheme(const google::protobuf::FieldDescriptor& field);
using SinceSchemeOf = std::function<int(const google::protobuf::FieldDescriptor&)>;

/// Clears the fields that came after `scheme`, at every depth: what is left is compared with what was stored under it.
void ClearNewer(google::protobuf::Message& message, int scheme, const SinceSchemeOf& since = SinceScheme);

}  // namespace cdiscount::marketplace
