#!/bin/sh
# Many runs of eight trivial stages (scale.yaml) on one Temporal development server (SQLite file) and one worker, both
# real processes, with artifacts in a folder: runs per minute, histories, and whether memory, threads or files grow.
# Linux only: reads /proc. Needs an idle machine.
#
#   infra/bench/scale.sh [RUNS [IN_FLIGHT]]      1000 runs, 8 of them at the same time, unless told otherwise
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
"$root/temper" --version > /dev/null # builds, if needed
build=$(ls -td "$root"/.build/*/ | head -n 1)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(sed -n 's/^MemTotal: *//p' /proc/meminfo) of memory, load $(cut -d ' ' -f 1-3 /proc/loadavg)"
echo "infra/bench/scale.sh ${1:-1000} ${2:-8}"
java -Xmx512m -XX:+UseSerialGC -Dtemper.root="$root" -cp "$(cat "$build/classpath")" "$root/infra/bench/Scale.java" "$root/temper" \
  "$root/infra/bench/scale.yaml" "${1:-1000}" "${2:-8}" "$scratch"
echo "the worker's home: $(du -sm "$scratch" | cut -f 1) MB in $(find "$scratch" -type f | wc -l) files"
