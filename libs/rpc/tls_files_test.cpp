#include "rpc/tls_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "http/testing/certificates.hpp"

namespace cdiscount::rpc::detail {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Encrypts a key file of the same name with a pass phrase.
void Encrypt(const std::string& path) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const auto open = [&](const char* mode) {
    return std::unique_ptr<std::FILE, decltype(close)>(std::fopen(path.c_str(), mode), close);
  };
  auto* const key = PEM_read_PrivateKey(open("r").get(), nullptr, nullptr, nullptr);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(PEM_write_PrivateKey(open("w").get(), key, EVP_aes_256_cbc(),
                                 reinterpret_cast<const unsigned char*>("phrase"), 6, nullptr, nullptr),
            1);
  EVP_PKEY_free(key);
}

class TlsFilesTest : public ::testing::Test {
 protected:
  MutualTls Issue() {
    const auto pair = ca_.Issue("DNS:auth");
    return {.certificate_chain_file = pair.certificate_chain_file,
            .private_key_file = pair.private_key_file,
            .peer_ca_file = ca_.ca_file()};
  }
  static std::string Problem(const MutualTls& files) {
    const auto opened = TlsFiles::Open(files);
    return opened ? "" : opened.error().message;
  }

  fakes::CertificateAuthority ca_;
};

TEST_F(TlsFilesTest, TakeAKeyThatOwnerAndGroupAloneCanRead) {
  const auto files = Issue();
  for (const mode_t mode : {0600U, 0400U, 0440U, 0640U}) {
    ASSERT_EQ(chmod(files.private_key_file.c_str(), mode), 0);
    EXPECT_EQ(Problem(files), "") << mode;
  }
}

TEST_F(TlsFilesTest, RefuseAKeyThatOthersCanRead) {
  const auto files = Issue();
  for (const mode_t mode : {0644U, 0604U, 0660U}) {
    ASSERT_EQ(chmod(files.private_key_file.c_str(), mode), 0);
    EXPECT_THAT(Problem(files), HasSubstr("run: chmod 600 " + files.private_key_file)) << mode;
  }
}

TEST_F(TlsFilesTest, RefuseAnEncryptedKeyWithoutAsking) {
  const auto files = Issue();
  Encrypt(files.private_key_file);

  EXPECT_THAT(Problem(files), AllOf(HasSubstr(files.private_key_file), HasSubstr("is encrypted")));
}

TEST_F(TlsFilesTest, RefuseTheKeyOfAnotherCertificate) {
  auto files = Issue();
  files.private_key_file = Issue().private_key_file;

  EXPECT_THAT(Problem(files), AllOf(HasSubstr(files.private_key_file), HasSubstr("is not the key of certificate")));
}

TEST_F(TlsFilesTest, SayWhichFileIsOfNoUse) {
  auto files = Issue();
  std::ofstream(files.peer_ca_file) << "nothing\n";
  EXPECT_THAT(Problem(files), HasSubstr("CA of the other side \"" + files.peer_ca_file + "\" is not a readable PEM"));

  files.certificate_chain_file.clear();
  EXPECT_THAT(Problem(files), HasSubstr("certificate chain \"\" is not a readable PEM file"));
}

}  // namespace
}  // namespace cdiscount::rpc::detail
