# ./dev test [--long | label...]: everything, or the tests with these labels.
#
# Two builds, each test in one of them: asan for the libraries and services with their unit tests, release for the programs
# and all that runs them, because what is shipped is to be tested.

results=$logs/results  # JUnit files of CTest, and checks.tsv for what is no CTest
side_by_side=4         # integration, e2e and crash tests mostly wait, so more of them run at once than there are cores
tidy_seconds=1500

cmd_test() {
  rm -rf "$results" "$logs/stack"
  mkdir -p "$results"
  # Tests that draw at random print this; from the commit, so that a run can be repeated.
  : "${CDISCOUNT_SEED:=$((16#$(in_git rev-parse --short=7 HEAD 2>/dev/null || echo 1)))}"
  export CDISCOUNT_SEED
  case $* in
    '') test_all ;;
    --long)
      export CDISCOUNT_LONG=1
      test_all
      ;;
    asan)
      step_count=$(($(setup_steps) + $(build_steps asan) + 1))
      setup
      test_asan
      ;;
    tsan)
      step_count=$(($(setup_steps) + $(build_steps tsan) + 1))
      setup
      test_tsan
      ;;
    *) test_labels "$@" ;;
  esac
  show_minutes
  say "Logs are in build/logs/. CDISCOUNT_SEED=$CDISCOUNT_SEED"
  /usr/bin/python3 tools/dev/test_summary.py "$results"
}

test_all() {
  step_count=$(($(setup_steps) + $(build_steps asan) + $(build_steps release) + 4))
  [[ -z ${CDISCOUNT_LONG:-} ]] || step_count=$((step_count + $(build_steps tsan) + 1))
  setup
  local built=0
  check clang-format format check_format
  test_asan && built=$((built + 1))
  test_release && built=$((built + 1))
  if ((built == 2)); then
    if [[ -z ${CDISCOUNT_LONG:-} ]]; then
      check clang-tidy tidy run_tidy --build build/asan --build build/release --seconds "$tidy_seconds"
    else
      check clang-tidy tidy run_tidy --build build/asan --build build/release --all
    fi
  fi
  [[ -z ${CDISCOUNT_LONG:-} ]] || test_tsan || true
}

test_asan() {
  built asan cdiscount_unit_tests || return 1
  run_ctest "Unit tests, with the address and undefined-behaviour sanitizers" asan "$(jobs_at_once)" ctest --preset asan
}

# One broker for those that ask for any broker and keep to names of their own; who kills a broker starts one.
test_release() {
  built release || return 1
  run_ctest "Contract, integration, e2e and crash tests" release "$side_by_side" \
    /usr/bin/python3 -B tests/support/stack.py run --shared-kafka --name shared -- ctest --preset release
}

test_tsan() {
  built tsan cdiscount_threaded_tests || return 1
  TSAN_OPTIONS="ignore_noninstrumented_modules=1 halt_on_error=1 second_deadlock_stack=1 suppressions=$root/cmake/tsan.supp" \
    run_ctest "Unit tests of what has threads, with the thread sanitizer" tsan "$(jobs_at_once)" ctest --preset tsan
}

test_labels() {
  local labels targets=()
  labels="^($(IFS='|'; echo "$*"))\$"
  [[ $* != unit ]] || targets=(cdiscount_unit_tests)
  step_count=$(($(setup_steps) + $(build_steps dev) + 1))
  setup
  built dev "${targets[@]}" || return 0
  run_ctest "Tests: $*" dev "$(jobs_at_once)" ctest --preset all -L "$labels"
  grep -q '<testcase' "$results/dev.xml" ||
    say "No test has that label. There are: $(ctest --preset all --print-labels | sed -n 's/^  //p' | paste -sd ' ')."
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

# run_ctest TITLE NAME JOBS COMMAND...: what failed is in the JUnit file, and shown by the summary.
run_ctest() {
  local title=$1 name=$2 jobs=$3
  shift 3
  # Freed memory is overwritten, so that libraries that are not instrumented stumble over it as well.
  UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1} \
    ASAN_OPTIONS=${ASAN_OPTIONS:-max_free_fill_size=4096:free_fill_byte=90} ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19 \
    TSAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19 \
    step "$title" "ctest-$name" "$@" --no-tests=error --timeout 600 -j "$jobs" --output-junit "$results/$name.xml" || true
  [[ -s $results/$name.xml ]] || printf 'ctest %s\tfailed\n' "$name" >>"$results/checks.tsv"
}
