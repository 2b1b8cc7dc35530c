#include "http/message.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <charconv>
#include <locale>

namespace cdiscount::http {
namespace {

std::string Decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escape = text[i] == '%' ? text.substr(i + 1, 2) : std::string_view{};
    unsigned char byte = 0;
    if (escape.size() == 2 && std::from_chars(escape.begin(), escape.end(), byte, 16).ptr == escape.end()) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view left, std::string_view right) {
  return boost::algorithm::iequals(left, right, std::locale::classic());
}

void Headers::Set(std::string name, std::string value) {
  for (auto& field : fields_) {
    if (EqualsIgnoringCase(field.first, name)) {
      field.second = std::move(value);
      return;
    }
  }
  Add(std::move(name), std::move(value));
}

void Headers::Add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string_view> Headers::Get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (EqualsIgnoringCase(key, name)) return value;
  }
  return std::nullopt;
}

std::string Headers::List(std::string_view name) const {
  std::string list;
  for (const auto& [key, value] : fields_) {
    if (EqualsIgnoringCase(key, name)) list += list.empty() ? value : ", " + value;
  }
  return list;
}

std::string PercentEncode(std::string_view text) {
  return boost::urls::encode({text.data(), text.size()}, boost::urls::unreserved_chars);
}

std::string PercentDecode(std::string_view text) {
  return Decode(text, false);
}

std::string EncodeQuery(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string out;
  for (const auto& [key, value] : pairs) {
    if (!out.empty()) out += '&';
    out += PercentEncode(key) + '=' + PercentEncode(value);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> DecodeQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    pairs.emplace_back(Decode(pair.substr(0, equals), true), Decode(value, true));
  }
  return pairs;
}

}  // namespace cdiscount::http
