#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/secret.hpp"

namespace cdiscount::settings {

using Milliseconds = std::chrono::milliseconds;

template <class T>
struct Range {
  T least;
  T most;
};

struct TextRules {
  std::string constraint = {};                              ///< In words, for the manual.
  std::function<bool(std::string_view)> accepts = nullptr;  ///< Checks the constraint.
};
/// "127.0.0.1", "::1".
TextRules IpAddress();
/// "host:port".
TextRules HostAndPort();

/// The settings of one service as one typed table: key, type, default, unit, constraint, description. Each library
/// describes its own options, one line for each member; the value that the member has then is the default:
///
///     struct PollOptions {
///       std::chrono::milliseconds period{15'000};
///
///       void Describe(settings::Table& table) {
///         table.Duration("polling.period", period, {1s, 1h}, "Pause between two polls of one account.");
///       }
///     };
///
/// Where values come from, strongest first:
///   environment   CDISCOUNT_<SERVICE>__<KEY>, in capitals, '-' of the service as '_', each '.' of the key as two
///                 underscores: polling.period of order-ingest is CDISCOUNT_ORDER_INGEST__POLLING__PERIOD
///   --config      a YAML file; "polling: {period: 15s}" and "polling.period: 15s" are the same
///   the default
/// Every value is cleaned first (CleanValue): a line break at its end does not count, one inside and quotes around it
/// are refused. Strict: an unknown key (file or environment), a key given twice in the file, and a value of the wrong
/// type or outside its range stop the start; all of them are named at once, secrets masked. A text, path or secret may
/// be empty when its default is.
///
/// The targets must outlive the table.
class Table {
 public:
  void Text(std::string key, std::string& target, std::string about, TextRules rules = {});
  /// A file or folder; relative ones are relative to the working directory.
  void Path(std::string key, std::string& target, std::string about);
  /// Printed as "***". "file:/path" takes the file's content (ReadSecretValue).
  void SecretText(std::string key, std::string& target, std::string about);
  /// true or false.
  void Flag(std::string key, bool& target, std::string about);
  /// `unit` is for the manual: "orders", "connections"; may be empty.
  template <std::integral T>
  void Integer(std::string key, T& target, Range<std::type_identity_t<T>> range, std::string unit, std::string about) {
    AddInteger(std::move(key), static_cast<std::int64_t>(target),
               {static_cast<std::int64_t>(range.least), static_cast<std::int64_t>(range.most)}, std::move(unit),
               std::move(about), [&target](std::int64_t value) { target = static_cast<T>(value); });
  }
  /// "200ms", "15s", "10m", "1h", "7d".
  template <class Rep, class Period>
  void Duration(std::string key, std::chrono::duration<Rep, Period>& target, Range<Milliseconds> range,
                std::string about) {
    using Target = std::chrono::duration<Rep, Period>;
    AddDuration(std::move(key), target, range, std::chrono::ceil<Milliseconds>(Target{1}), std::move(about),
                [&target](Milliseconds value) { target = std::chrono::duration_cast<Target>(value); });
  }
  /// Bytes: "65536", "64KiB", "16MiB".
  void Size(std::string key, std::size_t& target, Range<std::size_t> range, std::string about);
  /// One of a few words.
  template <class T>
  void Choice(std::string key, T& target, std::vector<std::pair<std::string, std::type_identity_t<T>>> choices,
              std::string about) {
    std::vector<std::string> words;
    std::string fallback;
    for (const auto& [word, value] : choices) {
      words.push_back(word);
      if (value == target) fallback = word;
    }
    AddChoice(std::move(key), std::move(fallback), std::move(words), std::move(about),
              [&target, choices = std::move(choices)](std::size_t index) { target = choices[index].second; });
  }
  /// A setting that no other type fits: `set` reads the text into its target, or says what it must be ("must be ...").
  /// Without a default; an empty text is for `set` to understand.
  void Custom(std::string key, std::string type, std::string constraint, std::string about,
              std::function<Status(const std::string&)> set);
  /// Texts by name, printed as "***": key.NAME: value in the file, <KEY>__NAME in the environment ("__" in a name is a
  /// dot, capitals are small). Each is read as a secret is; `keeps_lines` tells by name which may have several lines.
  void SecretMap(std::string key, std::map<std::string, std::string>& target, std::string about,
                 std::function<bool(std::string_view)> keeps_lines);

  /// One key with its last known value, as text.
  struct Row {
    std::string key;
    std::string type;  ///< "text", "path", "secret", "flag", "integer", "duration", "size", "choice".
    std::string fallback;
    std::string unit;
    std::string constraint;
    std::string about;
    bool secret = false;
    std::function<Status(const std::string&)> set;  ///< Reads a text into the target.
    /// Of a map alone: reads one entry.
    std::function<Status(const std::string& name, const std::string&)> set_entry = nullptr;
    std::string value = {};
    std::string source = {};                          ///< "default", "file" or the environment variable's name.
    std::map<std::string, std::string> entries = {};  ///< Of a map: key.NAME -> source.
  };
  const std::vector<Row>& rows() const { return rows_; }

  /// Gives every target its value. `yaml` is a file's text (may be empty), `yaml_name` its name for messages,
  /// `environment` all variables of the process. Throws WrongSettings.
  void Load(std::string_view service, std::string_view yaml, std::string_view yaml_name,
            const std::map<std::string, std::string>& environment);

  /// "key = value (source)" lines with secrets masked.
  std::string Print() const;
  /// The manual's section for this service, as Markdown.
  std::string Manual(std::string_view service) const;

 private:
  void Add(Row row);
  void AddInteger(std::string key, std::int64_t fallback, Range<std::int64_t> range, std::string unit,
                  std::string about, std::function<void(std::int64_t)> store);
  void AddDuration(std::string key, Milliseconds fallback, Range<Milliseconds> range, Milliseconds step,
                   std::string about, std::function<void(Milliseconds)> store);
  void AddChoice(std::string key, std::string fallback, std::vector<std::string> words, std::string about,
                 std::function<void(std::size_t)> store);
  std::vector<Row> rows_;
};

/// The environment variable of a key: "CDISCOUNT_ORDER_INGEST__POLLING__PERIOD".
std::string EnvironmentName(std::string_view service, std::string_view key);

/// Settings that stop the start; what() has one line per problem with key, value (secrets masked) and remedy. Also for
/// a service's own start-up code. The process exits with 2.
class WrongSettings : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace cdiscount::settings
