#include "domain/shared_credentials.hpp"

#include <fmt/format.h>

namespace cdiscount::auth {

Result<CredentialsStep> PlanCredentials(const std::optional<SharedCredentials>& kept, const Credentials& given,
                                        bool own) {
  if (!kept) return CredentialsStep::kAdd;
  if (own) return CredentialsStep::kReplace;
  if (kept->credentials == given) return CredentialsStep::kJoin;
  return Error{
      .code = ErrorCode::kInvalidArgument,
      .message = fmt::format("octopia.client_secret differs from the one that account \"{}\" uses with the same "
                             "client id: give the same secret, or give account \"{}\" its new credentials first",
                             kept->used_by, kept->used_by),
      .field = "octopia.client_secret"};
}

}  // namespace cdiscount::auth
