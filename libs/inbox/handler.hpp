#pragma once

#include <functional>

#include "core/result.hpp"
#include "kafka/record.hpp"
#include "store/session.hpp"

namespace cdiscount::inbox {

/// Applies one message, in the transaction that moves the reader's position. Ok: done. kUnreadable, or
/// kInvalidArgument (also as a StoreError): the message never succeeds; what the handler wrote for it is rolled back.
/// Any other error or exception: nothing of the transaction is kept, and it is done again.
using Handler = std::function<Status(store::Transaction&, const kafka::Message&)>;

/// It never succeeds, however often it is tried.
inline bool IsPoison(const Error& error) {
  return error.code == ErrorCode::kUnreadable || error.code == ErrorCode::kInvalidArgument;
}

}  // namespace cdiscount::inbox
