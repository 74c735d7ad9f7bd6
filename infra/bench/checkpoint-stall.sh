#!/bin/sh
# Share of the time for which training stands still because of checkpoints, at the default interval: per stage of the
# shipped recipes, with the store in a folder and in a bucket. Needs an idle machine.
#
#   infra/bench/checkpoint-stall.sh [ROUNDS [RECIPE...]]      3 rounds of rlvr.yaml and quickstart.yaml unless told otherwise
#
# What is printed stands in the attempts.jsonl of every run: the driver counts it always. A MinIO of its own is started:
# MINIO names the program, or it is found where infra/servers/install.sh puts it or on the PATH.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
rounds=${1:-3}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- "$root/recipes/rlvr.yaml" "$root/recipes/quickstart.yaml"
"$root/temper" --version > /dev/null # builds, if needed
build=$(ls -td "$root"/.build/*/ | head -n 1)
installed=${TEMPER_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/temper/servers}/bin/minio
[ -x "$installed" ] || installed=
minio=${MINIO:-${installed:-$(command -v minio)}} || { echo "no minio found: put it on the PATH or set MINIO" >&2; exit 3; }
unset TEMPORAL_ADDRESS TEMPORAL_PROFILE TEMPORAL_CONFIG_FILE MLFLOW_TRACKING_URI TEMPER_STORE TEMPER_CACHE
scratch=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || kill "$server" 2> /dev/null || :
  rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' INT TERM

export MINIO_ROOT_USER=bench MINIO_ROOT_PASSWORD=bench-secret
mkdir -p "$scratch/data/bench" # a folder of its own is a bucket to it
"$minio" server --quiet --certs-dir "$scratch/certs" --address 127.0.0.1:19010 --console-address 127.0.0.1:19011 \
  "$scratch/data" > "$scratch/log" 2>&1 &
server=$!
export AWS_ENDPOINT_URL_S3=http://127.0.0.1:19010 AWS_ACCESS_KEY_ID=bench AWS_SECRET_ACCESS_KEY=bench-secret

echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $(cut -d ' ' -f 1-3 /proc/loadavg), store on $(df -T "$scratch" | awk 'NR == 2 { print $2 }')"
echo "infra/bench/checkpoint-stall.sh $rounds $*"
for recipe in "$@"; do
  name=$(basename "$recipe" .yaml)
  for store in folder s3; do
    round=0
    while [ "$round" -lt "$rounds" ]; do
      round=$((round + 1))
      home=$scratch/home-$name-$store-$round
      location=$home/store
      [ "$store" = folder ] || location=s3://bench/$name-$round
      "$root/temper" run "$recipe" --home "$home" --store "$location" --name "$store" --plain > "$scratch/run.log" ||
        { cat "$scratch/run.log" >&2; exit 4; }
      echo "$name $store $home/runs/$store" >> "$scratch/runs"
      rm -rf "$home/store" "$home/cache" # the numbers stand in the run folder
    done
  done
done
java -cp "$(cat "$build/classpath")" "$root/infra/bench/CheckpointStall.java" "$scratch/runs"
