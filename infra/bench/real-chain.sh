#!/bin/sh
# A small Llama made by transformers, public rows of GSM8K and HH-RLHF: import, SFT, reward model, DPO, GRPO, evaluation in one
# run; then every result is loaded in transformers.
#
#   infra/bench/real-chain.sh DATA [FOLDER]     DATA: gsm8k/ and hh-rlhf/ as they are published; FOLDER: where to work (new)
#
# TEMPER_PEERS: a Python environment with torch, transformers and tokenizers.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
[ $# -ge 1 ] || { sed -n '2,8p' "$0" >&2; exit 2; }
data=$(cd "$1" && pwd -P)
python=${TEMPER_PEERS:?a Python environment with torch and transformers}/bin/python
if [ $# -ge 2 ]; then
  work=$2
  mkdir "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
"$python" "$root/infra/bench/real/make_llama.py" "$data" "$work"
cp "$root/infra/bench/real/chain.yaml" "$work/"
cd "$work"
"$root/temper" plan chain.yaml
"$root/temper" run chain.yaml
for stage in base sft rm dpo grpo; do
  "$root/temper" export "real-chain/$stage" --to "out/$stage"
done
"$python" "$root/infra/bench/real/check.py" out/base out/sft out/rm out/dpo out/grpo
