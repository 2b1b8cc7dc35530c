#pragma once

#include <grpcpp/security/tls_certificate_provider.h>

#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "core/file_descriptor.hpp"
#include "core/result.hpp"
#include "rpc/server.hpp"

namespace cdiscount::rpc::detail {

/// Certificate, key and CA of one side, read again while this object lives. gRPC's own watcher reads them one after the
/// other and believes what it finds: in the middle of a renewal that is a key of another certificate, with which every
/// connection fails. So gRPC watches a copy in memory of the last files that fit together, exchanged as a whole.
class TlsFiles {
 public:
  /// Fails with kInvalidArgument when a file cannot be read, when others than the owner and the group can read the key,
  /// or when it is encrypted or not that of the certificate; the message names the file.
  static Result<std::unique_ptr<TlsFiles>> Open(MutualTls files);
  ~TlsFiles() = default;
  TlsFiles(const TlsFiles&) = delete;
  TlsFiles& operator=(const TlsFiles&) = delete;

  /// For the options of credentials. Credentials made from it are renewed for as long as this object lives.
  std::shared_ptr<grpc::experimental::CertificateProviderInterface> Provider() const;

 private:
  struct Content {
    std::string key_and_chain, ca;
    bool operator==(const Content&) const = default;
  };

  explicit TlsFiles(MutualTls files) : files_(std::move(files)) {}
  static Result<Content> Read(const MutualTls& files);
  Status Exchange(Content content);
  void Renew();
  void Watch(const std::stop_token& stop);

  const MutualTls files_;
  Content in_use_;
  int exchanged_ = 0;
  FileDescriptor key_and_chain_, ca_;
  std::jthread watch_;
};

}  // namespace cdiscount::rpc::detail
