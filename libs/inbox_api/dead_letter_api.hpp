#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "inbox/handler.hpp"
#include "rpc/access.hpp"
#include "rpc/calls.hpp"
#include "store/database.hpp"

namespace cdiscount::inbox {

/// cdiscount.inbox.v1.DeadLetterService over gRPC, for a service that follows a topic with Reading::kOnwards: lists the
/// letters of its database, replays and discards them, with an audit line in the log for each change. Lives as long as
/// the server that serves it. Network thread.
///
///     inbox::DeadLetterApi letters{calls, *database, {{"cdiscount.shipment.commands.v1", OnCommand}}};
class DeadLetterApi {
 public:
  /// `handlers` by topic (without the namespace prefix): those of the followers. A replay calls them on the database's
  /// threads, perhaps while the follower's thread calls them too. `calls` and `database` outlive this object.
  DeadLetterApi(rpc::Calls& calls, store::Database& database, std::map<std::string, Handler> handlers);
  ~DeadLetterApi();
  DeadLetterApi(const DeadLetterApi&) = delete;
  DeadLetterApi& operator=(const DeadLetterApi&) = delete;

  /// For rpc::Server; they live as long as this object.
  std::vector<rpc::Api> apis();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::inbox
