/** Downloads one file of known size and hash. What has arrived is kept, and the next attempt goes on behind it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { errors, reasonOf } from '../../core/errors';
import { isAbsent } from '../../core/system-errors';

export interface Wanted {
  readonly url: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

export interface Download {
  /** In the extension host, `fetch` follows VS Code's settings of proxies and certificates. */
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
  /** @param bytes how many have arrived */
  report(bytes: number): void;
}

/** Connections that may be lost in a row without a byte more than ever before. */
const FRUITLESS = 3;

/** @throws cuda-failed, cancelled */
export async function download(wanted: Wanted, file: string, how: Download): Promise<void> {
  const part = `${file}.part`;
  let most = await sizeOf(part);
  for (let fruitless = 0; ; ) {
    const before = await sizeOf(part);
    if (before === wanted.bytes) break;
    try {
      await fetchRest(wanted, part, before > wanted.bytes ? 0 : before, how);
    } catch (thrown) {
      if (how.signal.aborted) throw errors.cancelled();
      if (!(thrown instanceof LostConnection)) throw thrown;
      const arrived = await sizeOf(part);
      fruitless = arrived > most ? 0 : fruitless + 1;
      most = Math.max(most, arrived);
      if (fruitless === FRUITLESS)
        throw errors.cudaFailed(
          `${wanted.url} can't be downloaded: ${thrown.message}`,
          `Check the connection and VS Code's setting http.proxy, and enable it again: ${arrived} of ${wanted.bytes} bytes are there, and it goes on behind them`,
        );
    }
  }
  const hash = await sha256Of(part, how.signal);
  if (hash !== wanted.sha256) {
    await rm(part);
    throw errors.cudaFailed(
      `what ${wanted.url} gave is not the file of this release (its SHA-256 is ${hash}, not ${wanted.sha256})`,
      'It was deleted. Something between may have changed it; enable it again',
    );
  }
  await rename(part, file);
}

/** A connection that may do better next time. */
class LostConnection extends Error {}

async function fetchRest({ url, bytes }: Wanted, part: string, from: number, how: Download): Promise<void> {
  const { signal, report } = how;
  const response = await how
    .fetch(url, { signal, headers: { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) } })
    .catch((thrown: unknown) => {
      throw new LostConnection(causeOf(thrown));
    });
  const { status, headers, body } = response;
  if (status >= 500 || status === 408 || status === 429 || !body) throw new LostConnection(`it answers ${status}`);
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  const goesOn = status === 206 && range !== null && Number(range[1]) === from;
  const offered = status === 206 ? range?.[2] : headers.get('content-length');
  const isWrong = offered && offered !== '*' && Number(offered) !== bytes;
  if (status !== 416 && ((status !== 200 && !goesOn) || isWrong)) {
    await body.cancel();
    throw errors.cudaFailed(
      isWrong ? `${url} has ${offered} bytes, not the ${bytes} of this release` : `${url} answers ${status}`,
      'Check the connection and VS Code’s setting http.proxy',
    );
  }
  // A server that knows no ranges, or has another file, gives the whole file.
  const start = goesOn ? from : 0;
  const output = await open(part, start > 0 ? 'a' : 'w');
  try {
    if (status === 416) {
      await body.cancel();
      throw new LostConnection('it answers 416');
    }
    let arrived = start;
    for await (const chunk of chunksOf(body)) {
      arrived += chunk.length;
      if (arrived > bytes) throw errors.cudaFailed(`${url} gives more than the ${bytes} bytes of this release`, AGAIN);
      await output.appendFile(chunk);
      report(arrived);
    }
    if (arrived < bytes) throw new LostConnection(`the connection ended after ${arrived} of ${bytes} bytes`);
  } finally {
    await output.close();
  }
}

const AGAIN = 'Enable it again';

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) yield chunk;
  } catch (thrown) {
    throw new LostConnection(causeOf(thrown));
  }
}

/** `fetch` says no more than that it failed, and gives the reason as the cause. */
function causeOf(thrown: unknown): string {
  const { cause } = thrown as { cause?: unknown };
  return reasonOf(cause ?? thrown);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (thrown) {
    if (isAbsent(thrown)) return 0;
    throw thrown;
  }
}

async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) {
    if (signal.aborted) throw errors.cancelled();
    hash.update(chunk);
  }
  return hash.digest('hex');
}
