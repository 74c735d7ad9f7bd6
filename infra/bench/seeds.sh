#!/bin/sh
# Runs the quickstart with several seeds, one after another, and prints what each found.
#
#   infra/bench/seeds.sh HOME SEED...
#
# A run that is finished is not run again, and one that was interrupted goes on: type the same command again.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
home=$1
shift
folders=
for seed in "$@"; do
  "$root/temper" run "$root/recipes/quickstart.yaml" --home "$home" --name "seed-$seed" --set "seed=$seed" --plain >&2
  folders="$folders $home/runs/seed-$seed"
done
build=$(ls -td "$root"/.build/*/ | head -n 1)
# shellcheck disable=SC2086
java -cp "$(cat "$build/classpath")" "$root/infra/bench/SeedTable.java" $folders
