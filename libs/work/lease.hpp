#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/session.hpp"

namespace cdiscount::work {

/// A claim on a row. The token grows with each claim, so that it fences off every former owner.
struct Lease {
  std::string owner;
  std::int64_t token = 0;
  std::chrono::microseconds length{0};
};

/// How far a claim goes.
enum class Claims {
  kFree,     ///< A row that is free, has run out by the database's clock, or is the claimer's own.
  kAnybody,  ///< Also a lease that runs on: where a lock of another kind shows that its owner has exited.
};

/// Leases on the rows of one table, which has the columns
///
///     lease_owner TEXT NOT NULL DEFAULT '', lease_token BIGINT NOT NULL DEFAULT 0,
///     lease_until BIGINT NOT NULL DEFAULT 0, lease_length BIGINT NOT NULL DEFAULT 0
///
/// Stateless but for its statements: safe to use from any thread. All methods throw StoreError.
class Leases {
 public:
  /// `key` is the column that names a row. Both stand in statements: never from outside.
  Leases(std::string_view table, std::string_view key);

  /// Nothing when another owner has it. A lease that ends later than any can (twice its length from now: the clock ran
  /// ahead and was set back) is free.
  std::optional<Lease> Claim(store::Transaction& transaction, const store::Value& key, std::string owner,
                             std::chrono::microseconds length, Claims claims = Claims::kFree) const;

  /// Locks the row until the end of the transaction and lets the lease begin anew. False: it went to another owner, and
  /// this transaction must write nothing. Every transaction of an owner begins with it: a token that is only looked at
  /// lets two owners write.
  bool Extend(store::Transaction& transaction, const store::Value& key, const Lease& lease) const;

  /// Frees it for the next owner. Nothing when it went to another one.
  void Release(store::Session& session, const store::Value& key, const Lease& lease) const;

 private:
  std::string claim_;
  std::string extend_;
  std::string release_;
};

}  // namespace cdiscount::work
