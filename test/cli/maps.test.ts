/** Maps from image files: against PyTorch's, and against the true boxes of the demo. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { groupCam } from '../support/cli';
import { demoScenes } from '../support/demo';
import { correlation, type FloatMap, readMap } from '../support/maps';
import { needs, onlyNightly, project, shared } from '../support/shared';

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'group-cam-maps-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('cli: the maximum lies in the true box', () => {
  for (const { name, objects } of demoScenes()) {
    it(`${name}: ${objects.map(({ label }) => label).join(', ')}`, async () => {
      const image = project('media', 'demo', 'scenes', name);
      const classes = objects.flatMap(({ label }) => ['--class', label]);
      await groupCam('explain', image, ...classes, '--npy', folder);
      for (const { label, class: index, box } of objects) {
        const { width, height, value } = readMap(path.join(folder, `${path.parse(name).name}.${index}.npy`));
        const at = Array.from(value).indexOf(1);
        const [x, y] = [((at % width) + 0.5) / width, (Math.floor(at / width) + 0.5) / height];
        assert.ok(x > box.left && x < box.right && y > box.top && y < box.bottom, `${label}: (${x}, ${y})`);
      }
    });
  }
});

interface Case {
  readonly name: string;
  readonly image: string;
  readonly model_file: string;
  readonly class_index: number;
  readonly layer: string;
  readonly groups: number;
  readonly theta: number;
}

/** Cases that one command can explain, since they differ in their class only. */
function commandsOf(reference: string): ReadonlyMap<string, readonly Case[]> {
  const commands = new Map<string, Case[]>();
  for (const name of readdirSync(reference).sort()) {
    const file = path.join(reference, name, 'case.json');
    if (!existsSync(file)) continue;
    const kase: Case = { ...JSON.parse(readFileSync(file, 'utf8')), name };
    const key = [kase.image, kase.layer, kase.groups, kase.theta].join();
    commands.set(key, [...(commands.get(key) ?? []), kase]);
  }
  return commands;
}

describe('cli: from the image file, the map of the reference', () => {
  for (const model of ['cifar10_resnet20', ...onlyNightly(['mobilenet_v2', 'squeezenet1_1'])]) {
    it(model, async function () {
      const reference = shared('reference', model);
      needs(this, reference, 'maps made by PyTorch');
      for (const cases of commandsOf(reference).values()) {
        const { image, model_file, layer, groups, theta } = cases[0]!;
        await groupCam(
          ...['explain', shared(image), '--model', shared(model_file), '--layer', layer, '--npy', folder],
          ...['--groups', String(groups), '--theta', String(theta)],
          ...cases.flatMap((kase) => ['--class', String(kase.class_index)]),
        );
        for (const kase of cases) {
          const actual = readMap(path.join(folder, `${path.parse(image).name}.${kase.class_index}.npy`));
          check(kase.name, actual, readMap(path.join(reference, kase.name, 'saliency.npy')));
        }
      }
    });
  }
});

function check(name: string, actual: FloatMap, wanted: FloatMap): void {
  assert.deepEqual([actual.width, actual.height], [wanted.width, wanted.height], name);
  if (Array.from(wanted.value).every((value) => value === 0)) {
    assert.deepEqual(Array.from(actual.value), Array.from(wanted.value), `${name}: nothing is left`);
  } else {
    const agreement = correlation(actual.value, wanted.value);
    assert.ok(agreement >= 0.99, `${name}: correlation ${agreement}`);
  }
}
