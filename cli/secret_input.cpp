#include "secret_input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

#include "core/read_file.hpp"
#include "core/unicode.hpp"

namespace cdiscount::cli {
namespace {

Error Wrong(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

constexpr cc_t kInterrupt = 3;

/// The terminal of this process, without echo while this object lives. Ctrl-C ends the line, as a character: the
/// default would end the process and leave the terminal silent.
class SilentTerminal {
 public:
  SilentTerminal() : file_(open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (file_ < 0 || tcgetattr(file_, &before_) != 0) return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    silent.c_lflag |= ICANON;  // a line at a time, also in a terminal that a program left raw
    silent.c_iflag |= ICRNL;
    silent.c_cc[VEOL] = kInterrupt;
    silent_ = tcsetattr(file_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (silent_) tcsetattr(file_, TCSAFLUSH, &before_);
    if (file_ >= 0) close(file_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool silent() const { return silent_; }

  void Print(std::string_view text) const {
    if (write(file_, text.data(), text.size()) < 0) return;  // without its prompt the question still works
  }
  /// Nothing when the person gave up.
  std::optional<std::string> ReadLine() const {
    std::array<char, 4096> line{};  // what a terminal takes in one line
    ssize_t count = 0;
    while ((count = read(file_, line.data(), line.size())) < 0 && errno == EINTR) {
    }
    if (count <= 0 || line[static_cast<std::size_t>(count) - 1] != '\n') return std::nullopt;
    return std::string(line.data(), static_cast<std::size_t>(count) - 1);
  }

 private:
  int file_ = -1;
  termios before_{};
  bool silent_ = false;
};

Result<std::string> FromTerminal(const std::string& prompt) {
  const SilentTerminal terminal;
  if (!terminal.silent()) {
    return Wrong("there is no terminal to ask for the secret on; give it by --secret-file FILE or --secret-stdin");
  }
  terminal.Print(prompt + " (not shown): ");
  auto line = terminal.ReadLine();
  terminal.Print("\n");
  if (!line) return Error{ErrorCode::kCancelled, "given up; nothing was sent"};
  return *std::move(line);
}

/// The first line that is not blank, cleaned; `source` tells in words where it comes from.
Result<Secret> SecretIn(std::string_view text, const std::string& source) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  auto secret = CleanInput(text.substr(0, text.find('\n')));
  if (!secret) return Wrong(fmt::format("the secret {} {}", source, secret.error().message));
  if (secret->empty()) return Wrong(fmt::format("the secret {} is empty", source));
  return Secret(*std::move(secret));
}

}  // namespace

Result<Secret> ReadSecret(const SecretSource& source, std::istream& input, const std::string& prompt) {
  if (!source.file.empty()) {
    const auto text = ReadFile(source.file);
    if (!text) return text.error();
    return SecretIn(*text, "in the file " + source.file);
  }
  if (source.standard_input) {
    std::string text;
    for (std::string line; text.find_first_not_of(" \t\r\n") == std::string::npos && std::getline(input, line);) {
      text += line + '\n';
    }
    return SecretIn(text, "on standard input");
  }
  const auto text = FromTerminal(prompt);
  if (!text) return text.error();
  return SecretIn(*text, "that was typed");
}

}  // namespace cdiscount::cli
