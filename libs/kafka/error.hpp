#pragma once

#include <string>

#include "core/result.hpp"

namespace cdiscount::kafka {

/// The remedy for a transactional call that failed.
enum class Severity {
  kRetriable,  ///< The same call again.
  kAbortable,  ///< Abort the transaction, read the progress again, go on.
  kFatal,      ///< Drop the producer (and the lease): it was fenced, or cannot go on.
};

/// A failed call to Kafka. The message names the call, the reason and, where there is one, the remedy.
struct Failure {
  Severity severity = Severity::kRetriable;
  Error error;
};

/// A value or a Failure.
template <class T>
using Outcome = boost::system::result<T, Failure>;

[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw BadResult(failure.error);
}

}  // namespace cdiscount::kafka
