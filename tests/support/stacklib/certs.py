"""A private certificate authority, a server certificate for this machine, and an authority that signed nothing."""

import subprocess

from .errors import StackError

_EXTENSIONS = """\
subjectAltName={names}
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth,clientAuth
"""


def _openssl(*arguments):
    try:
        done = subprocess.run(["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
    except OSError as e:
        raise StackError(f"openssl cannot be run ({e}): run ./dev setup") from e
    if done.returncode != 0:
        raise StackError(f"openssl {arguments[0]} failed:\n{done.stderr}")


def _authority(folder, stem, name):
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign",
             "-keyout", folder / f"{stem}.key", "-out", folder / f"{stem}.pem")


class Certificates:
    """`ca` is to be trusted, `certificate` and `key` are for a server on 127.0.0.1 or localhost, and `wrong_ca` is for the
    test that a stranger's authority is refused. All are paths of PEM files, valid for 30 days."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = folder / "ca.pem"
        self.wrong_ca = folder / "wrong-ca.pem"
        self._folder = folder
        _authority(folder, "ca", "cdiscount-connect test CA")
        _authority(folder, "wrong-ca", "somebody else's CA")
        self.certificate, self.key = self.issue("server", "localhost", "DNS:localhost,IP:127.0.0.1")

    def issue(self, stem, common_name, names=None):
        """A certificate of the CA and its key, for a server or a client. `names` as OpenSSL writes them (default: the common
        name as a DNS name)."""
        certificate, key = self._folder / f"{stem}.pem", self._folder / f"{stem}.key"
        request, extensions = self._folder / f"{stem}.csr", self._folder / f"{stem}.ext"
        extensions.write_text(_EXTENSIONS.format(names=names or f"DNS:{common_name}"), encoding="ascii")
        _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={common_name}",
                 "-keyout", key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self._folder / "ca.key", "-CAcreateserial",
                 "-days", "30", "-extfile", extensions, "-out", certificate)
        return certificate, key
