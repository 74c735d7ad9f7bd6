#!/bin/sh
# Mutation test of the numeric packages and their catalog: breaks losses, advantages, KL, selection,
# estimators and random numbers in one place at a time, and asks whether a test notices. Fails below 90 %.
# The report is trainers/target/pit-reports/index.html; docs/mutation.md lists the survivors.
#
#   infra/bench/mutation.sh [THREADS] [MAVEN OPTIONS...]     (about ten minutes on one core)
set -eu
cd "$(dirname "$0")/../.."
threads=1
case "${1:-}" in
  [0-9]*) threads=$1; shift ;;
esac

classes=
tests=
for name in loss advantage kl reward preference selection estimate random registry method; do
  classes="$classes,dev.temper.trainers.$name.*"
  tests="$tests,dev.temper.trainers.$name.*Test"
done

# One OpenMP thread, as everywhere: results must not depend on the machine.
OMP_NUM_THREADS=1
export OMP_NUM_THREADS
exec nice mvn "$@" -pl trainers -am test-compile org.pitest:pitest-maven:mutationCoverage \
  -Dmutators=DEFAULTS,INLINE_CONSTS,EXPERIMENTAL_NAKED_RECEIVER,EXPERIMENTAL_ARGUMENT_PROPAGATION \
  -DtargetClasses="${classes#,}" \
  -DtargetTests="${tests#,}" \
  -DexcludedTestClasses='dev.temper.trainers.*.Tokens' \
  -DjvmArgs='-Xmx1200m,-XX:TieredStopAtLevel=1,-XX:+UseSerialGC' \
  -DfailWhenNoMutations=false \
  -DmutationThreshold=90 \
  -DoutputFormats=HTML,CSV \
  -DtimestampedReports=false \
  -Dthreads="$threads"
