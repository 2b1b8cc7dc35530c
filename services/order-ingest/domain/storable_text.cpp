#include "domain/storable_text.hpp"

#include "core/unicode.hpp"

namespace cdiscount::order_ingest {

std::string Storable(std::string_view text, std::size_t most) {
  return EscapeInvisible(text.substr(0, most)) + (text.size() > most ? "..." : "");
}

bool IsStorableKey(std::string_view text) {
  if (text.empty() || text.size() > kLongestKey) return false;
  while (!text.empty()) {
    const auto next = FirstCharacter(text);
    if (next.length == 0 || next.value == 0) return false;
    text.remove_prefix(next.length);
  }
  return true;
}

}  // namespace cdiscount::order_ingest
