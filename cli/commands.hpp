#pragma once

#include <cstddef>

#include "addresses.hpp"
#include "problem.hpp"
#include "run.hpp"

// One function per command; each gives the exit code.
namespace cdiscount::cli {

struct Context {
  const Arguments& arguments;
  const Addresses& addresses;
  Streams streams;
  std::size_t width;  ///< Of the screen; 0 = do not cut.

  /// Prints the problem and gives its exit code.
  int Fail(const Problem& problem) const {
    Print(problem, arguments.json, streams.err);
    return problem.exit_code;
  }
};

int Do(const Context& context, const AccountAdd& command);
int Do(const Context& context, const AccountCredentials& command);
int Do(const Context& context, const AccountList& command);
int Do(const Context& context, const AccountVerify& command);
int Do(const Context& context, const AccountDisable& command);
int Do(const Context& context, const AccountEnable& command);
int Do(const Context& context, const OrdersList& command);
int Do(const Context& context, const OrdersShow& command);
int Do(const Context& context, const UnreadableList& command);
int Do(const Context& context, const UnreadableShow& command);
int Do(const Context& context, const SyncShow& command);
int Do(const Context& context, const EventsTail& command);
int Do(const Context& context, const PrintVersion& command);

}  // namespace cdiscount::cli
