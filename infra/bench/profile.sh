#!/bin/sh
# Where the time goes inside a round of Temper's side of peers.sh, on one thread: time in each operation of libtorch.
#
#   infra/bench/profile.sh [WORK [SHAPE [bf16]]]      sft (default), dpo, rm, generate or grpo; 1M, 5M (default), 15M
#
# The peers' Python environment is needed for the weights (see peers.sh); texts are made up.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
sources=$root/infra/bench/peers
work=${1:-sft}
shape=${2:-5M}
bf16=false
[ "${3:-}" != bf16 ] || bf16=true
case $work in
  sft) rest='"rows":"dense-128.jsonl","batch":16,"limit":64,"rowTokens":128' ;;
  dpo) rest='"rows":"pairs.jsonl","batch":16,"limit":16,"rowTokens":256' ;;
  rm) rest='"rows":"pairs.jsonl","batch":16,"limit":16,"model":"reward","rowTokens":256' ;;
  generate) rest='"rows":"prompts.jsonl","batch":32,"limit":32,"promptTokens":16' ;;
  grpo) rest='"rows":"questions.jsonl","batch":4,"limit":4,"group":8,"rowTokens":256' ;;
  *) echo "no work $work: there are sft, dpo, rm, generate and grpo" >&2; exit 2 ;;
esac
"$root/temper" --version > /dev/null # builds, if needed
classpath=$(cat "$(ls -td "$root"/.build/*/ | head -n 1)/classpath")
python=${TEMPER_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/temper/peers/venv}/bin/python
[ -x "$python" ] || { echo "no $python: run infra/bench/peers.sh first, or set TEMPER_PEERS" >&2; exit 3; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
mkdir "$scratch/classes"
javac -proc:none -d "$scratch/classes" -cp "$classpath" "$sources/TemperSide.java"
"$python" "$sources/prepare.py" "$scratch/data" "$shape" none
printf '\n\n' | OMP_NUM_THREADS=1 java -Xmx2g -XX:+UseSerialGC -Dai.djl.offline=true -cp "$scratch/classes:$classpath" TemperSide \
  "{\"work\":\"$work\",\"folder\":\"$scratch/data\",\"bf16\":$bf16,\"threads\":1,\"profile\":\"$scratch/trace.json\",\"microBatch\":8,\"chunk\":32,\"slots\":32,\"newTokens\":64,\"learningRate\":1e-4,$rest}" \
  2> "$scratch/log" || { cat "$scratch/log" >&2; exit 4; }
"$python" "$sources/trace_times.py" "$scratch/trace.json"
