#include "simulator/control/control.hpp"

#include <fmt/core.h>

#include "simulator/api/answers.hpp"
#include "simulator/api/path_pattern.hpp"
#include "simulator/control/call.hpp"

namespace cdiscount::simulator {
namespace {

struct ControlRoute {
  std::string_view verb, pattern;
  ControlReply (*handler)(ControlCall& call);
};

constexpr ControlRoute kRoutes[] = {
    {"GET", "/control/health", GetHealth},
    {"POST", "/control/seed", SeedWorld},
    {"GET", "/control/sellers", ListSellers},
    {"POST", "/control/sellers", SetSeller},
    {"GET", "/control/clients", ListClients},
    {"POST", "/control/clients", SetClient},
    {"POST", "/control/clients/{id}/secret", RotateSecret},
    {"POST", "/control/clients/{id}/link", LinkSeller},
    {"POST", "/control/clients/{id}/unlink", UnlinkSeller},
    {"POST", "/control/orders", CreateOrders},
    {"GET", "/control/orders/{id}", ShowOrder},
    {"POST", "/control/orders/{id}/change", ChangeOrder},
    {"POST", "/control/orders/{id}/oddity", SetOddity},
    {"POST", "/control/orders/{id}/busy", SetBusy},
    {"POST", "/control/changes", ChangeOrders},
    {"GET", "/control/generate", GetGenerator},
    {"POST", "/control/generate", StartGenerator},
    {"DELETE", "/control/generate", StopGenerator},
    {"POST", "/control/burst", Burst},
    {"GET", "/control/clock", GetClock},
    {"POST", "/control/clock", SetClock},
    {"GET", "/control/config", GetConfig},
    {"POST", "/control/config", SetConfig},
    {"GET", "/control/faults", ListFaults},
    {"POST", "/control/faults", AddFault},
    {"DELETE", "/control/faults", ClearFaults},
    {"DELETE", "/control/faults/{id}", RemoveFault},
    {"GET", "/control/ledger/versions", ListVersions},
    {"GET", "/control/ledger/shown", ListShown},
    {"GET", "/control/ledger/orders", ListLastVersions},
    {"GET", "/control/ledger/calls", ListCalls},
    {"GET", "/control/ledger/totals", GetTotals},
};

}  // namespace

ControlReply::ControlReply(const Error& error) : body(Object({{"error", error.message}})) {
  if (!error.field.empty()) body["field"] = error.field;
  status = error.code == ErrorCode::kInvalidArgument ? 400
           : error.code == ErrorCode::kNotFound      ? 404
           : error.code == ErrorCode::kConflict      ? 409
                                                     : 500;
}

http::ServerResponse ControlRoutes::Handle(const http::ServerRequest& request) {
  world_.Settle(clock_.Now());
  const auto answer = [&]() -> ControlReply {
    for (const auto& route : kRoutes) {
      std::string_view id;
      if (route.verb != request.method || !Fits(route.pattern, request.path, id)) continue;
      auto fields = Fields::Parse(request.body);
      if (!fields) return fields.error();
      ControlCall call{world_, faults_, generator_, clock_, request, std::string{id}, std::move(*fields)};
      return route.handler(call);
    }
    return Error{ErrorCode::kNotFound,
                 fmt::format("no route {} {}; simulator/README.md lists them", request.method, request.path)};
  };
  const auto reply = answer();
  return JsonAnswer(reply.status, Dump(reply.body) + "\n");
}

void ControlCall::RequireSellers(std::string_view field, const std::vector<SellerId>& sellers) {
  for (const auto seller : sellers) {
    if (!world.FindSeller(seller)) fields.Reject(field, fmt::format("there is no seller {}", seller));
  }
}

Error NotThere(std::string_view what, std::string_view id, std::string field) {
  return {ErrorCode::kNotFound, fmt::format("there is no {} {}", what, id), {}, std::move(field)};
}

}  // namespace cdiscount::simulator
