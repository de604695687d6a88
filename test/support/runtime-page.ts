/** A bare page in Chromium that runs an exported model by onnxruntime-web, with the lines of docs/export.md. */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { codeOf, linesOf } from './page-lines';
import { project } from './shared';
import { LIMIT_MS } from './wait';

export interface PageJob {
  /** The exported model. */
  readonly file: string;
  readonly pixels: Float32Array;
  readonly dims: readonly number[];
  /** For a model that is asked for a class: one for each image. */
  readonly classes?: readonly number[];
  /** Where the lines name none, the runtime takes WebAssembly. */
  readonly provider?: 'webgpu';
}

export interface PageResult {
  readonly height: number;
  readonly width: number;
  readonly saliency: readonly number[];
  /** Of a run that names no outputs, by name. */
  readonly all: Readonly<Record<string, readonly number[]>>;
  /** Errors that the browser has met. */
  readonly complaints: readonly string[];
}

const DIST = project('node_modules', 'onnxruntime-web', 'dist');
const TYPES: Readonly<Record<string, string>> = { '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** Opens the page, and gives what its lines made. */
export async function runInPage(browser: Browser, job: PageJob): Promise<PageResult> {
  const files: Readonly<Record<string, string>> = { '/net.explained.onnx': job.file };
  const server = createServer(({ url = '' }, response) => {
    const file = files[url] ?? (url.startsWith('/dist/') ? path.join(DIST, path.basename(url)) : undefined);
    const type = TYPES[path.extname(url)] ?? (url === '/' ? 'text/html' : 'application/octet-stream');
    response.writeHead(file || url === '/' || url === '/pixels' ? 200 : 404, { 'content-type': type });
    if (file) createReadStream(file).pipe(response);
    else response.end(url === '/' ? documentOf(job) : url === '/pixels' ? Buffer.from(job.pixels.buffer) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const failed = new Promise<never>((_, reject) => page.on('pageerror', reject));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const done = page.waitForFunction(() => (globalThis as { made?: unknown }).made, undefined, {
      timeout: 3 * LIMIT_MS,
    });
    const made = await Promise.race([done, failed]);
    return { ...((await made.jsonValue()) as Omit<PageResult, 'complaints'>), complaints };
  } finally {
    await context.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function documentOf(job: PageJob): string {
  const script = scriptOf(job);
  const [, feeds] = /session\.run\((\{.*?\}), /.exec(script)!;
  return `<!doctype html><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "onnxruntime-web": "/dist/ort.bundle.min.mjs" } }</script>
<script type="module">
const pixels = new Float32Array(await (await fetch('/pixels')).arrayBuffer());
${script}
const all = await session.run(${feeds});
const listed = Object.entries(all).map(([name, { data }]) => [name, Array.from(data, Number)]);
globalThis.made = { height, width, saliency: [...saliency.data], all: Object.fromEntries(listed) };
</script>`;
}

/** The page's own lines, with the sizes, classes and device of the job. */
function scriptOf({ dims, classes, provider }: PageJob): string {
  let script = linesOf('js');
  const change = (from: string, to: string) => {
    if (!script.includes(from)) throw new Error(`docs/export.md has no ${from} any more`);
    script = script.replace(from, to);
  };
  change('[1, 3, 128, 128]', JSON.stringify(dims));
  if (provider) change("'net.explained.onnx'", `'net.explained.onnx', ${codeOf(/executionProviders/)}`);
  if (classes) {
    const given = codeOf(/^class: new ort\.Tensor/).replace(
      '[5n], [1]',
      `[${classes.map((index) => `${index}n`)}], [${classes.length}]`,
    );
    change('image }', `image, ${given} }`);
  }
  return script;
}
