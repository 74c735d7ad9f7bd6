#!/bin/sh
# Temper against its peers (TRL, transformers, a hand-written loop in PyTorch) in one run, on two threads each, round by
# round in turns: same weights, same token ids, same batches, AdamW, nothing recomputed on either side. Prints rows of a
# Markdown table. Linux only: reads /proc. Needs an idle machine with at least two cores.
#
#   infra/bench/peers.sh [--rounds N] [--shapes 1M,5M,15M] [--data FOLDER] [--list] [WORK...]
#
# Five rounds, the three shapes and all works unless told otherwise; --list says what there is and how long it takes.
# --shapes tiny only shows that everything works. The works "first" (seconds to the first optimizer step, of the shape
# 5M) and "chain" (fine-tuning, reward model and GRPO, starts included) are measured where they are named, before all
# others. FOLDER (or TEMPER_PEERS_DATA) holds gsm8k/train.jsonl and
# hh-rlhf/*.jsonl.gz; without it texts of such lengths are made up.
#
# The peers are installed once, from peers/requirements.txt, into a Python environment in the user's cache; TEMPER_PEERS
# names an existing one (a folder with bin/python) instead.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
sources=$root/infra/bench/peers
rounds=5
shapes=1M,5M,15M
data=${TEMPER_PEERS_DATA:-none}
list=
said="infra/bench/peers.sh $*"
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2; shift 2 ;;
    --shapes) shapes=$2; shift 2 ;;
    --data) data=$2; shift 2 ;;
    --list) list=yes; shift ;;
    -*) echo "no option $1; see the head of $0" >&2; exit 2 ;;
    *) break ;;
  esac
done

"$root/temper" --version > /dev/null # builds, if needed
classpath=$(cat "$(ls -td "$root"/.build/*/ | head -n 1)/classpath")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
mkdir "$scratch/classes"
javac -proc:none -d "$scratch/classes" -cp "$classpath" "$sources"/*.java
if [ -n "$list" ]; then
  java -cp "$scratch/classes:$classpath" Peers "$root" "$scratch" - - 1 "" list
  exit
fi

cache=${XDG_CACHE_HOME:-$HOME/.cache}/temper/peers
venv=${TEMPER_PEERS:-$cache/venv}
python=$venv/bin/python
if [ -z "${TEMPER_PEERS:-}" ] && ! cmp -s "$sources/requirements.txt" "$venv/installed"; then
  echo "installing the peers into $venv" >&2
  rm -rf "$venv"
  mkdir -p "$cache"
  python3 -m venv "$venv"
  "$python" -m pip install -q -r "$sources/requirements.txt" >&2
  cp "$sources/requirements.txt" "$venv/installed"
fi
[ -x "$python" ] || { echo "no $python: TEMPER_PEERS must name a Python environment" >&2; exit 3; }

prepared=$scratch/data
for shape in $(echo "$shapes" | tr , ' '); do
  "$python" "$sources/prepare.py" "$prepared/$shape" "$shape" "$data"
  echo "$shape: $(cat "$prepared/$shape/about.json")" >&2
done

echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo) of memory"
echo "$said"
echo "Temper $(git -C "$root" describe --always --dirty 2> /dev/null || echo unknown), Java $(java -version 2>&1 | sed -n 's/.*version "\(.*\)".*/\1/p'), $("$python" -m pip list --format freeze 2> /dev/null | grep -E '^(torch|transformers|trl)==' | tr '\n' ' ')"
while :; do
  case ${1:-} in
    first) java -Xmx256m -cp "$scratch/classes" FirstStep "$root" "$scratch" "$python" "$prepared" "$rounds" ;;
    chain)
      for shape in $(echo "$shapes" | tr , ' '); do
        java -Xmx256m -cp "$scratch/classes" Chain "$root" "$scratch" "$python" "$prepared" "$rounds" "$shape"
      done
      ;;
    *) break ;;
  esac
  shift
  [ $# -gt 0 ] || exit 0
done
java -Xmx256m -cp "$scratch/classes:$classpath" Peers "$root" "$scratch" "$python" "$prepared" "$rounds" "$shapes" "$@"
