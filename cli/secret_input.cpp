#include "secret_input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <optional>
#include <string_view>

namespace cdiscount::cli {
namespace {

Error Wrong(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

constexpr char kInterrupt = 3, kEndOfInput = 4, kBackspace = 8, kKillLine = 21, kDelete = 127;

/// The terminal of this process, without echo while this object lives. Ctrl-C arrives as a character: the default would
/// end the process and leave the terminal silent.
class SilentTerminal {
 public:
  SilentTerminal() : file_(open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (file_ < 0 || tcgetattr(file_, &before_) != 0) return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
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
    if (write(file_, text.data(), text.size()) < 0) return;  // a prompt that nobody sees is no reason to stop
  }
  /// Nothing when the person gave up.
  std::optional<std::string> ReadLine() const {
    std::string line;
    for (;;) {
      char key = 0;
      const auto count = read(file_, &key, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count != 1 || key == kInterrupt || key == kEndOfInput) return std::nullopt;
      if (key == '\n' || key == '\r') return line;
      if (key == kKillLine) {
        line.clear();
      } else if (key != kBackspace && key != kDelete) {
        line += key;
      } else if (!line.empty()) {
        line.pop_back();
      }
    }
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

Result<std::string> FirstLine(std::istream& input, const std::string& name) {
  std::string line;
  if (!std::getline(input, line)) return Wrong(fmt::format("{} holds no secret, or cannot be read", name));
  return line;
}

}  // namespace

Result<Secret> ReadSecret(const SecretSource& source, std::istream& input, const std::string& prompt) {
  Result<std::string> text = Wrong("");
  if (!source.file.empty()) {
    std::ifstream file(source.file);
    text = FirstLine(file, "the file " + source.file);
  } else if (source.standard_input) {
    text = FirstLine(input, "standard input");
  } else {
    text = FromTerminal(prompt);
  }
  if (!text) return text.error();
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) return Wrong("the secret is empty");
  return Secret(*std::move(text));
}

}  // namespace cdiscount::cli
