#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace grpc {
class Service;
}

namespace cdiscount::rpc {

/// One row: who may call a method.
struct MayCall {
  std::string method;              ///< "GetAccessToken"
  std::vector<std::string> roles;  ///< "operator", "order-ingest": see Access.
  bool audit = false;              ///< Each call gets an audit line with the caller, as changes do.
};

/// A service of a server, with a row for each of its methods.
struct Api {
  grpc::Service* service;
  std::string name;  ///< "cdiscount.auth.v1.TokenService"
  std::vector<MayCall> rows;
};

/// Certificate name -> the role that it has.
using RolesByName = std::map<std::string, std::string>;

/// Reads "ops-laptop=operator, ingest-7.prod=order-ingest". Fails with kInvalidArgument, also for a name that comes
/// twice.
Result<RolesByName> ParseRolesByName(std::string_view text);

/// The caller, as far as the connection shows.
struct Caller {
  enum class How {
    kCertificate,  ///< Of our CA, with these names.
    kToken,        ///< In plain text on this machine, with the token of the service.
    kStranger,     ///< In plain text on this machine, without it.
  };
  How how = How::kStranger;
  std::vector<std::string> names = {};  ///< DNS and URI names of the certificate; without any, its common name.

  /// For logs: "order-ingest", "a,b" for several names, "local" for the token, "stranger".
  std::string Name() const;
};

/// The table of a server: method -> who may call it. A certificate has the roles that its names are, and those that
/// they are mapped to; the token has every role. gRPC's health service is open to all, its reflection to "operator".
/// A method that is not in the table is refused. Immutable.
class Access {
 public:
  /// Fails with kInternal when a method of a service has no row or a row no method (a mistake in the program), and with
  /// kInvalidArgument for a role that is in no row.
  static Result<Access> Create(const std::vector<Api>& apis, RolesByName roles);

  /// `path` as gRPC sends it: "/cdiscount.auth.v1.TokenService/GetAccessToken".
  bool Knows(std::string_view path) const { return rows_.contains(path); }
  bool IsAudited(std::string_view path) const;
  /// Fails with kUnauthenticated (a stranger) or kPermissionDenied, which names the method and the caller.
  Status Check(std::string_view path, const Caller& caller) const;

 private:
  using Roles = std::set<std::string, std::less<>>;
  struct Row {
    Roles roles;  // none = open to all
    bool audit = false;
  };
  std::map<std::string, Row, std::less<>> rows_;
  RolesByName roles_;
};

}  // namespace cdiscount::rpc
