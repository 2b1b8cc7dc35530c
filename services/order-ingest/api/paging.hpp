#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/list_place.hpp"

// Paging for the lists of OrderQueryService: pages as in AIP-158. Pure.
namespace cdiscount::order_ingest {

inline constexpr int kDefaultPage = 50;
inline constexpr int kLargestPage = 500;

struct PageAsked {
  int size = kDefaultPage;
  ListPlace place;
  bool first = true;
};

/// 0 is the default size, and one that is too large counts as the largest. kInvalidArgument for a negative size or a
/// token that no answer gave.
Result<PageAsked> ReadPage(int size, const std::string& token);

std::string ToToken(const ListPlace& place);

/// Cuts a list of one more than `size` to a page; gives its last entry when more follow, behind which the next page
/// begins.
template <class T>
const T* CutToPage(std::vector<T>& listed, int size) {
  if (listed.size() <= static_cast<std::size_t>(size)) return nullptr;
  listed.erase(listed.begin() + size, listed.end());
  return &listed.back();
}

/// In microseconds since 1970, rounded up: a change has whole ones. kInvalidArgument beyond the years 1 to 9999.
Result<std::int64_t> Micros(const google::protobuf::Timestamp& time, const std::string& field);

Error InvalidField(std::string field, const std::string& rule);

}  // namespace cdiscount::order_ingest
