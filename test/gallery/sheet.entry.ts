/**
 * Images by all methods on one sheet: a row for each image, a column for each method.
 *
 * Arguments: the file to write (.jpg), the model (or "demo"), then images.
 */
import path from 'node:path';
import sharp from 'sharp';
import { METHOD_NAMES, METHODS } from '../../src/core/methods/names';
import { DEFAULT_STYLE } from '../../src/core/style';
import { createService } from '../../src/engine/service';
import { explainWith } from '../support/explain';

const SIDE = 108;
const GAP = 4;
const TITLE = 30;
const LABEL = 16;
const ROW = SIDE + LABEL + GAP;
const COLUMN = SIDE + GAP;

interface Piece {
  readonly input: Buffer;
  readonly left: number;
  readonly top: number;
}

async function main([output, model, ...images]: string[]): Promise<void> {
  const service = createService();
  const pieces: Piece[] = [];
  const columns = ['Image', ...METHODS.map((method) => METHOD_NAMES[method].title)];
  columns.forEach((title, column) => {
    pieces.push({ input: text(twoLines(title), TITLE), left: GAP + column * COLUMN, top: 0 });
  });
  for (const [row, image] of images.entries()) {
    const top = TITLE + row * ROW;
    const place = async (picture: Uint8Array | string, column: number) => {
      const input = await sharp(picture).resize(SIDE, SIDE, { fit: 'contain', background: '#fff' }).png().toBuffer();
      pieces.push({ input, left: GAP + column * COLUMN, top: top + LABEL });
    };
    await place(image, 0);
    for (const [i, method] of METHODS.entries()) {
      const choice = { image: { path: path.resolve(image) }, model: model === 'demo' ? {} : { path: model! }, method };
      const { explanation } = await explainWith(service, choice);
      if (i === 0) pieces.push({ input: text([explanation.label], LABEL), left: GAP, top });
      const drawing = { kind: 'overlay', explanation, image: choice.image, style: DEFAULT_STYLE } as const;
      const { bytes } = await service.render(drawing, { signal: new AbortController().signal, emit() {} });
      await place(bytes!, 1 + i);
    }
  }
  const size = { width: GAP + columns.length * COLUMN, height: TITLE + images.length * ROW };
  await sharp({ create: { ...size, channels: 3, background: '#fff' } })
    .composite(pieces)
    .jpeg({ quality: 82, mozjpeg: true })
    .toFile(output!);
}

function twoLines(title: string): string[] {
  const space = title.indexOf(' ');
  return title.length > 14 && space > 0 ? [title.slice(0, space), title.slice(space + 1)] : [title];
}

function text(lines: readonly string[], height: number): Buffer {
  const spans = lines.map((line, i) => `<tspan x="0" y="${12 + 13 * i}">${line.replace(/&/g, '&amp;')}</tspan>`);
  const style = 'font-family="sans-serif" font-size="12" fill="#202020"';
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${height}"><text ${style}>${spans.join('')}</text></svg>`,
  );
}

main(process.argv.slice(2)).catch((thrown) => {
  console.error(thrown);
  process.exitCode = 1;
});
