#!/bin/sh
# Kills the quickstart (or another recipe) thirty times in one process with Temporal inside, at named moments of every
# kind of stage and at random times, continues it by the same command each time, and compares it with a clean run.
# Prints a certificate; needs about five times the recipe's time.
#
#   infra/bench/kill-quickstart.sh [RECIPE [KILLS [SEED [FOLDER]]]]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
recipe=${1:-$root/recipes/quickstart.yaml}
folder=${4:-$root/infra/target/kills-$(date +%Y%m%d-%H%M%S)}
"$root/temper" --version > /dev/null # builds Temper if needed: nothing may be compiled while it is killed
mkdir -p "$(dirname "$folder")"
exec "$root/temper" chaos "$recipe" --embedded --kills "${2:-30}" --seed "${3:-1}" --out "$folder"
