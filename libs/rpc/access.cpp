#include "rpc/access.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "core/trimmed.hpp"

namespace cdiscount::rpc {
namespace {

constexpr const char* kOperator = "operator";

Error Mistake(std::string message) {
  return Error{ErrorCode::kInternal, std::move(message)};
}

/// Every method of the service has a row, and every row a method.
Status CheckRows(const Api& api) {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(api.name);
  if (service == nullptr) return Ok();  // written by hand: what has no row is refused
  for (int index = 0; index < service->method_count(); ++index) {
    const auto& method = service->method(index)->name();
    if (std::ranges::find(api.rows, method, &MayCall::method) == api.rows.end()) {
      return Mistake(fmt::format("{}/{} has no row that says who may call it", api.name, method));
    }
  }
  for (const auto& row : api.rows) {
    if (service->FindMethodByName(row.method) == nullptr) {
      return Mistake(fmt::format("{} has no method {}, but a row says who may call it", api.name, row.method));
    }
    if (row.roles.empty()) return Mistake(fmt::format("the row of {}/{} names no role", api.name, row.method));
  }
  return Ok();
}

}  // namespace

Result<RolesByName> ParseRolesByName(std::string_view text) {
  RolesByName roles;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto entry = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const auto equals = entry.rfind('=');  // a URI may hold one
    const std::string name(Trimmed(entry.substr(0, equals)));
    const std::string role(equals == std::string_view::npos ? "" : Trimmed(entry.substr(equals + 1)));
    if (name.empty() || role.empty()) {
      return Error{.code = ErrorCode::kInvalidArgument, .message = "must be NAME=ROLE, NAME=ROLE, ..."};
    }
    if (!roles.emplace(name, role).second) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("names \"{}\" twice; a name has one role", name)};
    }
  }
  return roles;
}

std::string Caller::Name() const {
  switch (how) {
    case How::kToken:
      return "local";
    case How::kStranger:
      return "stranger";
    case How::kCertificate:
      break;
  }
  return names.empty() ? "a certificate without a name" : fmt::format("{}", fmt::join(names, ","));
}

Result<Access> Access::Create(const std::vector<Api>& apis, RolesByName roles) {
  Access access;
  Roles known = {kOperator};
  for (const auto& api : apis) {
    if (const auto complete = CheckRows(api); !complete) return complete.error();
    for (const auto& row : api.rows) {
      access.rows_[fmt::format("/{}/{}", api.name, row.method)] = {{row.roles.begin(), row.roles.end()}, row.audit};
      known.insert(row.roles.begin(), row.roles.end());
    }
  }
  access.rows_["/grpc.health.v1.Health/Check"] = {};
  access.rows_["/grpc.health.v1.Health/Watch"] = {};
  access.rows_["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = {{kOperator}};
  for (const auto& [name, role] : roles) {
    if (known.contains(role)) continue;
    return Error{
        .code = ErrorCode::kInvalidArgument,
        .message = fmt::format("grpc.callers: no call is for the role \"{}\", which \"{}\" is to have; there are: {}",
                               role, name, fmt::join(known, ", ")),
        .field = "grpc.callers"};
  }
  access.roles_ = std::move(roles);
  return access;
}

bool Access::IsAudited(std::string_view path) const {
  const auto row = rows_.find(path);
  return row != rows_.end() && row->second.audit;
}

Status Access::Check(std::string_view path, const Caller& caller) const {
  const auto row = rows_.find(path);
  if (row != rows_.end() && row->second.roles.empty()) return Ok();
  if (caller.how == Caller::How::kStranger) {
    return Error{ErrorCode::kUnauthenticated, "this service answers only who sends its token"};
  }
  if (caller.how == Caller::How::kToken) return Ok();
  const auto may = [&](const std::string& name) {
    if (row == rows_.end()) return false;
    const auto mapped = roles_.find(name);
    const auto& roles = row->second.roles;
    return roles.contains(name) || (mapped != roles_.end() && roles.contains(mapped->second));
  };
  if (std::ranges::any_of(caller.names, may)) return Ok();
  return Error{
      ErrorCode::kPermissionDenied,
      fmt::format(
          "{} may not be called by {}: it is for {}. The names are those of the certificate; the server's setting "
          "grpc.callers gives further names a role",
          path, caller.Name(),
          row == rows_.end() ? "nothing known" : fmt::format("{}", fmt::join(row->second.roles, ", ")))};
}

}  // namespace cdiscount::rpc
