#!/usr/bin/env bash
# Tries this repository on a bare Debian 12: debootstrap's minbase in a folder of its own, a fresh clone of what is
# committed, one command in it. Needs root, debootstrap, unshare, git and about 5 GB. Mounts and processes are in namespaces
# of their own, so they end with this script, however it ends.
#
#   tools/bare-debian-trial.sh [--keep] [COMMAND...]        default: ./dev test
#
# A user's machine needs no help to reach Debian, Maven's and npm's registries. This one may, so the trial (and only the trial)
# takes into the bare system how this machine does it, as far as it is set: apt's drop-ins, resolv.conf, local CA
# certificates, Maven's and npm's settings files, proxy variables. TRIAL_DIR names the folder (default: a new one under TMPDIR),
# TRIAL_MIRROR another Debian mirror, --keep leaves the folder behind to look into.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
keep=0
if [[ ${1:-} == --keep ]]; then
  keep=1
  shift
fi
(($# > 0)) || set -- ./dev test

die() { printf 'bare-debian-trial: %s\n' "$*" >&2; exit 1; }
[[ $(id -u) == 0 ]] || die "must be root: it makes a system of its own"
for program in debootstrap unshare git; do
  command -v "$program" >/dev/null || die "$program is missing: apt-get install debootstrap util-linux git"
done

bare=${TRIAL_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/bare-debian-XXXXXX")}
log=$root/build/logs/bare-debian-trial.log
mkdir -p "$bare" "${log%/*}"
chmod 755 "$bare"  # the root folder of a system whose unprivileged users must pass through it (mktemp makes it 700)
clean_up() {
  if ((keep)); then
    printf 'bare-debian-trial: kept in %s\n' "$bare"
  else
    rm -rf --one-file-system "$bare"
  fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

echo "1. debootstrap --variant=minbase bookworm (about 40 s)"
if [[ ! -e $bare/etc/debian_version ]]; then
  debootstrap --variant=minbase bookworm "$bare" ${TRIAL_MIRROR:+"$TRIAL_MIRROR"} >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; die "debootstrap failed; its log: $log"; }
fi

echo "2. what this machine needs to reach the registries"
take() {  # take FILE-OR-FOLDER PLACE: copies it into the bare system when there is one
  [[ -e $1 ]] || return 0
  mkdir -p "$bare${2%/*}"
  cp -rL "$1" "$bare$2"
}
take /etc/resolv.conf /etc/resolv.conf
mkdir -p "$bare/etc/apt/apt.conf.d"
for file in /etc/apt/apt.conf.d/*; do take "$file" "/etc/apt/apt.conf.d/${file##*/}"; done
mkdir -p "$bare/usr/local/share/ca-certificates"
for file in /usr/local/share/ca-certificates/*.crt; do take "$file" "/usr/local/share/ca-certificates/${file##*/}"; done
take "${HOME:-/root}/.m2/settings.xml" /root/.m2/settings.xml
take "${NPM_CONFIG_USERCONFIG:-${HOME:-/root}/.npmrc}" /root/.npmrc
environment=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY MAVEN_OPTS MAVEN_ARGS NPM_CONFIG_REGISTRY \
  npm_config_registry NODE_EXTRA_CA_CERTS CI JOBS; do
  [[ -z ${!name:-} ]] || environment+=("$name=${!name}")
done

echo "3. a fresh clone of $(git -c safe.directory="$root" -C "$root" log -1 --format='%h %s')"
rm -rf "$bare/root/cdiscount-connect"
git -c safe.directory='*' clone -q --no-local "$root" "$bare/root/cdiscount-connect"

echo "4. $*"
began=$SECONDS
code=0
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child env -i "${environment[@]}" bash -c '
  bare=$1
  shift
  mount --make-rprivate /
  mount -t proc proc "$bare/proc"
  mount -t tmpfs tmpfs "$bare/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$bare/dev/pts"
  mount --bind "$bare/dev/pts/ptmx" "$bare/dev/ptmx"
  exec chroot "$bare" /bin/bash -c "cd /root/cdiscount-connect && \"\$@\"; exit \$?" trial "$@"' trial "$bare" "$@" \
  </dev/null > >(tee "$log") 2>&1 || code=$?

printf '\nOn a bare Debian %s: "%s" ended with code %d after %d min %d s. Its last lines:\n' \
  "$(cat "$bare/etc/debian_version")" "$*" "$code" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60))
tail -n 12 "$log"
exit "$code"
