/**
 * Group-CAM of a network small enough to be written down, in plain loops over doubles and independent of the product:
 * a 3x3 convolution of stride 2, ReLU, the mean over the pixels, one linear layer.
 */
export interface NaiveNetwork {
  /** [K, C, 3, 3] and [K, classes], row-major. */
  readonly conv: readonly number[];
  readonly linear: readonly number[];
  readonly channels: number;
  readonly classes: number;
  readonly activation: 'softmax' | 'sigmoid';
}

/** [C, H, W] */
export interface NaiveImage {
  readonly data: readonly number[];
  readonly depth: number;
  readonly height: number;
  readonly width: number;
}

export interface NaiveOptions {
  readonly groups: number;
  readonly theta: number;
  readonly kernel: number;
  readonly sigma: number;
  /** Every channel counts the same, and nothing is removed. */
  readonly gradientFree?: boolean;
}

type Map2 = number[][];

export interface NaiveResult {
  readonly probabilities: readonly number[];
  readonly scores: readonly number[];
  /** Normalised, [H, W] row-major. */
  readonly saliency: readonly number[];
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

export function features(net: NaiveNetwork, image: NaiveImage): Map2[] {
  const { depth, height, width, data } = image;
  const pixel = (c: number, y: number, x: number) =>
    y < 0 || x < 0 || y >= height || x >= width ? 0 : data[(c * height + y) * width + x]!;
  return range(net.channels).map((k) =>
    range(Math.ceil(height / 2)).map((i) =>
      range(Math.ceil(width / 2)).map((j) => {
        let total = 0;
        for (const c of range(depth))
          for (const a of range(3))
            for (const b of range(3))
              total += net.conv[((k * depth + c) * 3 + a) * 3 + b]! * pixel(c, 2 * i + a - 1, 2 * j + b - 1);
        return Math.max(total, 0);
      }),
    ),
  );
}

function probabilities(net: NaiveNetwork, image: NaiveImage): number[] {
  const means = features(net, image).map((map) => sum(map.flat()) / map.flat().length);
  const logits = range(net.classes).map((c) => sum(means.map((mean, k) => mean * net.linear[k * net.classes + c]!)));
  if (net.activation === 'sigmoid') return logits.map((y) => 1 / (1 + Math.exp(-y)));
  const total = sum(logits.map(Math.exp));
  return logits.map((y) => Math.exp(y) / total);
}

export function naiveGroupCam(
  net: NaiveNetwork,
  image: NaiveImage,
  target: number,
  { groups, theta, kernel, sigma, gradientFree = false }: NaiveOptions,
): NaiveResult {
  const A = features(net, image);
  const [height, width] = [A[0]!.length, A[0]![0]!.length];
  // The mean over u v pixels, then a linear layer: d y_c / dA is the same at every pixel.
  const weights = range(net.channels).map((k) =>
    gradientFree ? 1 : net.linear[k * net.classes + target]! / (height * width),
  );
  const size = Math.ceil(net.channels / groups);
  const masks = range(Math.ceil(net.channels / size)).map((l) => {
    const members = range(net.channels).slice(l * size, (l + 1) * size);
    const map = range(height).map((i) =>
      range(width).map((j) => Math.max(0, sum(members.map((k) => weights[k]! * A[k]![i]![j]!)))),
    );
    const limit = gradientFree ? -1 : percentile(map.flat(), theta);
    return upsample(
      map.map((row) => row.map((value) => (value <= limit ? 0 : value))),
      image.height,
      image.width,
    );
  });
  const scaled = masks.map((mask) => {
    const [lo, hi] = [Math.min(...mask.flat()), Math.max(...mask.flat())];
    return mask.map((row) => row.map((value) => (hi > lo ? (value - lo) / (hi - lo) : 0)));
  });
  const blurred = blur(image, kernel, sigma);
  const baseline = probabilities(net, { ...image, data: blurred })[target]!;
  const scores = scaled.map((mask) => {
    const data = image.data.map((value, i) => {
      const m = mask.flat()[i % (image.height * image.width)]!;
      return value * m + blurred[i]! * (1 - m);
    });
    return probabilities(net, { ...image, data })[target]! - baseline;
  });
  const merged = scaled[0]!
    .flat()
    .map((_, i) => Math.max(0, sum(scaled.map((mask, l) => scores[l]! * mask.flat()[i]!))));
  const [lo, hi] = [Math.min(...merged), Math.max(...merged)];
  return {
    probabilities: probabilities(net, image),
    scores,
    saliency: merged.map((value) => (hi > lo ? (value - lo) / (hi - lo) : 0)),
  };
}

function percentile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}

function upsample(map: Map2, height: number, width: number): Map2 {
  const [u, v] = [map.length, map[0]!.length];
  const clamp = (i: number, n: number) => Math.min(Math.max(i, 0), n - 1);
  return range(height).map((y) =>
    range(width).map((x) => {
      const [py, px] = [((y + 0.5) * u) / height - 0.5, ((x + 0.5) * v) / width - 0.5];
      const [i, j] = [Math.floor(py), Math.floor(px)];
      const [wy, wx] = [py - i, px - j];
      const at = (a: number, b: number) => map[clamp(a, u)]![clamp(b, v)]!;
      return (
        at(i, j) * (1 - wy) * (1 - wx) +
        at(i + 1, j) * wy * (1 - wx) +
        at(i, j + 1) * (1 - wy) * wx +
        at(i + 1, j + 1) * wy * wx
      );
    }),
  );
}

/** Both directions at once, each tap with its product of weights. */
export function blur({ data, depth, height, width }: NaiveImage, kernel: number, sigma: number): number[] {
  const r = (kernel - 1) / 2;
  const raw = range(kernel).map((i) => Math.exp(-((i - r) ** 2) / (2 * sigma * sigma)));
  const taps = raw.map((tap) => tap / sum(raw));
  const mirror = (i: number, n: number): number => (i < 0 ? mirror(-i, n) : i >= n ? mirror(2 * (n - 1) - i, n) : i);
  return range(depth).flatMap((c) =>
    range(height).flatMap((y) =>
      range(width).map((x) =>
        sum(
          range(kernel).flatMap((a) =>
            range(kernel).map(
              (b) =>
                taps[a]! *
                taps[b]! *
                data[(c * height + mirror(y + a - r, height)) * width + mirror(x + b - r, width)]!,
            ),
          ),
        ),
      ),
    ),
  );
}
