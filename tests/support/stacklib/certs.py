"""A private certificate authority, a server certificate for this machine, and an authority that signed nothing."""

import subprocess

from .errors import StackError

_SERVER = """\
subjectAltName=DNS:localhost,IP:127.0.0.1
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
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
        self.certificate = folder / "server.pem"
        self.key = folder / "server.key"
        _authority(folder, "ca", "cdiscount-connect test CA")
        _authority(folder, "wrong-ca", "somebody else's CA")
        request, extensions = folder / "server.csr", folder / "server.ext"
        extensions.write_text(_SERVER, encoding="ascii")
        _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
                 "-keyout", self.key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", folder / "ca.key", "-CAcreateserial",
                 "-days", "30", "-extfile", extensions, "-out", self.certificate)
