# Shared by all commands: where things are, and how a step is shown.

# Debian's own python3, cmake and java, whatever else comes first on PATH (pyenv, a JDK by hand, ...): the packages that
# ./dev installs are theirs.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
unset PYTHONHOME PYTHONPATH JAVA_HOME
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8

root=$PWD
logs=$root/build/logs
tools=$root/build/tools
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/cdiscount-connect
started=$SECONDS
step_number=0
step_count=0  # each command says how many steps it has
running=      # process group of the step at work
minutes=()    # how long each step took

mkdir -p "$logs" "$tools"

say() { printf '%s\n' "$*"; }

# die "what failed" "what to do about it"
die() {
  printf '\n./dev: %s\n' "$1" >&2
  [[ -z ${2:-} ]] || printf '       %s\n' "$2" >&2
  exit 1
}

end_running() {
  if [[ -n $running ]]; then
    kill -TERM -- "-$running" 2>/dev/null || true
    wait "$running" 2>/dev/null || true
    running=
  fi
}
trap end_running EXIT
trap 'end_running; exit 130' INT
trap 'end_running; exit 143' TERM HUP

# step TITLE LOG COMMAND... runs the command with its output in build/logs/LOG.log, and shows that it is alive: on a
# terminal the time and the log's last line, elsewhere a line every 30 seconds. Returns its exit code.
step() {
  local title=$1 log=$logs/$2.log began=$SECONDS code=0 every=1
  shift 2
  step_number=$((step_number + 1))
  printf '[%d/%d] %s\n' "$step_number" "$step_count" "$title"
  printf '      $ %s\n' "$(shorten "$*" 110)"
  [[ -t 1 ]] || every=30
  set -m  # a process group of its own, so that Ctrl-C here ends all of it
  "$@" >"$log" 2>&1 </dev/null &
  running=$!
  set +m
  while ! ended_within "$every" "$running"; do
    if [[ -t 1 ]]; then
      printf '\r\033[K      %4d s  %s' $((SECONDS - began)) "$(last_line "$log")"
    else
      printf '      %4d s  %s\n' $((SECONDS - began)) "$(last_line "$log")"
    fi
  done
  wait "$running" || code=$?
  running=
  [[ ! -t 1 ]] || printf '\r\033[K'
  minutes+=("$(printf '%4d s  %s' $((SECONDS - began)) "$title")")
  if ((code == 0)); then
    printf '      done in %d s\n' $((SECONDS - began))
  else
    printf '      FAILED with code %d after %d s; the whole log: %s\n' "$code" $((SECONDS - began)) "${log#"$root"/}"
  fi
  return "$code"
}

# Waits for a process, for so many seconds at most. In the background, so that a signal to this script is heard at once.
ended_within() {
  timeout "$1" tail --pid="$2" -s 0.05 -f /dev/null >/dev/null 2>&1 &
  wait $!
}

show_minutes() {
  printf '\nTook %d min %d s:\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60))
  ((${#minutes[@]} == 0)) || printf '      %s\n' "${minutes[@]}"
}

in_git() { git -c "safe.directory=$root" "$@"; }

shorten() {
  local text=${1//"$root"\//}
  ((${#text} <= $2)) || text=${text:0:$2-3}...
  printf '%s' "$text"
}

last_line() {
  local line
  line=$(tail -c 4000 "$1" 2>/dev/null | tr '\r' '\n' | sed '/^[[:space:]]*$/d' | tail -n 1 | tr -cd '[:print:]') || true
  shorten "$line" 90
}

# The end of a step's log, indented.
show_log() {
  tail -n "${2:-40}" "$logs/$1.log" | sed 's/^/      | /'
}

# The errors of compilers and linkers in a step's log, or the end of the log when there are none.
show_errors() {
  if grep -qE ': (fatal )?error:|ld.lld: error|ninja: error' "$logs/$1.log"; then
    grep -E -A 3 ': (fatal )?error:|ld.lld: error|ninja: error' "$logs/$1.log" | head -n 40 | sed 's/^/      | /'
  else
    show_log "$1"
  fi
}

# As many at once as there are cores, and as memory for the heaviest compilations (1.5 GB each) allows.
jobs_at_once() {
  if [[ -n ${JOBS:-} ]]; then
    printf '%s' "$JOBS"
    return
  fi
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ {print int($2 / 1500000)}' /proc/meminfo 2>/dev/null || echo 1)
  ((memory >= 1)) || memory=1
  printf '%s' $((cores < memory ? cores : memory))
}

hash_of() { cat "$@" | sha256sum | cut -c1-16; }

java_home() {
  local home
  for home in /usr/lib/jvm/java-17-openjdk-*; do
    [[ -x $home/bin/java ]] && printf '%s' "$home" && return
  done
}
