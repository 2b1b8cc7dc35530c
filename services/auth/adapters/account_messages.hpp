#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "app/ports.hpp"
#include "cdiscount/auth/v1/account_service.pb.h"
#include "cdiscount/events/v1/account_event.pb.h"
#include "domain/connection.hpp"

// Domain values as protobuf, for the event and for the gRPC answers. No secret has a way through here.
namespace cdiscount::auth {

google::protobuf::Timestamp ToMessage(SysTime time);
events::v1::AccountState ToMessage(AccountState state);
v1::Account ToMessage(const AccountView& view);
v1::ConnectionOutcome ToMessage(ConnectionOutcome outcome);
v1::VerifyConnectionResponse ToMessage(const ConnectionReport& report);

}  // namespace cdiscount::auth
