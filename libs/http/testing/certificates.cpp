#include "http/testing/certificates.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <stdexcept>

namespace cdiscount::fakes {
namespace {

/// certificates.sh is what the Python tests use as well.
void Make(const std::filesystem::path& folder, const std::string& stem, const std::string& name,
          const std::string& names = "", int days = 30) {
  const auto command = fmt::format("'{}' '{}' '{}' '{}' '{}' {} >'{}/openssl.log' 2>&1", CDISCOUNT_CERTIFICATES,
                                   folder.string(), stem, name, names, days, folder.string());
  if (std::system(command.c_str()) != 0) throw std::runtime_error("no certificate was made by: " + command);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "cdiscount-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make the folder " + pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

CertificateAuthority::CertificateAuthority(const std::string& name) {
  Make(directory_.path(), "ca", name);
}

std::string CertificateAuthority::ca_file() const {
  return (directory_.path() / "ca.pem").string();
}

http::ServerTls CertificateAuthority::Issue(const std::string& names, bool expired) {
  const auto stem = "server-" + std::to_string(++issued_);
  Make(directory_.path(), stem, "test server", names, expired ? -1 : 1);
  return {(directory_.path() / (stem + ".pem")).string(), (directory_.path() / (stem + ".key")).string()};
}

}  // namespace cdiscount::fakes
