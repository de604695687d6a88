/**
 * A process that explains an image through the client, as an extension host does, and writes which native libraries
 * it and its engine have mapped by then.
 */
import { readFileSync } from 'node:fs';
import { createEngine } from '../../src/client/engine';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';

const NATIVE = /\S*(?:onnxruntime|sharp|vips)\S*/g;

const librariesOf = (pid: number | string): string[] => [
  ...new Set(readFileSync(`/proc/${pid}/maps`, 'utf8').match(NATIVE) ?? []),
];

async function main(module: string, image: string): Promise<void> {
  const engine = createEngine({ module, log: console.error });
  await engine.call('explain', {
    ...DEFAULT_CHOICE,
    view: 'host',
    image: { path: image },
    model: {},
    target: 'top',
    device: 'cpu',
    top: 1,
  });
  console.log(JSON.stringify({ host: librariesOf('self'), engine: librariesOf(engine.pid!) }));
  engine.dispose();
}

void main(process.argv[2]!, process.argv[3]!);
