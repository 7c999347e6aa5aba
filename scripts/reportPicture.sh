#!/usr/bin/env bash
# Makes docs/images/report.png, the picture of the report in the README: headless Chromium looks at the sample's report.
#   npm start && scripts/reportPicture.sh
set -euo pipefail
cd "$(dirname "$0")/.."
chromium --headless --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars \
  --window-size=1100,960 --screenshot=docs/images/report.png "file://$PWD/runs/sample/report.html"
node --input-type=module -e '
  import sharp from "sharp";
  import { readFile, writeFile } from "node:fs/promises";
  const file = "docs/images/report.png";
  await writeFile(file, await sharp(await readFile(file)).png({ palette: true, quality: 90, effort: 10 }).toBuffer());
'
