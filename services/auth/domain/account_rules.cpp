#include "domain/account_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/unicode.hpp"

namespace cdiscount::auth {
namespace {

constexpr std::size_t kNameLimit = 80;
constexpr std::size_t kSellerIdLimit = 18;  // fits the 64-bit number that the marketplace sends
constexpr std::size_t kSecretLimit = 512;

// ASCII only, whatever the locale.
bool IsLetter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetterOrDigit(char c) {
  return IsLetter(c) || IsDigit(c);
}
bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
bool IsBlank(char c) {
  return c == ' ' || IsControl(c);
}

/// Characters of a UTF-8 text: every byte that does not continue one.
std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// One "@" between two texts without spaces.
bool LooksLikeAnEmailAddress(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at != 0 && at + 1 != text.size() && at == text.rfind('@') &&
         text.find(' ') == std::string_view::npos;
}

/// A character as people can see it.
std::string Show(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (IsControl(c) || byte >= 0x80) return fmt::format("the byte 0x{:02x}", byte);
  return fmt::format("\"{}\"", c);
}

/// Of every field: a character that cannot be seen makes two texts differ that look alike.
std::optional<std::string> BrokenTextRule(std::string_view text) {
  const auto clean = CleanInput(text);
  if (!clean) return clean.error().message;
  if (*clean != text) return "begins or ends with a space, a line break or another blank: copy it again without";
  return std::nullopt;
}

std::optional<std::string> BrokenNameRule(std::string_view name) {
  if (std::ranges::all_of(name, IsBlank)) return "is empty: give the account a name, for example the shop's";
  if (auto broken = BrokenTextRule(name)) return broken;
  const auto length = CountCharacters(name);
  if (length > kNameLimit) return fmt::format("has {} characters: shorten it to {} at most", length, kNameLimit);
  return std::nullopt;
}

std::optional<std::string> BrokenSellerIdRule(std::string_view id) {
  if (id.empty()) return "is empty: give the seller's number on the marketplace";
  if (auto broken = BrokenTextRule(id)) return broken;
  if (const auto* wrong = std::ranges::find_if_not(id, IsDigit); wrong != id.end()) {
    return fmt::format("holds {}: give the seller's number, digits only", Show(*wrong));
  }
  if (id.size() > kSellerIdLimit) {
    return fmt::format("has {} digits: a seller's number has {} at most", id.size(), kSellerIdLimit);
  }
  // "0123" and "123" would be one seller with two accounts, and each order would come twice.
  if (id.front() == '0') return "begins with 0: write the number without leading zeros";
  return std::nullopt;
}

std::optional<std::string> BrokenSalesChannelRule(std::string_view channel) {
  const bool fits = channel.size() >= 2 && channel.size() <= 20 &&
                    std::ranges::all_of(channel, [](char c) { return (c >= 'A' && c <= 'Z') || IsDigit(c); });
  if (fits) return std::nullopt;
  return fmt::format("is no sales channel: 2 to 20 capital letters and digits, for example {}", kDefaultChannel);
}

std::optional<std::string> BrokenClientIdRule(std::string_view id) {
  if (id.empty()) return "is empty: copy the client id from the seller's page \"API Credentials Management\"";
  if (auto broken = BrokenTextRule(id)) return broken;
  if (LooksLikeAnEmailAddress(id)) {
    return "is an e-mail address: give the client id from the seller's page \"API Credentials Management\", not the "
           "login";
  }
  const auto allowed = [](char c) { return IsLetterOrDigit(c) || c == ' ' || c == '-' || c == '@'; };
  if (const auto* wrong = std::ranges::find_if_not(id, allowed); wrong != id.end()) {
    return fmt::format("holds {}: only letters, digits, spaces, dashes and @ are allowed", Show(*wrong));
  }
  if (id.size() < 8 || id.size() > 80) return fmt::format("has {} characters: it must have 8 to 80", id.size());
  if (!IsLetter(id.front())) return fmt::format("begins with {}: it must begin with a letter", Show(id.front()));
  if (!IsLetterOrDigit(id.back()))
    return fmt::format("ends with {}: it must end with a letter or a digit", Show(id.back()));
  return std::nullopt;
}

std::optional<std::string> BrokenSecretRule(const std::string& secret) {
  if (secret.empty()) return "is empty: copy the client secret from the seller's page \"API Credentials Management\"";
  if (auto broken = BrokenTextRule(secret)) return broken;
  if (secret.size() > kSecretLimit) {
    return fmt::format("has {} bytes, more than {}: copy the client secret alone", secret.size(), kSecretLimit);
  }
  return std::nullopt;
}

void Add(std::vector<Violation>& violations, std::string field, std::optional<std::string> text) {
  if (text) violations.push_back({std::move(field), std::move(*text)});
}

/// As it was when it cannot be cleaned.
std::string CleanedText(const std::string& text) {
  auto clean = CleanInput(text);
  return clean ? *std::move(clean) : text;
}

}  // namespace

Credentials Cleaned(Credentials credentials) {
  credentials.client_id = ClientId{CleanedText(credentials.client_id.value())};
  credentials.client_secret = Secret{CleanedText(credentials.client_secret.Reveal())};
  return credentials;
}

NewAccount Cleaned(NewAccount account) {
  account.name = CleanedText(account.name);
  account.seller_id = SellerId{CleanedText(account.seller_id.value())};
  account.sales_channel_id = ChannelId{CleanedText(account.sales_channel_id.value())};
  account.credentials = Cleaned(std::move(account.credentials));
  return account;
}

std::vector<Violation> BrokenRules(const Credentials& credentials) {
  std::vector<Violation> violations;
  Add(violations, "octopia.client_id", BrokenClientIdRule(credentials.client_id.value()));
  Add(violations, "octopia.client_secret", BrokenSecretRule(credentials.client_secret.Reveal()));
  return violations;
}

std::vector<Violation> BrokenRules(const NewAccount& account) {
  std::vector<Violation> violations;
  Add(violations, "name", BrokenNameRule(account.name));
  Add(violations, "seller_id", BrokenSellerIdRule(account.seller_id.value()));
  if (!account.sales_channel_id.empty()) {
    Add(violations, "sales_channel_id", BrokenSalesChannelRule(account.sales_channel_id.value()));
  }
  for (auto& violation : BrokenRules(account.credentials)) violations.push_back(std::move(violation));
  return violations;
}

Error AsError(const std::vector<Violation>& violations) {
  std::string message;
  for (const auto& violation : violations) {
    if (!message.empty()) message += "; ";
    message += violation.field + " " + violation.text;
  }
  return {.code = ErrorCode::kInvalidArgument, .message = std::move(message), .field = violations.front().field};
}

}  // namespace cdiscount::auth
