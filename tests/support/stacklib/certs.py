"""A private certificate authority, a server certificate for this machine, and an authority that signed nothing."""

import pathlib
import subprocess

from .errors import StackError

_MAKER = pathlib.Path(__file__).resolve().parents[3] / "libs/http/testing/certificates.sh"  # of the unit tests, too


class Certificates:
    """`ca` is to be trusted, `certificate` and `key` are for a server on 127.0.0.1 or localhost, and `wrong_ca` is for the
    test that a stranger's authority is refused. All are paths of PEM files, valid for 30 days."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.ca, _ = self._make("ca", "cdiscount-connect test CA")
        self.wrong_ca, _ = self._make("wrong-ca", "another CA")
        self.certificate, self.key = self.issue("server", "localhost", "DNS:localhost,IP:127.0.0.1")

    def issue(self, stem, common_name, names=None):
        """A certificate of the CA and its key, for a server or a client. `names` as OpenSSL writes them (default: the common
        name as a DNS name)."""
        return self._make(stem, common_name, names or f"DNS:{common_name}")

    def _make(self, stem, *arguments):
        done = subprocess.run([_MAKER, self._folder, stem, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise StackError(f"openssl failed, which ./dev setup installs:\n{done.stderr}")
        return self._folder / f"{stem}.pem", self._folder / f"{stem}.key"
