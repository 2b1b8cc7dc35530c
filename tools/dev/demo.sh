# ./dev demo [--check], and what one plays with while it is up: ./dev demo order [N], ./dev demo change ORDER_ID

cmd_demo() {
  case "${1:-} $#" in
    'order 1' | 'order 2' | 'change 2') exec /usr/bin/python3 tools/demo/play.py "$@" ;;
    ' 0' | '--check 1') ;;
    *) die "./dev demo does not know: $*" "Use ./dev demo, ./dev demo --check, ./dev demo order [N] or ./dev demo change ORDER_ID." ;;
  esac
  step_count=$(($(setup_steps) + $(build_steps dev)))
  setup
  build dev cdiscount_programs || exit 1
  trap - INT TERM HUP EXIT
  exec /usr/bin/python3 tools/demo/demo.py "$@"
}
