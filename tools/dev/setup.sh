# ./dev setup: installs what is missing. Looks first, so that it takes a moment when all is there.

cmd_setup() {
  step_count=$(setup_steps)
  setup
  say "All is there. Next: ./dev demo, or ./dev test."
}

# How many steps `setup` will show.
setup_steps() {
  local n=0
  [[ -z $(missing_packages) ]] || n=$((n + 2))
  kafka_is_there || n=$((n + 1))
  buf_is_there || n=$((n + 1))
  printf '%d' "$n"
}

setup() {
  local missing
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
  kafka_is_there || fetch_kafka
  buf_is_there || fetch_buf
  ccache_settings
}

# --- Debian packages -------------------------------------------------------------------------------------------------

# Names of the packages in tools/packages.txt that are not installed.
missing_packages() {
  local name condition rest wanted=() installed
  while read -r name condition rest; do
    [[ -n $name && $name != \#* ]] || continue
    [[ $condition != \?* ]] || ! command -v "${condition#\?}" >/dev/null || continue
    wanted+=("$name")
  done <tools/packages.txt
  if ! command -v dpkg-query >/dev/null; then
    printf '%s\n' "${wanted[@]}"
    return
  fi
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p') || true
  for name in "${wanted[@]}"; do
    grep -qx -- "$name" <<<"$installed" || printf '%s\n' "$name"
  done
}

install_packages() {
  local system
  # shellcheck source=/dev/null
  system=$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-}") || system=unknown
  [[ $system == "debian 12" ]] || die "Packages are missing, and this is \"$system\", not Debian 12: $*" \
    "Use a Debian 12 machine or container (debian:bookworm), or install these by hand and run ./dev again."
  [[ $(id -u) == 0 ]] || die "Packages are missing, and installing them needs root: $*" \
    "Run once as root: sudo ./dev setup. All else works without root."

  step "Ask Debian for its list of packages" apt-update apt-get update -q || {
    show_log apt-update 15
    die "apt-get update failed, so these packages cannot be installed: $*" "$(apt_remedy apt-update)"
  }
  # Without this, installing PostgreSQL would also start a server, which is not wanted.
  local cluster=/etc/postgresql-common/createcluster.conf ours=
  if [[ ! -e /usr/lib/postgresql/15/bin/postgres && ! -e $cluster ]]; then
    mkdir -p "${cluster%/*}"
    echo 'create_main_cluster = false' >"$cluster"
    ours=1
  fi
  step "Install $# Debian packages (about 1 GB on a bare machine)" apt-install \
    env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
    apt-get install -y -q --no-install-recommends --no-remove \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@" || {
    show_log apt-install 15
    die "apt-get could not install all of: $*" "$(apt_remedy apt-install)"
  }
  if [[ -n $ours && -e $cluster.ucf-dist ]]; then
    mv "$cluster.ucf-dist" "$cluster"  # for later installations the package's own setting holds again
  fi
  local still
  still=$(missing_packages | tr '\n' ' ')
  [[ -z $still ]] || die "apt-get says that it succeeded, and these are still missing: $still" "See build/logs/apt-install.log."
}

# apt_remedy LOG: what to do about the way apt-get failed.
apt_remedy() {
  local log=$logs/$1.log
  if grep -qE 'Temporary failure resolving|Could not resolve|Could not connect|Connection timed out|Network is unreachable' "$log"; then
    echo "There is no way from here to Debian's servers: check the network, resolv.conf, or apt's proxy setting."
  elif grep -q 'Unable to locate package' "$log"; then
    echo "Debian 12's main section is not among apt's sources: see /etc/apt/sources.list and sources.list.d/."
  elif grep -qE 'Could not get lock|is another process using it' "$log"; then
    echo "Another apt is at work: wait for it, then run ./dev again."
  elif grep -qE 'packages need to be removed|Packages need to be removed|remove is disabled' "$log"; then
    echo "An installed package is in the way (libboost1.74-dev conflicts with 1.81): remove it, or use a container."
  elif grep -qE 'No space left|enough free space' "$log"; then
    echo "The disk is full: about 2 GB are needed."
  else
    echo "See build/logs/$1.log for the reason."
  fi
}

# --- Kafka's jars and buf: kept in the user's cache, linked into build/tools ---------------------------------------------

kafka_home() { printf '%s/kafka-%s' "$cache" "$(hash_of tools/kafka/pom.xml)"; }
buf_home() { printf '%s/buf-%s' "$cache" "$(hash_of tools/buf/package.json tools/buf/package-lock.json)"; }

kafka_is_there() { compgen -G "$(kafka_home)/kafka-clients-*.jar" >/dev/null && link "$(kafka_home)" "$tools/kafka"; }
buf_is_there() { [[ -x $(buf_home)/buf ]] && link "$(buf_home)/buf" "$tools/buf"; }

link() {
  [[ $(readlink "$2" 2>/dev/null) == "$1" ]] && return
  rm -rf "$2"
  ln -s "$1" "$2"
}

fetch_kafka() {
  local home new
  home=$(kafka_home)
  new=$home.new.$$
  rm -rf "$new"
  mkdir -p "$new"
  step "Fetch Apache Kafka's jars with Maven (43 MB)" kafka-jars \
    env JAVA_HOME="$(java_home)" mvn -q -B -f tools/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory="$new" || {
    show_log kafka-jars 15
    rm -rf "$new"
    die "Maven could not fetch Kafka's jars (tools/kafka/pom.xml)." \
      "Check the network; behind a proxy or a mirror, name it in ~/.m2/settings.xml or MAVEN_OPTS; then run ./dev again."
  }
  put_in_place "$new" "$home"
  kafka_is_there || die "Maven fetched no kafka-clients jar." "See build/logs/kafka-jars.log and tools/kafka/pom.xml."
}

fetch_buf() {
  local home new machine
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64) machine=aarch64 ;;
    *) die "buf is not pinned for a $(uname -m) machine." "Use an amd64 or arm64 machine, or add its package to tools/buf/package.json." ;;
  esac
  home=$(buf_home)
  new=$home.new.$$
  rm -rf "$new"
  mkdir -p "$new"
  cp tools/buf/package.json tools/buf/package-lock.json tools/buf/.npmrc "$new"
  step "Fetch buf with npm (15 MB)" buf npm ci --prefix "$new" --ignore-scripts --no-progress || {
    show_log buf 15
    rm -rf "$new"
    die "npm could not fetch buf (tools/buf/package.json)." \
      "Check the network; behind a proxy or a mirror, name it with npm config set; then run ./dev again."
  }
  ln -s "node_modules/@bufbuild/buf-linux-$machine/bin/buf" "$new/buf"
  put_in_place "$new" "$home"
  buf_is_there || die "npm fetched no buf for this machine." "See build/logs/buf.log."
}

# Whole or not at all; two checkouts may do this at once.
put_in_place() {
  rm -rf "$2"
  mv -T "$1" "$2" 2>/dev/null || rm -rf "$1"
}

ccache_settings() {
  command -v ccache >/dev/null || return 0
  : "${CCACHE_BASEDIR=$root}" "${CCACHE_NOHASHDIR=1}"
  export CCACHE_BASEDIR CCACHE_NOHASHDIR
  if [[ -z ${CCACHE_MAXSIZE:-} ]] && ccache -p 2>/dev/null | grep -q '^(default) max_size'; then
    export CCACHE_MAXSIZE=5G
  fi
}
