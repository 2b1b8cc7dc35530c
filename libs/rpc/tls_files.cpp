#include "rpc/tls_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/read_file.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::rpc::detail {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

Error Wrong(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

Result<std::string> ReadPem(const std::string& path, std::string_view what, FileKind kind) {
  auto text = ReadFile(path, {.limit = std::size_t{1} << 20U, .kind = kind});
  if (text && text->find("-----BEGIN ") != std::string::npos) return text;
  return Wrong(fmt::format(
      "{} \"{}\" is not a readable PEM file: {}; mutual TLS needs a certificate chain, its key and the CA of the other "
      "side",
      what, path, text ? "it has no line -----BEGIN" : text.error().message));
}

Bio Reader(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// OpenSSL's own question for a pass phrase would wait on the terminal.
int NoPassPhrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return 0;
}

/// gRPC would find out only when a client connects.
Status CheckPair(const std::string& chain, const std::string& key, const MutualTls& files) {
  const Certificate own(PEM_read_bio_X509(Reader(chain).get(), nullptr, nullptr, nullptr));
  bool encrypted = false;
  const Key private_key(PEM_read_bio_PrivateKey(Reader(key).get(), nullptr, NoPassPhrase, &encrypted));
  const bool fits = own && private_key && X509_check_private_key(own.get(), private_key.get()) == 1;
  ERR_clear_error();
  if (encrypted) {
    return Wrong(fmt::format(
        "private key \"{}\" is encrypted, and no service asks for a pass phrase: write it without one (openssl pkey), "
        "mode 0600",
        files.private_key_file));
  }
  if (fits) return Ok();
  return Wrong(fmt::format("private key \"{}\" is not the key of certificate \"{}\"", files.private_key_file,
                           files.certificate_chain_file));
}

/// The path through which a file descriptor of this process is opened anew.
std::string PathOf(const FileDescriptor& file) {
  return fmt::format("/proc/self/fd/{}", file.get());
}

/// Puts the content in place of what `file` holds, in one step. gRPC tells by the seconds of the time of change whether
/// key and certificate are from the same moment, so each exchange has its own.
Status Put(FileDescriptor& file, std::string_view content, int exchange) {
  FileDescriptor next(memfd_create("tls", MFD_CLOEXEC));
  const timespec changed{.tv_sec = exchange, .tv_nsec = 0};
  const timespec times[] = {changed, changed};
  const bool written = next &&
                       write(next.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
                       futimens(next.get(), times) == 0;
  if (written && !file) {
    file = std::move(next);
    return Ok();
  }
  if (written && dup3(next.get(), file.get(), O_CLOEXEC) >= 0) return Ok();
  return Error{ErrorCode::kUnavailable,
               "the copy of the TLS files in memory cannot be written: " + std::generic_category().message(errno)};
}

}  // namespace

Result<TlsFiles::Content> TlsFiles::Read(const MutualTls& files) {
  const auto chain = ReadPem(files.certificate_chain_file, "certificate chain", FileKind::kAny);
  if (!chain) return chain.error();
  const auto key = ReadPem(files.private_key_file, "private key", FileKind::kSecret);
  if (!key) return key.error();
  auto ca = ReadPem(files.peer_ca_file, "CA of the other side", FileKind::kAny);
  if (!ca) return ca.error();
  if (const auto fits = CheckPair(*chain, *key, files); !fits) return fits.error();
  return Content{*key + "\n" + *chain, *std::move(ca)};
}

Status TlsFiles::Exchange(Content content) {
  ++exchanged_;
  if (const auto put = Put(key_and_chain_, content.key_and_chain, exchanged_); !put) return put;
  if (const auto put = Put(ca_, content.ca, exchanged_); !put) return put;
  in_use_ = std::move(content);
  return Ok();
}

Result<std::unique_ptr<TlsFiles>> TlsFiles::Open(MutualTls files) {
  auto content = Read(files);
  if (!content) return content.error();
  std::unique_ptr<TlsFiles> opened(new TlsFiles(std::move(files)));
  if (const auto put = opened->Exchange(*std::move(content)); !put) return put.error();
  opened->watch_ = std::jthread([self = opened.get()](const std::stop_token& stop) { self->Watch(stop); });
  return opened;
}

std::shared_ptr<grpc::experimental::CertificateProviderInterface> TlsFiles::Provider() const {
  const auto pair = PathOf(key_and_chain_);
  const auto often = std::min(files_.read_again, std::chrono::seconds{5});  // it is memory that gRPC reads
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(pair, pair, PathOf(ca_),
                                                                              static_cast<unsigned>(often.count()));
}

void TlsFiles::Watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!wake.wait_for(lock, stop, files_.read_again, [&stop] { return stop.stop_requested(); })) Renew();
}

void TlsFiles::Renew() {
  auto content = Read(files_);
  if (content && *content == in_use_) return;
  const auto renewed = content ? Exchange(*std::move(content)) : Status(content.error());
  if (renewed) {
    log::Info("tls_files_renewed", {{"certificate", files_.certificate_chain_file}});
  } else {
    log::Warn("tls_files_kept", {{"certificate", files_.certificate_chain_file},
                                 {"problem", renewed.error().message},
                                 {"remedy", "those that were read before stay in use; they are read again soon"}});
  }
}

}  // namespace cdiscount::rpc::detail
