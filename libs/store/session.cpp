#include "store/session.hpp"

namespace cdiscount::store {

void Session::ExecuteScript(std::string_view sql) {
  Guarded(sql, [&] { DoScript(ExpandTokens(sql, engine())); });
}

void Session::Begin(Access access) {
  if (in_transaction_) throw StoreError(ErrorCode::kInternal, "a transaction is open already on this session");
  reads_only_ = access == Access::kRead;
  DoBegin(access);
  in_transaction_ = true;
  failed_ = false;
}

void Session::Commit() {
  if (!in_transaction_) throw StoreError(ErrorCode::kInternal, "no transaction is open on this session");
  Guarded("COMMIT", [&] { DoCommit(); });
  in_transaction_ = false;
}

void Session::Rollback() noexcept {
  if (!in_transaction_) return;
  DoRollback();
  in_transaction_ = false;
}

void Session::RollbackToSavepoint() {
  Ready();
  DoScript("ROLLBACK TO SAVEPOINT piece");
  failed_ = false;
}

void Session::RefuseAfterError() const {
  if (!in_transaction_ || !failed_) return;
  throw StoreError(ErrorCode::kInternal, "an earlier statement of this transaction failed; roll it back");
}

}  // namespace cdiscount::store
