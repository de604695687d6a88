import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A temporary folder, made anew for each test of the calling suite. */
export function testFolder() {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'group-cam-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const at = (...parts: string[]) => path.join(folder, ...parts);
  return {
    at,
    /** Writes text or bytes as they are, any other value as JSON, and gives the file's path. */
    write(name: string, content: string | Uint8Array | object): string {
      const asIs = typeof content === 'string' || content instanceof Uint8Array;
      mkdirSync(path.dirname(at(name)), { recursive: true });
      writeFileSync(at(name), asIs ? content : JSON.stringify(content));
      return at(name);
    },
  };
}
