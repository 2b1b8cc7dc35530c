# ./dev build [preset]

cmd_build() {
  local preset=${1:-dev}
  case $preset in
    dev | release | asan | tsan) ;;
    *) die "There is no preset \"$preset\"." "Use dev, release, asan or tsan." ;;
  esac
  step_count=$(($(setup_steps) + $(build_steps "$preset")))
  setup
  build "$preset" || exit 1
  say "The programs are in build/$preset/bin."
}

build_steps() {
  if is_configured "$1"; then echo 1; else echo 2; fi
}

is_configured() {
  [[ -f build/$1/build.ninja && build/$1/build.ninja -nt CMakePresets.json ]]
}

# build PRESET [TARGET...]: what the preset builds by default, or the targets.
build() {
  local preset=$1
  shift
  if ! is_configured "$preset"; then
    step "Configure build/$preset" "configure-$preset" cmake --preset "$preset" || {
      show_log "configure-$preset" 30
      return 1
    }
    touch "build/$preset/build.ninja"
  fi
  local what=()
  (($# == 0)) || what=(--target "$@")
  step "Build $preset${1:+: $*}" "build-$preset" cmake --build --preset "$preset" "${what[@]}" -j "$(jobs_at_once)" || {
    show_errors "build-$preset"
    return 1
  }
}
