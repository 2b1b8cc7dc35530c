#include "crypto/sealed_box.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "core/testing/result_matchers.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::crypto {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::string_literals;

constexpr std::string_view kRow = "auth/account/7/client_secret";
const std::string kKey1 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";  // 00 01 02 ... 1f
const std::string kKey2 = std::string(64, 'a');                            // hex

class SealedBoxTest : public ::testing::Test {
 protected:
  ~SealedBoxTest() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& text, mode_t mode = 0600) {
    const auto path = (folder_ / ("keys" + std::to_string(++files_))).string();
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  SealedBox Box(const std::string& text) { return SealedBox::Load(File(text)).value(); }

  const std::filesystem::path folder_ = [] {
    auto name = (std::filesystem::temp_directory_path() / "sealed-box-XXXXXX").string();
    return std::filesystem::path(mkdtemp(name.data()));
  }();
  int files_ = 0;
};

TEST_F(SealedBoxTest, OpensWhatItSealed) {
  const auto box = Box("k1 " + kKey1 + "\n");

  for (const auto& plain : {""s, "hunter2"s, "\0\xFF binary"s, std::string(100'000, 'x')}) {
    const auto sealed = box.Seal(plain, kRow);

    EXPECT_EQ(box.Open(sealed, kRow), plain);
    EXPECT_THAT(sealed, StartsWith("1.k1."));
    EXPECT_EQ(sealed.find('\0'), std::string::npos);
  }
}

TEST_F(SealedBoxTest, OpensAVectorThatWasSealedElsewhere) {
  // GCM specification, test case 16: its key, nonce, additional data, text and tag.
  const auto hex = [](std::string_view text) { return HexDecode(text).value(); };
  const auto box = Box("gcm feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308\n");
  const auto plain =
      hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const auto ciphertext =
      hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662");
  const auto sealed = "1.gcm." + Base64Encode(hex("cafebabefacedbaddecaf888")) + "." + Base64Encode(ciphertext) + "." +
                      Base64Encode(hex("76fc6ece0f4e1768cddf8853bb2d551b"));

  EXPECT_EQ(box.Open(sealed, hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")), plain);
}

TEST_F(SealedBoxTest, SealsTheSameTextDifferentlyEachTime) {
  const auto box = Box("k1 " + kKey1);

  EXPECT_NE(box.Seal("hunter2"s, kRow), box.Seal("hunter2"s, kRow));
}

TEST_F(SealedBoxTest, DoesNotOpenInAnotherRow) {
  const auto box = Box("k1 " + kKey1);

  EXPECT_THAT(box.Open(box.Seal("hunter2"s, kRow), "auth/account/8/client_secret"), FailsWith(ErrorCode::kUnreadable));
}

TEST_F(SealedBoxTest, NoticesEachChangedCharacter) {
  const auto box = Box("k1 " + kKey1);
  const auto sealed = box.Seal("hunter2"s, kRow);

  for (std::size_t index = 0; index < sealed.size(); ++index) {
    auto changed = sealed;
    changed[index] = changed[index] == 'A' ? 'B' : 'A';

    EXPECT_THAT(box.Open(changed, kRow), FailsWith(ErrorCode::kUnreadable)) << changed;
  }
  EXPECT_THAT(box.Open("", kRow), FailsWith(ErrorCode::kUnreadable));
  EXPECT_THAT(box.Open(sealed + "AAAA", kRow), FailsWith(ErrorCode::kUnreadable));
}

TEST_F(SealedBoxTest, SealsWithTheFirstKeyAndOpensWithAll) {
  const auto before = Box("k1 " + kKey1).Seal("hunter2"s, kRow);

  const auto after = Box("# changed in spring\nk2 " + kKey2 + "\n\n  k1 " + kKey1 + " # the old one\n");

  EXPECT_EQ(after.Open(before, kRow), "hunter2");
  EXPECT_THAT(before, StartsWith("1.k1."));
  EXPECT_THAT(after.Seal("x"s, kRow), StartsWith("1.k2."));
}

TEST_F(SealedBoxTest, NamesTheKeyThatIsMissing) {
  const auto sealed = Box("k1 " + kKey1).Seal("hunter2"s, kRow);

  const auto opened = Box("k2 " + kKey2).Open(sealed, kRow);

  ASSERT_THAT(opened, FailsWith(ErrorCode::kUnreadable));
  EXPECT_THAT(opened.error().message, HasSubstr("\"k1\" is not in the key file"));
}

TEST_F(SealedBoxTest, RefusesAFileThatOthersMayReadAndNamesTheRemedy) {
  for (const mode_t mode : {0604U, 0644U, 0444U, 0660U, 0620U, 0460U, 0700U}) {
    const auto path = File("k1 " + kKey1, mode);

    const auto box = SealedBox::Load(path);

    ASSERT_THAT(box, FailsWith(ErrorCode::kInvalidArgument));
    EXPECT_THAT(box.error().message, HasSubstr("chmod 600 " + path));
  }
  EXPECT_THAT(SealedBox::Load(File("k1 " + kKey1, 0400)), Succeeds());
}

TEST_F(SealedBoxTest, TakesASecretAsKubernetesMountsIt) {
  std::filesystem::create_directory(folder_ / "..2026_11_25");
  std::filesystem::rename(File("k1 " + kKey1, 0440), folder_ / "..2026_11_25" / "keys");
  std::filesystem::create_directory_symlink("..2026_11_25", folder_ / "..data");
  std::filesystem::create_symlink("..data/keys", folder_ / "keys");

  EXPECT_THAT(SealedBox::Load((folder_ / "keys").string()), Succeeds());
}

TEST_F(SealedBoxTest, SaysWhatIsWrongWithTheFile) {
  EXPECT_THAT(SealedBox::Load((folder_ / "none").string()).error().message, HasSubstr("none does not exist"));
  EXPECT_THAT(SealedBox::Load(folder_.string()).error().message, HasSubstr("is a folder"));
  EXPECT_THAT(SealedBox::Load(File("")).error().message, HasSubstr("holds no key"));
}

TEST_F(SealedBoxTest, RefusesAMalformedFileWithoutShowingAKey) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "holds no key"},
      {"# only this\n", "holds no key"},
      {"k1\n", "line 1: the key must be 32 bytes"},
      {"k1 AAEC\n", "line 1: the key must be 32 bytes"},
      {"k1 " + kKey1 + " more\n", "line 1: the key must be 32 bytes"},
      {"k.1 " + kKey1 + "\n", "line 1: the key id must be"},
      {"k1 " + kKey1 + "\nk1 " + kKey2 + "\n", "line 2: the key id k1 stands in the file twice"},
      {"k1 " + kKey1 + "\nk2 " + kKey1 + "\n", "line 2: this key stands in the file already, as k1"},
  };
  for (const auto& [text, message] : cases) {
    const auto box = SealedBox::Load(File(text));

    ASSERT_THAT(box, FailsWith(ErrorCode::kInvalidArgument)) << text;
    EXPECT_THAT(box.error().message, HasSubstr(message));
    EXPECT_THAT(box.error().message, Not(HasSubstr(kKey1)));
  }
  EXPECT_THAT(SealedBox::Load((folder_ / "none").string()), FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(SealedBox::Load(folder_.string()), FailsWith(ErrorCode::kInvalidArgument));
}

TEST_F(SealedBoxTest, CreatesAKeyFileOnceForThoseWhoAskForIt) {
  const auto path = (folder_ / "created").string();

  ASSERT_THAT(CreateKeyFileIfMissing(path), Succeeds());
  const auto sealed = SealedBox::Load(path).value().Seal("hunter2"s, kRow);
  ASSERT_THAT(CreateKeyFileIfMissing(path), Succeeds());

  EXPECT_EQ(SealedBox::Load(path).value().Open(sealed, kRow), "hunter2");
  EXPECT_THAT(CreateKeyFileIfMissing((folder_ / "no" / "folder").string()), FailsWith(ErrorCode::kInvalidArgument));
}

TEST_F(SealedBoxTest, AgreesOnOneKeyWhenSeveralCreateItAtOnce) {
  const auto path = (folder_ / "shared").string();
  std::vector<std::string> ids(8);

  {
    std::vector<std::jthread> threads;
    for (auto& id : ids) {
      threads.emplace_back([&] {
        if (CreateKeyFileIfMissing(path)) id = SealedBox::Load(path).value().Seal("x"s, kRow);
        id = id.substr(0, id.find('.', 2));
      });
    }
  }

  EXPECT_THAT(ids, ::testing::Each(StartsWith("1.dev-")));
  EXPECT_THAT(ids, ::testing::Each(ids[0]));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1) << "what was written aside is gone";
}

}  // namespace
}  // namespace cdiscount::crypto
