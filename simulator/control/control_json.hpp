#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.hpp"
#include "http/server.hpp"
#include "simulator/world/ledger.hpp"

namespace cdiscount::simulator {

/// 200 with this object.
http::ServerResponse JsonOf(const boost::json::object& object, int status = 200);

boost::json::object VersionJson(const KeptVersion& version);
boost::json::object CallJson(const ToldCall& call);

/// `?after=&limit=&seller=` of the ledger's lists.
struct ListQuery {
  std::uint64_t after = 0;
  std::uint64_t limit = 1000;
  std::optional<SellerId> seller;
};
/// Fails with kInvalidArgument naming the parameter.
Result<ListQuery> ParseListQuery(const http::ServerRequest& request);

/// `{"items": [...], "next_after": n, "more": bool}`.
http::ServerResponse ListJson(boost::json::array items, std::uint64_t next_after, bool more);

}  // namespace cdiscount::simulator
