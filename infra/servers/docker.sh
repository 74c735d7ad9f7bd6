#!/usr/bin/env bash
# Starts a Docker engine of its own in a folder, with images of the servers that install.sh built: no image is pulled.
# For CI on Debian as root. Prints the variables by which Testcontainers finds engine and images.
#
#   eval "$(infra/servers/docker.sh FOLDER)"; ...; kill "$(cat FOLDER/docker.pid)"
set -euo pipefail
folder=$(realpath -m "${1:?usage: docker.sh FOLDER}")
cache=${TEMPER_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/temper/servers}
mkdir -p "$folder"

if ! command -v dockerd > /dev/null; then
  apt-get update -qq > "$folder/apt.log" 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io iptables >> "$folder/apt.log" 2>&1
fi
socket=$folder/docker.sock
nohup setsid dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/docker.pid" -H "unix://$socket" \
  > "$folder/dockerd.log" 2>&1 < /dev/null &
for _ in $(seq 120); do
  if curl -fs --unix-socket "$socket" http://engine/_ping > /dev/null; then break; fi
  sleep 0.5
done
curl -fs --unix-socket "$socket" http://engine/_ping > /dev/null || { tail -n 20 "$folder/dockerd.log" >&2; exit 1; }

# The engine of Debian has no buildx. Images hold one static program each.
export DOCKER_HOST=unix://$socket DOCKER_BUILDKIT=0
for program in temporal minio; do
  image=$folder/$program
  mkdir -p "$image/tmp"
  touch "$image/tmp/.keep"
  cp "$cache/bin/$program" "$image/"
  cat > "$image/Dockerfile" << D
FROM scratch
COPY $program /usr/local/bin/$program
COPY tmp /tmp
ENV USER=root HOME=/tmp
ENTRYPOINT ["/usr/local/bin/$program"]
D
  docker build -q -t "temper-test/$program:local" "$image" > /dev/null 2> "$folder/build.log" || { cat "$folder/build.log" >&2; exit 1; }
done
cat << V
export DOCKER_HOST=$DOCKER_HOST TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
export TEMPER_TEST_CONTAINERS=1 TEMPER_TEST_TEMPORAL_IMAGE=temper-test/temporal:local TEMPER_TEST_S3_IMAGE=temper-test/minio:local
V
