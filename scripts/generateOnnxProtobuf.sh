#!/bin/sh
# Writes src/onnx/gen/onnx_pb.ts from the ONNX project's own schema. Run it only to move to a newer schema; the
# result is committed. Needs Python's pip, unzip and npx; everything is fetched into a temporary folder.
#
#   sh scripts/generateOnnxProtobuf.sh
set -eu
onnx_version=1.23.2
buf_version=1.75.0

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The wheel of the onnx package carries onnx.proto (Apache-2.0).
python3 -m pip download --quiet --disable-pip-version-check "onnx==$onnx_version" --no-deps --only-binary :all: --python-version 3.12 \
  --platform manylinux_2_28_x86_64 --dest "$work"
unzip -q -j "$work"/onnx-*.whl onnx/onnx.proto -d "$work/proto"

cat > "$work/buf.gen.yaml" <<YAML
version: v2
plugins:
  - local: $root/node_modules/.bin/protoc-gen-es
    out: $root/src/onnx/gen
    opt: [target=ts, import_extension=none, erasable_syntax=true]
YAML
cd "$work"
npx --yes --package "@bufbuild/buf@$buf_version" buf generate proto
