import * as fs from "node:fs";
import * as path from "node:path";
import { type Archive, type Asset, isAsset } from "./wireValues";
import { zip } from "./zip";

/** The bytes of an asset, and of an archive as a zip file. */
export function assetBytes(value: Asset | Archive): Buffer {
  if (isAsset(value)) return value.path === undefined ? Buffer.from(value.text ?? "") : fs.readFileSync(value.path);
  if (value.path !== undefined && fs.statSync(value.path).isFile()) return fs.readFileSync(value.path);
  return zip(filesOf(value));
}

function filesOf(archive: Archive, prefix = ""): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  if (archive.path !== undefined) {
    for (const file of fs.readdirSync(archive.path, { recursive: true, encoding: "utf8" }).sort()) {
      const place = path.join(archive.path, file);
      if (fs.statSync(place).isFile()) files.set(path.posix.join(prefix, file), fs.readFileSync(place));
    }
  }
  for (const [name, child] of Object.entries(archive.assets ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const place = path.posix.join(prefix, name);
    if (isAsset(child)) files.set(place, assetBytes(child));
    else for (const [file, bytes] of filesOf(child, place)) files.set(file, bytes);
  }
  return files;
}
