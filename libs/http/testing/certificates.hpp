#pragma once

#include <filesystem>
#include <string>

#include "http/server.hpp"

namespace cdiscount::fakes {

/// A folder of its own under the system's temporary one, removed with all it holds at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A private certificate authority (P-256) whose files lie in a folder of its own.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name = "test CA");

  /// The CA's own certificate, PEM: for ClientOptions::ca_file.
  std::string ca_file() const;

  /// A certificate of a server, or of a client, for `names`, in OpenSSL's notation: "DNS:localhost,IP:127.0.0.1";
  /// its common name is always "test server". One that ended yesterday when `expired`.
  http::ServerTls Issue(const std::string& names, bool expired = false);

 private:
  TemporaryDirectory directory_;
  int issued_ = 0;
};

}  // namespace cdiscount::fakes
