# ./dev demo [--check]

cmd_demo() {
  step_count=$(($(setup_steps) + $(build_steps dev)))
  setup
  build dev auth order-ingest simulator cdiscountctl || exit 1
  trap - INT TERM HUP EXIT
  exec /usr/bin/python3 tools/demo.py "$@"
}
