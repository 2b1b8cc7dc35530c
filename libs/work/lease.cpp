#include "work/lease.hpp"

#include <fmt/format.h>

#include <utility>

namespace cdiscount::work {
namespace {

constexpr std::string_view kClaim =
    "UPDATE {} SET lease_owner = :owner, lease_token = lease_token + 1, lease_until = {{now}} + :length, "
    "lease_length = :length WHERE {} = :key AND (lease_owner = '' OR lease_owner = :owner OR lease_until <= {{now}} "
    "OR lease_until > {{now}} + 2 * lease_length OR :anybody = 1) RETURNING lease_token";
constexpr std::string_view kExtend =
    "UPDATE {} SET lease_until = {{now}} + :length, lease_length = :length "
    "WHERE {} = :key AND lease_owner = :owner AND lease_token = :token";
constexpr std::string_view kRelease =
    "UPDATE {} SET lease_owner = '', lease_until = 0 WHERE {} = :key AND lease_owner = :owner AND lease_token = :token";

}  // namespace

Leases::Leases(std::string_view table, std::string_view key)
    : claim_(fmt::format(kClaim, table, key)),
      extend_(fmt::format(kExtend, table, key)),
      release_(fmt::format(kRelease, table, key)) {}

std::optional<Lease> Leases::Claim(store::Transaction& transaction, const store::Value& key, std::string owner,
                                   std::chrono::microseconds length, Claims claims) const {
  const auto row = transaction.QueryOne(
      claim_, {{"owner", owner}, {"length", length}, {"key", key}, {"anybody", claims == Claims::kAnybody}});
  if (!row) return std::nullopt;
  return Lease{std::move(owner), row->Int("lease_token"), length};
}

bool Leases::Extend(store::Transaction& transaction, const store::Value& key, const Lease& lease) const {
  return transaction.Execute(
             extend_, {{"length", lease.length}, {"key", key}, {"owner", lease.owner}, {"token", lease.token}}) == 1;
}

void Leases::Release(store::Session& session, const store::Value& key, const Lease& lease) const {
  session.Execute(release_, {{"key", key}, {"owner", lease.owner}, {"token", lease.token}});
}

}  // namespace cdiscount::work
