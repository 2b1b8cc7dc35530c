#pragma once

#include <memory>
#include <vector>

#include "app/change_accounts.hpp"
#include "app/issue_tokens.hpp"
#include "app/verify_connection.hpp"
#include "rpc/access.hpp"
#include "rpc/calls.hpp"

namespace cdiscount::auth {

/// cdiscount.auth.v1.AccountService and TokenService over gRPC. Only mapping, who may call what, and an audit line in
/// the log for every change and every token that is handed out.
class AuthApi {
 public:
  /// All of them must outlive this object.
  AuthApi(rpc::Calls& calls, store::Database& database, ChangeAccounts& change, IssueTokens& tokens,
          VerifyConnection& verify);
  ~AuthApi();
  AuthApi(const AuthApi&) = delete;
  AuthApi& operator=(const AuthApi&) = delete;

  /// For rpc::Server; they live as long as this object.
  std::vector<rpc::Api> apis();

 private:
  class Accounts;
  class Tokens;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Tokens> tokens_;
};

}  // namespace cdiscount::auth
