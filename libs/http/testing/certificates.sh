#!/bin/sh
# certificates.sh FOLDER STEM COMMON-NAME [NAMES [DAYS]]: STEM.pem and STEM.key (P-256) in FOLDER, for tests.
# Without NAMES a certificate authority; with them (as OpenSSL writes them: DNS:localhost,IP:127.0.0.1) a certificate that
# FOLDER's ca.pem issues, for a server or a client. One of -1 DAYS ended yesterday.
set -eu
cd "$1"
stem=$2 name=$3 names=${4:-} days=${5:-30}

request() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$stem.key" "$@"
  chmod 600 "$stem.key"
}
if [ -z "$names" ]; then
  request -x509 -days "$days" -out "$stem.pem" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
else
  request -new -out "$stem.csr" -addext "subjectAltName=$names" -addext basicConstraints=critical,CA:FALSE \
    -addext keyUsage=critical,digitalSignature -addext extendedKeyUsage=serverAuth,clientAuth
  openssl x509 -req -in "$stem.csr" -copy_extensions copy -CA ca.pem -CAkey ca.key -CAcreateserial -days "$days" -out "$stem.pem"
fi
