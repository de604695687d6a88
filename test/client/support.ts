/** Engines of src/client over real processes. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CallOptions } from '../../src/client/connection';
import { createEngine, type Engine, type EngineOptions } from '../../src/client/engine';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import type { Events, ExplainParams } from '../../src/protocol/requests';

/** The bundle of stub.entry.ts. */
export const STUB = path.join(__dirname, 'stub.entry.js');

const started: Engine[] = [];

/** An engine over the stub, or as the options say, with all that it wrote; `disposeAll` ends it. */
export function startEngine(options: Partial<EngineOptions> = {}): Engine & { readonly log: readonly string[] } {
  const log: string[] = [];
  const engine = createEngine({ module: STUB, log: (line) => log.push(line), ...options });
  started.push(engine);
  return Object.assign(engine, { log });
}

/** For `afterEach`. */
export function disposeAll(): void {
  for (const engine of started.splice(0)) engine.dispose();
}

/** Has the stub do one of its wishes. */
export async function ask(engine: Engine, wish: string, options?: CallOptions<Events<'saveSidecar'>>): Promise<string> {
  return (await engine.call('saveSidecar', { model: { path: wish } }, options)).path;
}

/** Parameters that make the stub stream `chunks` maps of `side` x `side`, one each `milliseconds`. */
export function stream(chunks: number, side = 2, milliseconds = 1): ExplainParams {
  return {
    ...DEFAULT_CHOICE,
    options: { groups: chunks },
    top: side,
    blur: { kernel: 51, sigma: milliseconds },
    view: `${chunks} chunks`,
    image: { path: 'image.png' },
    model: {},
    target: 'top',
    device: 'cpu',
  };
}

/** A JavaScript file with this text. */
export function script(text: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'group-cam-client-')), 'engine.js');
  writeFileSync(file, text);
  return file;
}

/** True until a process has ended; one that waits to be collected by its parent has. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
