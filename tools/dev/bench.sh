# ./dev bench NAME [option...]: builds what is shipped, and measures it.

cmd_bench() {
  local name=${1:-}
  [[ -n $name && -f bench/$name.py ]] || die "There is no bench \"$name\"." \
    "There are: $(basename -s .py -a bench/*.py | paste -sd ' ')."
  shift
  step_count=$(($(setup_steps) + $(build_steps release)))
  setup
  build release cdiscount_programs || exit 1
  trap - INT TERM HUP EXIT
  exec /usr/bin/python3 -B "bench/$name.py" "$@"
}
