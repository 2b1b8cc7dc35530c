#pragma once

#include <stdexcept>

#include "cdiscount/events/v1/order_recipients.pb.h"
#include "crypto/testing/key_file.hpp"
#include "marketplace/recipients.hpp"

namespace cdiscount::fakes {

/// The content of `recipients`: sealed and opened with a key of the test's own.
inline events::v1::OrderRecipients Opened(const marketplace::Recipients& recipients) {
  static const KeyFile key;
  static const auto box = crypto::SealedBox::Load(key.path()).value();
  const auto sealed = recipients.Seal(box, "a test", {}, 0, 1'000'000).value();
  events::v1::OrderRecipients people;
  if (!people.ParseFromString(marketplace::Recipients::ToPublish(box, "a test", sealed).value())) {
    throw std::runtime_error("what was sealed is no OrderRecipients");
  }
  return people;
}

}  // namespace cdiscount::fakes
