#!/bin/sh
# Tokens per second of training and generation: through the program's own classes against a bare loop over the same
# TorchScript program, on one thread and on all, with the matrix rate of the machine. Needs an idle machine.
#
#   infra/bench/engine.sh [ROUNDS [bfloat16]]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
(cd "$root" && mvn -q -B -ntp -DskipTests -Dspotless.check.skip=true package)
OMP_NUM_THREADS=1 exec java -cp "$root/trainers/target/test-classes:$root/trainers/target/classes:$(cat "$root/infra/target/classpath.txt")" \
  dev.temper.trainers.model.EngineBenchmark "${1:-8}" ${2:+"$2"}
