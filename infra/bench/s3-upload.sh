#!/bin/sh
# Upload bandwidth of Temper's store against plain multipart uploads with the AWS SDK, to the same server, in turns.
#
#   infra/bench/s3-upload.sh s3://BUCKET/PREFIX [MIB [ROUNDS]]
#
# The server is named as for temper itself: AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
# Without a location a MinIO of its own is started: MINIO names the program, or it is found on the PATH.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
location=${1:-}
"$root/temper" --version > /dev/null # builds, if needed
build=$(ls -td "$root"/.build/*/ | head -n 1)
scratch=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || kill "$server" 2> /dev/null || :
  rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' INT TERM
if [ -z "$location" ]; then
  minio=${MINIO:-$(command -v minio)} || { echo "no minio found: put it on the PATH or set MINIO" >&2; exit 3; }
  export MINIO_ROOT_USER=bench MINIO_ROOT_PASSWORD=bench-secret
  "$minio" server --quiet --certs-dir "$scratch/certs" --address 127.0.0.1:19000 --console-address 127.0.0.1:19001 \
    "$scratch/data" > "$scratch/log" 2>&1 &
  server=$!
  export AWS_ENDPOINT_URL_S3=http://127.0.0.1:19000 AWS_ACCESS_KEY_ID=bench AWS_SECRET_ACCESS_KEY=bench-secret
  location=s3://bench/upload
fi
java -Xmx1g -cp "$(cat "$build/classpath")" "$root/infra/bench/S3Upload.java" "$location" "${2:-256}" "${3:-5}" "$scratch"
