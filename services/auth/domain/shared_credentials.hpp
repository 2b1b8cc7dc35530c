#pragma once

#include <optional>
#include <string>

#include "domain/account.hpp"

namespace cdiscount::auth {

/// The credentials of a client id, shared by every account that uses it.
struct SharedCredentials {
  Credentials credentials;
  std::string used_by;  ///< The name of an account that uses them, for messages.
};

enum class CredentialsStep {
  kAdd,      ///< No account uses this client id yet.
  kJoin,     ///< Others use it with the same secret.
  kReplace,  ///< It is the account's own: the new secret holds for all accounts of the client id.
};

/// What giving these credentials to an account does. Fails with kInvalidArgument when other accounts use the client id
/// with another secret: a typing error in a new account must not stop them. `kept` is what is held under the given
/// client id; `own` tells that the account uses that client id already.
Result<CredentialsStep> PlanCredentials(const std::optional<SharedCredentials>& kept, const Credentials& given,
                                        bool own);

}  // namespace cdiscount::auth
