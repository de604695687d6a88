/** A local server with one file, which can cut connections and answer wrongly. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FileServer {
  readonly url: string;
  /** The header `Range` of each request, in order; an empty text where there was none. */
  readonly ranges: string[];
  content: Uint8Array;
  /** For each request in order: where in the file the answer stops, until the connection is cut. */
  stops: number[];
  /** Cuts connections whose answer has stopped at this place in the file. */
  cut(arrived: number): void;
  /** Answers instead of the file, if set. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  knowsRanges: boolean;
  close(): Promise<void>;
}

export async function serveFile(content: Uint8Array): Promise<FileServer> {
  const server = createServer((request, response) => {
    const range = request.headers.range ?? '';
    made.ranges.push(range);
    if (made.answer) return made.answer(request, response);
    const all = Buffer.from(made.content);
    const from = made.knowsRanges ? Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0) : 0;
    const part = all.subarray(from);
    const partial = from > 0 && { 'content-range': `bytes ${from}-${all.length - 1}/${all.length}` };
    response.writeHead(partial ? 206 : 200, { 'content-length': part.length, ...partial });
    const stop = made.stops.shift();
    if (stop === undefined) return response.end(part);
    response.write(part.subarray(0, stop - from));
    stopped = { at: stop, response };
  });
  let stopped: { readonly at: number; readonly response: ServerResponse } | undefined;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/package`,
    ...{ ranges: [], content, stops: [], answer: undefined, knowsRanges: true },
    cut: (arrived) => {
      if (stopped?.at === arrived) stopped.response.destroy();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;
}
