#!/usr/bin/env bash
# Puts the servers that `temper up` starts into a cache folder: builds only what is missing, needs no root.
#
#   infra/servers/install.sh [temporal|minio|mlflow ...]     all three where none is named
#
#   TEMPER_SERVERS   the cache folder; default: ${XDG_CACHE_HOME:-$HOME/.cache}/temper/servers
#
# One line per server on standard output, with its seconds. Exit code 3 when a tool is missing, 1 when a build fails.
set -euo pipefail

# --- the versions: here and nowhere else, but for infra/compose (a test compares) -----------------------------------
# The newest Temporal CLI that `go install` can build: later ones have a replace directive.
TEMPORAL_VERSION=v1.5.1
# MinIO from its sources, for development and tests. Not every S3 server will do: a conditional put must have one winner.
MINIO_VERSION=v0.0.0-20260212201848-7aac2a2c5b7c
MLFLOW_VERSION=3.17.2 # with the versions and hashes of mlflow-requirements.txt

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
UV_VERSION=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$here/uv-requirements.txt") # with its hashes
cache=${TEMPER_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/temper/servers}

refuse() { printf 'install.sh: %s\n' "$*" >&2; exit 3; }

# Builds take the processors that nothing else wants.
gently() { nice -n 10 "$@"; }

# The version of a Go program, as the program itself carries it.
built_version() { go version -m "$1" 2> /dev/null | awk '$1 == "mod" { print $3 }'; }

# A Go program is there if it has the right version, or if there is no Go to ask.
has_go_program() {
  [ -x "$cache/bin/$1" ] || return 1
  command -v go > /dev/null || return 0
  [ "$(built_version "$cache/bin/$1")" = "$2" ]
}

build_go_program() {
  local staging=$cache/staging.$1
  mkdir -p "$cache/bin" "$staging"
  # A program that runs is replaced, never written to.
  CGO_ENABLED=0 GOBIN=$staging GOFLAGS= gently go install -trimpath -ldflags "-s -w" "$2" &&
    mv -f "$staging/$1" "$cache/bin/$1" && rmdir "$staging"
}

need_go() {
  command -v go > /dev/null ||
    refuse "no go found, and $1 is built from its sources: install Go 1.26 or newer (Debian: apt-get install golang-go; macOS: brew install go)"
}

has_temporal() { has_go_program temporal "$TEMPORAL_VERSION"; }
need_temporal() { need_go "the Temporal CLI"; }
build_temporal() { build_go_program temporal "github.com/temporalio/cli/cmd/temporal@$TEMPORAL_VERSION"; }

has_minio() { has_go_program minio "$MINIO_VERSION"; }
need_minio() { need_go MinIO; }
build_minio() { build_go_program minio "github.com/minio/minio@$MINIO_VERSION"; }

# The marker is made last and names the list that was installed.
mlflow_marker() { printf '%s/mlflow/installed-%s-%s' "$cache" "$MLFLOW_VERSION" "$(cksum < "$here/mlflow-requirements.txt" | tr ' ' -)"; }
has_mlflow() { [ -x "$cache/mlflow/bin/mlflow" ] && [ -f "$(mlflow_marker)" ]; }
need_mlflow() {
  local hint="install Python 3.10 or newer with venv (Debian: apt-get install python3 python3-venv; macOS: brew install python)"
  command -v python3 > /dev/null || refuse "no python3 found, and MLflow runs on it: $hint"
  python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2> /dev/null ||
    refuse "$(python3 --version) ($(command -v python3)) is older than 3.10 or has no venv: $hint"
}
build_mlflow() {
  if [ ! -x "$cache/uv/bin/uv" ] || [ "$("$cache/uv/bin/uv" --version | cut -d ' ' -f 2)" != "$UV_VERSION" ]; then
    rm -rf "$cache/uv"
    python3 -m venv "$cache/uv" && "$cache/uv/bin/pip" install -q --require-hashes -r "$here/uv-requirements.txt" || return
  fi
  rm -rf "$cache/mlflow"
  # The interpreter itself, not a wrapper that chooses one by the working directory.
  "$cache/uv/bin/uv" venv -q -p "$(python3 -c 'import sys; print(sys.executable)')" "$cache/mlflow" &&
    "$cache/uv/bin/uv" pip install -q --no-deps --require-hashes --python "$cache/mlflow/bin/python" -r "$here/mlflow-requirements.txt" || return
  # Halves the time to start.
  env -u PYTHONDONTWRITEBYTECODE nice -n 10 "$cache/mlflow/bin/python" -m compileall -q -j 2 "$cache/mlflow/lib" > /dev/null || true
  touch "$(mlflow_marker)"
}

# --- what was asked for ---------------------------------------------------------------------------------------------
[ $# -gt 0 ] || set -- temporal minio mlflow
for server in "$@"; do
  case $server in
    temporal | minio | mlflow) ;;
    -h | --help)
      sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *)
      printf "install.sh: server must be temporal, minio or mlflow, got '%s'\n" "$server" >&2
      exit 2
      ;;
  esac
done

mkdir -p "$cache/log" 2> /dev/null || refuse "cannot write to $cache"
# All missing tools are named before the first long build.
for server in "$@"; do
  "has_$server" || "need_$server"
done
for server in "$@"; do
  if "has_$server"; then
    printf '%-8s there already\n' "$server"
    continue
  fi
  began=$SECONDS
  (
    # One build of a server at a time, whoever asks; the second one finds it there.
    if command -v flock > /dev/null; then flock 9; fi
    "has_$server" || "build_$server"
  ) 9> "$cache/log/$server.lock" > "$cache/log/$server.log" 2>&1 || {
    printf 'install.sh: %s failed after %s s; the end of %s:\n' "$server" $((SECONDS - began)) "$cache/log/$server.log" >&2
    tail -n 15 "$cache/log/$server.log" >&2
    exit 1
  }
  printf '%-8s installed in %s s\n' "$server" $((SECONDS - began))
done
