#include "run.hpp"

#include <exception>
#include <variant>

#include "commands.hpp"
#include "table.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::cli {

int Run(const std::vector<std::string>& words, const Surroundings& around, Streams streams) {
  log::SetUp("cdiscountctl", log::Level::kFatal);  // what the libraries have to say is in the errors
  const auto parsed = ParseArguments(words);
  if (const auto* explanation = std::get_if<Explanation>(&parsed)) {
    (explanation->exit_code == kOk ? streams.out : streams.err) << explanation->text;
    return explanation->exit_code;
  }
  const auto& arguments = std::get<Arguments>(parsed);
  const auto addresses = FindAddresses(arguments, around);
  const Context context{arguments, addresses, streams, ScreenWidth()};
  try {
    return std::visit([&](const auto& command) { return Do(context, command); }, arguments.command);
  } catch (const BadResult& refused) {
    return context.Fail({refused.error(), kRefused});
  } catch (const std::exception& error) {
    return context.Fail(
        {Error{ErrorCode::kInternal, std::string("a fault of this program: ") + error.what()}, kRefused});
  }
}

}  // namespace cdiscount::cli
