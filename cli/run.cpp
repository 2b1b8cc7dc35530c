#include "run.hpp"

#include <algorithm>
#include <exception>
#include <variant>

#include "command.hpp"
#include "table.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::cli {

int Run(const std::vector<std::string>& words, const Surroundings& around, Streams streams) {
  log::SetUp("cdiscountctl", log::Level::kFatal);  // what the libraries have to say is in the errors
  if (!words.empty() && words.front() == "__complete") {
    for (const auto& [word, about] : Complete({words.begin() + 1, words.end()}))
      streams.out << word << "\t" << about << "\n";
    return kOk;
  }
  const auto now = SystemClock().Now();
  const auto parsed = ParseArguments(words, now);
  if (const auto* explanation = std::get_if<Explanation>(&parsed)) {
    streams.out << explanation->text;
    return kOk;
  }
  if (const auto* wrong = std::get_if<Error>(&parsed)) {
    const bool json = std::ranges::find(words, "--json") != words.end();
    Print({*wrong, kUsage}, json, streams.err);
    if (!json) streams.err << "cdiscountctl help lists the commands with examples.\n";
    return kUsage;
  }
  const auto& arguments = std::get<Arguments>(parsed);
  const auto addresses = FindAddresses(arguments, around);
  const Context context{arguments, addresses, streams, ScreenWidth(), now};
  try {
    return arguments.command->run(context);
  } catch (const BadResult& refused) {
    return context.Fail({refused.error(), kRefused});
  } catch (const std::exception& error) {
    return context.Fail(
        {Error{ErrorCode::kInternal, std::string("a fault of this program: ") + error.what()}, kRefused});
  }
}

}  // namespace cdiscount::cli
