// The packed npm package, as it comes out of its tarball.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Unpacks it; `entry` is the path of `gatepass/sigv4` in `folder`, `remove()` takes all of it away. */
export function unpack() {
  const tarball = process.env.GATEPASS_TARBALL;
  if (!tarball) throw new Error('GATEPASS_TARBALL must name the packed package; `cargo xtask test oracles` sets it');
  const folder = mkdtempSync(join(tmpdir(), 'gatepass-sigv4-'));
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  const { exports } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
  const entry = join('package', exports['./sigv4'].default);
  return {
    folder,
    entry,
    import: () => import(pathToFileURL(join(folder, entry)).href),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
