# ./dev fmt, ./dev lint, and the checks that ./dev test takes from them.

tidy_seconds=300  # clang-tidy stops there: a check of what changed must not become the longest step

sources() {
  local place
  for place in libs services simulator cli tests bench; do
    [[ ! -d $place ]] || find "$place" \( -name '*.cpp' -o -name '*.hpp' \) -print0
  done
}

cmd_fmt() {
  step_count=$(setup_steps)
  setup
  sources | xargs -0 -r clang-format-19 -i
  say "Formatted."
}

cmd_lint() {
  step_count=$(($(setup_steps) + $(build_steps dev) + 5))
  setup
  local failed=0
  build dev || exit 1
  step "Format" format check_format || { show_log format; failed=1; }
  step "Includes point inward" layers /usr/bin/python3 tests/layers/check_layers.py || { show_log layers; failed=1; }
  step "Contracts: style" buf-lint "$tools/buf" lint proto || { show_log buf-lint; failed=1; }
  step "Contracts: compatible with proto/image.binpb" buf-breaking "$tools/buf" breaking proto --against proto/image.binpb || {
    show_log buf-breaking
    failed=1
  }
  step "clang-tidy on changed files" tidy check_tidy || { show_log tidy; failed=1; }
  tail -n 1 "$logs/tidy.log"
  exit "$failed"
}

cmd_accept_proto() {
  step_count=$(($(setup_steps) + 1))
  setup
  step "Write proto/image.binpb" accept-proto "$tools/buf" build proto --exclude-source-info -o proto/image.binpb ||
    { show_log accept-proto; exit 1; }
}

check_format() {
  local wrong
  wrong=$(sources | xargs -0 -r -n 20 -P "$(jobs_at_once)" clang-format-19 --dry-run -Werror 2>&1 |
    sed -n 's/:[0-9]*:[0-9]*: error: code should be clang-formatted.*//p' | sort -u)
  [[ -n $wrong ]] || return 0
  printf '%s\n' "Not formatted; ./dev fmt puts it right:" "$wrong"
  return 1
}

# The commit that this change starts from: where it left origin/main, else the one before the last.
changed_since() {
  local git=(git -c "safe.directory=$root") base
  base=$("${git[@]}" merge-base HEAD origin/main 2>/dev/null) || base=
  if [[ -z $base || $base == $("${git[@]}" rev-parse HEAD 2>/dev/null) ]]; then
    base=$("${git[@]}" rev-parse -q --verify HEAD~1 2>/dev/null) || base=
  fi
  printf '%s' "$base"
}

# Changed .cpp files that the dev build compiles; a changed header stands for the .cpp beside it.
changed_sources() {
  local git=(git -c "safe.directory=$root") file
  { "${git[@]}" diff --name-only --diff-filter=d "$1" -- '*.cpp' '*.hpp'
    "${git[@]}" ls-files --others --exclude-standard -- '*.cpp' '*.hpp'; } |
    sed 's/\.hpp$/.cpp/' | sort -u |
    while read -r file; do
      [[ -f $file ]] && grep -qF "/$file\"" build/dev/compile_commands.json && printf '%s\n' "$file"
    done
}

# Looks at what changed only, for `tidy_seconds` at most, and not again at what it has found good.
check_tidy() {
  local base good=$root/build/tidy-is-content file state code=0 todo=()
  base=$(changed_since)
  if [[ -z $base ]]; then
    echo "clang-tidy: nothing to compare with (no git history), so no file was looked at"
    return 0
  fi
  touch "$good"
  while read -r file; do
    state=$(hash_of .clang-tidy "$file" "${file%.cpp}.hpp" 2>/dev/null || true)
    grep -qx "$state $file" "$good" || todo+=("$state $file")
  done < <(changed_sources "$base")
  ((${#todo[@]} > 0)) || { echo "clang-tidy: no changed file left to look at"; return 0; }
  export good
  printf '%s\n' "${todo[@]}" | timeout "$tidy_seconds" xargs -d '\n' -n 1 -P "$(jobs_at_once)" bash -c '
    state=${1%% *} file=${1#* }
    echo "$file"
    clang-tidy-19 -p build/dev --quiet "$file" 2>&1 | grep -vE "^[0-9]+ warnings? (generated|treated)" >&2
    [[ ${PIPESTATUS[0]} == 0 ]] && echo "$state $file" >>"$good"' tidy || code=$?
  if ((code == 124)); then
    echo "clang-tidy: stopped after $tidy_seconds s; ./dev lint goes on where it stopped"
    return 0
  fi
  ((code == 0)) && echo "clang-tidy: ${#todo[@]} changed files are fine"
  return "$code"
}
