#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "addresses.hpp"
#include "problem.hpp"
#include "run.hpp"
#include "view.hpp"

namespace cdiscount::cli {

enum class Need {
  kOptional,
  kRequired,
  kSecret  ///< Read from a file, standard input or a prompt; never from the command line.
};

/// A flag, or a positional argument, and the field of the request that it fills. The type of the field says what can be
/// given: a text, a whole number, a word of an enum, a time, or nothing at all for a bool.
struct Flag {
  std::string name;   ///< "--seller", "--follow,-f"; "order" for a positional argument. Of a secret: what to ask for.
  std::string field;  ///< Path in the request: "octopia.client_id".
  std::string help = {};
  Need need = Need::kOptional;
  std::string preset = {};  ///< The value when none is given; --help shows it.
  std::int64_t least = 1, most = std::numeric_limits<std::int32_t>::max();  ///< Of a number.
};

/// The inputs and outputs of a command.
struct Context {
  const Arguments& arguments;
  const Addresses& addresses;
  Streams streams;
  std::size_t width;  ///< Of the screen; 0 = do not cut.
  SysTime now;

  /// Prints the problem and gives its exit code.
  int Fail(const Problem& problem) const {
    Print(problem, arguments.json, streams.err);
    return problem.exit_code;
  }
};

/// Asks the service whose method takes the command's request, page after page for a list, and shows the answer. Throws
/// BadResult as rpc::Channel does, before a secret is read.
int Ask(const Context& context);

/// A command: a request message, the flags that fill it, and how the answer is shown.
struct Command {
  std::string name;                               ///< "orders list"
  std::string help;                               ///< One line.
  std::string example;                            ///< The words to type behind the name.
  const google::protobuf::Message* request = {};  ///< Its type says which method of which service is called.
  bool any_service = false;  ///< Several services answer this call: --service names the one to ask.
  std::vector<Flag> flags = {};
  std::vector<View> views = {};
  std::string succeeds = {};         ///< A condition (view.hpp) on the answer; the exit code is 1 unless it holds.
  int (*run)(const Context&) = Ask;  ///< Gives the exit code.
};

/// All, in the order in which they are listed.
const std::vector<Command>& Commands();
std::vector<Command> AccountCommands();
std::vector<Command> OrderCommands();
std::vector<Command> DeadLetterCommands();
/// The description of a word that several commands begin with: "account".
std::string AboutGroup(const std::string& name);

/// `events tail`.
int TailEvents(const Context& context);

/// The lines of an order, which stand at this path of a message.
View LinesOfOrder(const std::string& path);

}  // namespace cdiscount::cli
