#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "cdiscount/events/v1/account_event.pb.h"
#include "domain/account.hpp"

// Domain values as protobuf, for the event and for the gRPC answers.
namespace cdiscount::auth {

google::protobuf::Timestamp ToMessage(SysTime time);
events::v1::AccountState ToMessage(AccountState state);

}  // namespace cdiscount::auth
