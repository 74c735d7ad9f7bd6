#!/bin/sh
# Seconds from typing to prompt, five times each: help, validate, and a run whose stages are all cached.
#
#   infra/bench/startup.sh [HOME [RECIPE]]     HOME holds a finished run of the recipe, or gets one
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
home=${1:-$root/.temper}
recipe=${2:-$root/recipes/quickstart.yaml}
"$root/temper" run "$recipe" --home "$home" --plain > /dev/null

five() {
  printf '%-28s' "$1"
  shift
  for _ in 1 2 3 4 5; do
    start=$(date +%s%N)
    "$root/temper" "$@" > /dev/null
    printf ' %s' "$(awk "BEGIN { printf \"%.2f\", ($(date +%s%N) - $start) / 1e9 }")"
  done
  printf '\n'
}

five "--help" --help
five "validate" validate "$recipe"
five "run, the same name" run "$recipe" --home "$home" --plain
for name in a b c d e; do rm -rf "$home/runs/cached-$name"; done
printf '%-28s' "run, another name, cached"
for name in a b c d e; do
  start=$(date +%s%N)
  "$root/temper" run "$recipe" --home "$home" --name "cached-$name" --plain > /dev/null
  printf ' %s' "$(awk "BEGIN { printf \"%.2f\", ($(date +%s%N) - $start) / 1e9 }")"
done
printf '\n'
