#!/bin/sh
# Kills the quickstart (or another recipe) at twenty random times in one run and once for every kind of stage in
# another, continues it by the same command each time, and compares both with a clean run. Prints a certificate; needs
# about five times the recipe's time.
#
#   infra/bench/kill-quickstart.sh [RECIPE [KILLS [SEED [FOLDER]]]]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
recipe=${1:-$root/recipes/quickstart.yaml}
kills=${2:-20}
seed=${3:-1}
folder=${4:-$root/infra/target/kills-$(date +%Y%m%d-%H%M%S)}

"$root/temper" --version > /dev/null # builds Temper if needed: nothing may be compiled while it is killed
(cd "$root" && mvn -q -B -ntp -DskipTests -Dspotless.check.skip=true package)
mkdir -p "$folder"
exec java -cp "$root/infra/target/test-classes:$root/infra/target/classes:$(cat "$root/infra/target/classpath.txt")" \
  dev.temper.infra.KillHarness "$recipe" "$folder" "$kills" "$seed" "$root/temper"
