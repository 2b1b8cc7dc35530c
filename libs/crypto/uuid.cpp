#include "crypto/uuid.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace cdiscount::crypto {

std::string UuidV4() {
  return to_string(boost::uuids::random_generator()());
}

std::string UuidV5(std::string_view name_space, std::string_view name) {
  const auto parsed = boost::uuids::string_generator()(name_space.begin(), name_space.end());
  return to_string(boost::uuids::name_generator_sha1(parsed)(name.data(), name.size()));
}

}  // namespace cdiscount::crypto
