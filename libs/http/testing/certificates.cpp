#include "http/testing/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <stdexcept>
#include <utility>

namespace cdiscount::fakes {
namespace {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Freer<std::fclose>>;

constexpr long kDay = 86'400;  // seconds

void Require(bool done, const std::string& what) {
  if (!done) throw std::runtime_error("OpenSSL could not " + what);
}

void AddExtension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  Require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "add the extension " + value);
}

Certificate MakeCertificate(const std::string& name, EVP_PKEY* key, long serial, long not_before, long not_after) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), not_before);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), not_after);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  Require(X509_set_pubkey(certificate.get(), key) == 1, "set the public key");
  return certificate;
}

void WriteCertificate(const std::filesystem::path& path, X509* certificate) {
  const File file(std::fopen(path.c_str(), "w"));
  Require(file && PEM_write_X509(file.get(), certificate) == 1, "write " + path.string());
}

void WriteKey(const std::filesystem::path& path, EVP_PKEY* key) {
  const File file(std::fopen(path.c_str(), "w"));
  Require(file && PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "write " + path.string());
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

struct CertificateAuthority::Keys {
  Key key;
  Certificate certificate;
};

CertificateAuthority::CertificateAuthority(std::string name) : keys_(std::make_unique<Keys>()) {
  keys_->key.reset(EVP_EC_gen("P-256"));
  keys_->certificate = MakeCertificate(name, keys_->key.get(), 1, -3600, kDay);
  auto* certificate = keys_->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  AddExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  Require(X509_sign(certificate, keys_->key.get(), EVP_sha256()) > 0, "sign the CA certificate");
  WriteCertificate(ca_file(), certificate);
}

CertificateAuthority::~CertificateAuthority() = default;

std::string CertificateAuthority::ca_file() const {
  return (directory_.path() / "ca.pem").string();
}

http::ServerTls CertificateAuthority::Issue(const std::string& names, bool expired) {
  const Key key(EVP_EC_gen("P-256"));
  const auto certificate =
      MakeCertificate("test server", key.get(), ++issued_ + 1, expired ? -2 * kDay : -3600, expired ? -kDay : kDay);
  auto* issuer = keys_->certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  AddExtension(certificate.get(), issuer, NID_subject_alt_name, names);
  AddExtension(certificate.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  Require(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0, "sign a certificate");

  const auto stem = directory_.path() / ("server-" + std::to_string(issued_));
  http::ServerTls files{stem.string() + ".pem", stem.string() + ".key"};
  WriteCertificate(files.certificate_chain_file, certificate.get());
  WriteKey(files.private_key_file, key.get());
  return files;
}

}  // namespace cdiscount::fakes
