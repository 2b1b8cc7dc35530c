#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/seller_ref.hpp"
#include "core/strong_id.hpp"

namespace cdiscount::auth {

/// Names a set of credentials. One client id may serve several sellers (docs/marketplace.md#clients).
using ClientId = StrongId<struct ClientIdTag>;

/// Credentials of the Octopia REST API.
struct Credentials {
  ClientId client_id;
  Secret client_secret;

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// The input of CreateAccount.
struct NewAccount {
  std::string name;
  SellerId seller_id;
  ChannelId sales_channel_id;  ///< Empty = kDefaultChannel.
  Credentials credentials;
};

/// Removes invisible characters from the ends of each field (core's CleanInput). A field with such a character inside
/// is left unchanged, and BrokenRules names it.
Credentials Cleaned(Credentials credentials);
NewAccount Cleaned(NewAccount account);

/// A rule that a field breaks, with what to change. It never quotes a secret.
struct Violation {
  std::string field;  ///< As in account_service.proto: "name", "octopia.client_id", ...
  std::string text;

  friend bool operator==(const Violation&, const Violation&) = default;
};

/// Every field that breaks a rule, the first broken rule of each. Empty = the account may be created.
std::vector<Violation> BrokenRules(const NewAccount& account);
std::vector<Violation> BrokenRules(const Credentials& credentials);

/// kInvalidArgument with all of the violations in its message and the first one's field. `violations` is not empty.
Error AsError(const std::vector<Violation>& violations);

}  // namespace cdiscount::auth
