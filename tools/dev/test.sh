# ./dev test [label...]: everything, or the tests with these labels.

results=$logs/results  # JUnit files of CTest, and checks.tsv for what is no CTest

cmd_test() {
  rm -rf "$results" "$logs/stack"
  mkdir -p "$results"
  if (($# == 0)); then
    step_count=$(($(setup_steps) + $(build_steps dev) + $(build_steps asan) + 4))
    setup
    if built dev; then
      run_ctest "All tests" dev --preset all
      check clang-tidy tidy check_tidy
    fi
    check clang-format format check_format
    if built asan cdiscount_unit_tests; then
      run_sanitized
    fi
  elif [[ $* == asan ]]; then
    step_count=$(($(setup_steps) + $(build_steps asan) + 1))
    setup
    if built asan cdiscount_unit_tests; then run_sanitized; fi
  else
    local labels targets=()
    labels="^($(IFS='|'; echo "$*"))\$"
    [[ $* != unit ]] || targets=(cdiscount_unit_tests)
    step_count=$(($(setup_steps) + $(build_steps dev) + 1))
    setup
    if built dev "${targets[@]}"; then
      run_ctest "Tests: $*" dev --preset all -L "$labels"
      grep -q '<testcase' "$results/dev.xml" ||
        say "No test has that label. There are: $(ctest --preset all --print-labels | sed -n 's/^  //p' | paste -sd ' ')."
    fi
  fi
  say "Took $((SECONDS - started)) s. Logs are in build/logs/."
  /usr/bin/python3 tools/dev/test_summary.py "$results"
}

# A build that fails counts as a failed check, so that the count at the end cannot hide it.
built() {
  if build "$@"; then return 0; fi
  printf 'build %s\tfailed\n' "$1" >>"$results/checks.tsv"
  return 1
}

# check NAME LOG COMMAND...: a step that counts as one test.
check() {
  local name=$1 log=$2
  shift 2
  if step "$name" "$log" "$@"; then
    printf '%s\tpassed\n' "$name" >>"$results/checks.tsv"
  else
    show_log "$log"
    printf '%s\tfailed\n' "$name" >>"$results/checks.tsv"
  fi
}

run_sanitized() {
  run_ctest "Unit tests with sanitizers" asan --preset asan
}

# run_ctest TITLE NAME CTEST-ARGUMENTS...: what failed is in the JUnit file, and shown by the summary.
run_ctest() {
  local title=$1 name=$2
  shift 2
  UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1} ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19 \
    step "$title" "ctest-$name" ctest "$@" --no-tests=error --timeout 600 -j "$(jobs_at_once)" \
    --output-junit "$results/$name.xml" || true
  [[ -s $results/$name.xml ]] || printf 'ctest %s\tfailed\n' "$name" >>"$results/checks.tsv"
}
