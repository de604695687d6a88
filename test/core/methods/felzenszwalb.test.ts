import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { felzenszwalb, pixelGraph } from '../../../src/core/methods/felzenszwalb';
import { dilated } from '../../../src/core/methods/regions';
import { project } from '../../support/shared';

interface Stored {
  readonly pictures: readonly {
    readonly name: string;
    readonly height: number;
    readonly width: number;
    /** [height, width, 3], 0 to 255. */
    readonly picture: readonly number[];
    readonly segments: readonly {
      readonly scale: number;
      readonly sigma: number;
      readonly minimum: number;
      readonly labels: readonly number[];
    }[];
  }[];
  readonly dilation: {
    readonly height: number;
    readonly width: number;
    readonly radius: number;
    readonly labels: readonly number[];
    readonly regions: readonly (readonly number[])[];
  };
}

const stored = JSON.parse(readFileSync(project('test/data/felzenszwalb/cases.json'), 'utf8')) as Stored;

describe("Felzenszwalb's segments agree with scikit-image", () => {
  for (const { name, height, width, picture, segments } of stored.pictures) {
    const pixels = height * width;
    const data = Float32Array.from(
      { length: 3 * pixels },
      (_, i) => picture[(i % pixels) * 3 + Math.floor(i / pixels)]! / 255,
    );
    for (const { scale, sigma, minimum, labels } of segments) {
      it(`${name}, scale ${scale}, sigma ${sigma}, at least ${minimum} pixels`, () => {
        const graph = pixelGraph({ data, channels: 3, height, width }, sigma);
        assert.deepEqual([...felzenszwalb(graph, scale, minimum)], labels);
      });
    }
  }

  it('a picture without an edge is one segment', () => {
    const graph = pixelGraph({ data: new Float32Array(48).fill(0.3), channels: 3, height: 4, width: 4 }, 0.8);
    assert.deepEqual([...felzenszwalb(graph, 50, 1)], new Array(16).fill(0));
  });
});

describe('dilation by a disk', () => {
  it('agrees with scikit-image', () => {
    const { height, width, radius, labels, regions } = stored.dilation;
    const grown = dilated(Uint32Array.from(labels), height, width, radius);
    assert.ok(grown.length > 2);
    assert.deepEqual(
      grown.map((region) => [...region].sort((a, b) => a - b)),
      regions,
    );
  });
});
