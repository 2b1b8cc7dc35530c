# ./dev fmt, ./dev lint, and the checks that ./dev test takes from them.

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
  local failed=0 tidy=()
  case $* in
    '') ;;
    --all | --record) tidy=("$1") ;;
    *) die "./dev lint does not know: $*" "Use ./dev lint, --record to record what is clean, or --all for clang-tidy on every source." ;;
  esac
  step_count=$(($(setup_steps) + $(build_steps dev) + 5))
  setup
  build dev || exit 1
  step "Format" format check_format || { show_log format; failed=1; }
  step "Includes point inward" layers /usr/bin/python3 tests/layers/check_layers.py || { show_log layers; failed=1; }
  step "Contracts: style" buf-lint "$tools/buf" lint proto || { show_log buf-lint; failed=1; }
  step "Contracts: compatible with proto/image.binpb" buf-breaking "$tools/buf" breaking proto --against proto/image.binpb || {
    show_log buf-breaking
    failed=1
  }
  step "clang-tidy" tidy run_tidy --build build/dev "${tidy[@]}" || { show_log tidy; failed=1; }
  grep '^clang-tidy:' "$logs/tidy.log"
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

# clang-tidy on each source that tools/dev/tidy-clean does not hold as it is now; see tidy.py.
run_tidy() {
  /usr/bin/python3 -B tools/dev/tidy.py --jobs "$(jobs_at_once)" "$@"
}
