#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "inbox/handler.hpp"
#include "kafka/record.hpp"
#include "store/session.hpp"

namespace cdiscount::inbox {

/// From where a topic is read at each start.
enum class Reading {
  /// From its beginning: a mirror of a compacted topic. A topic that was made anew cannot be told from the old one by
  /// its offsets, and what is known already costs little: the handler sees it again, and compares versions. So it sees
  /// a message again, too, that never succeeded. No position is kept, and processes that share a database read the
  /// topic side by side.
  kWhole,
  /// From where the database stands. A message that never succeeds is kept as a dead letter (letters.hpp), and so are
  /// the later ones of its key.
  kOnwards,
};

/// The database's side of a topic: applies messages, and keeps the position in the same transaction. A process that
/// reads a topic onwards beside this one with the same database moves the position, and then this one changes nothing
/// any more. migrations::Inbox() must have been applied. For one thread.
class Inbox {
 public:
  /// `topic` without the namespace prefix.
  Inbox(std::string topic, Reading reading, Handler handler)
      : topic_(std::move(topic)), reading_(reading), handler_(std::move(handler)) {}

  /// Where these partitions are to be read from; they are the ones that Apply takes messages of from now on. Throws
  /// StoreError.
  std::vector<kafka::PartitionOffset> Begin(store::Session& session, const std::vector<std::int32_t>& partitions);

  struct Applied {
    std::size_t handled = 0;
    std::size_t unreadable = 0;  ///< Never succeed: logged with their place and reason, and stepped over.
    std::size_t parked = 0;      ///< Wait behind such a one.
  };
  /// Applies messages that follow one another, in one transaction. kConflict: another process moved the position.
  /// Throws StoreError.
  Result<Applied> Apply(store::Session& session, const std::vector<kafka::Message>& messages);

 private:
  std::vector<kafka::PartitionOffset> FromPositions() const;
  /// Those that are to be handled, and where they take each partition.
  std::vector<const kafka::Message*> News(const std::vector<kafka::Message>& messages,
                                          std::map<std::int32_t, std::int64_t>& next) const;
  Result<Applied> Attempt(store::Session& session, const std::vector<kafka::Message>& messages, bool one_by_one);
  void SetAside(store::Transaction& transaction, const kafka::Message& message, const Error& error) const;
  Status MovePositions(store::Transaction& transaction, const std::map<std::int32_t, std::int64_t>& next) const;

  std::string topic_;
  Reading reading_;
  Handler handler_;
  std::map<std::int32_t, std::int64_t> positions_;  // as the database has them
};

}  // namespace cdiscount::inbox
