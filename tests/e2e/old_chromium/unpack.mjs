/** Unpacks the browsers beside their packages: node_modules/chromium-80/bin/chromium and …-92/…. */

import { createReadStream, createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

for (const version of [80, 92]) {
  const file = new URL(`node_modules/chromium-${version}/bin/chromium`, import.meta.url).pathname;
  const unfinished = createWriteStream(`${file}.part`, { mode: 0o755 });
  await pipeline(createReadStream(`${file}.br`), createBrotliDecompress(), unfinished);
  await rename(`${file}.part`, file);
}
