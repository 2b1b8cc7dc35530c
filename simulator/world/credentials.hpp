#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "simulator/world/order_status.hpp"

namespace cdiscount::simulator {

/// Limits of the token realm and the gateway. See docs/marketplace.md#tokens and #quota.
struct Limits {
  std::chrono::seconds token_lifetime{7200};
  std::uint32_t tokens_per_hour = 500;    ///< Per client id; 0 = no limit.
  std::uint32_t calls_per_window = 600;   ///< Per client id; 0 = no limit.
  std::chrono::seconds call_window{900};  ///< Starts at the first call.
  bool retry_after_on_quota = false;      ///< Whether the quota answer has a Retry-After besides its text.
};

/// Counts events per fixed window, which starts at the first event after the last one ended.
class WindowCounter {
 public:
  /// Counts one event. Returns nothing when it fits, else how long the window still lasts; then it is not counted.
  std::optional<std::chrono::seconds> Take(std::uint32_t most, std::chrono::seconds window, SysTime now);

 private:
  SysTime start_{};
  std::uint32_t count_ = 0;
};

/// A client id: its secret, and the sellers it may act for (docs/marketplace.md#clients). One may serve many sellers.
struct Client {
  std::string id;
  Secret secret;
  std::set<SellerId> sellers;
  WindowCounter tokens;
  WindowCounter calls;
  std::uint64_t tokens_issued = 0;
};

/// Client ids and the tokens given to them. Not thread-safe.
class Credentials {
 public:
  explicit Credentials(std::uint64_t seed) : random_(seed) {}

  /// Creates the client id or gives it a new secret; its links remain. Tokens already given stay valid.
  Client& SetClient(const std::string& id, Secret secret);
  Client* Find(std::string_view id);
  const std::map<std::string, Client, std::less<>>& clients() const { return clients_; }
  /// A secret as the seller's page would show it: 32 letters and digits.
  Secret NewSecret();

  /// A token valid until now + lifetime.
  std::string Issue(Client& client, std::chrono::seconds lifetime, SysTime now);
  /// The client id behind a token that is known and not expired.
  Client* Authenticate(std::string_view token, SysTime now);
  void Revoke(std::string_view token);

 private:
  struct Given {
    std::string client_id;
    SysTime expires_at;
  };
  std::string Letters(std::size_t count);

  std::map<std::string, Client, std::less<>> clients_;
  std::unordered_map<std::string, Given> tokens_;
  std::size_t sweep_at_ = 64;  // how many tokens there may be before the expired ones are swept out
  std::mt19937_64 random_;
};

}  // namespace cdiscount::simulator
