/** The examples of docs/cluster.md, as far as they can be tried without a cluster. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { readYaml } from '../../../src/core/model/yaml';
import { fields } from '../../../src/core/schema';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { groupCamEnds } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { needs, project } from '../../support/shared';
import { succeeds } from './support';

const page = readFileSync(project('docs', 'cluster.md'), 'utf8');

/** The only block of a language that has this text. */
function block(language: string, text: string): string {
  const all = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const found = all.filter(([, name, content]) => name === language && content!.includes(text));
  assert.equal(found.length, 1, `${language} with ${text}`);
  return found[0]![2]!;
}

const named = fields({ name: v.string() });
const JOB = fields({
  apiVersion: v.literal('batch/v1'),
  kind: v.literal('Job'),
  metadata: named,
  spec: fields({
    completionMode: v.literal('Indexed'),
    completions: v.number(),
    parallelism: v.number(),
    backoffLimitPerIndex: v.number(),
    template: fields({
      spec: fields({
        restartPolicy: v.literal('Never'),
        containers: v.strictTuple([
          fields({
            image: v.string(),
            command: v.strictTuple([v.literal('group-cam')]),
            args: v.array(v.string()),
            env: v.array(fields({ name: v.string(), value: v.string() })),
            volumeMounts: v.array(fields({ name: v.string(), mountPath: v.string() })),
          }),
        ]),
        volumes: v.array(named),
      }),
    }),
  }),
});
const SERVICE = fields({
  image: v.string(),
  command: v.array(v.string()),
  volumes: v.array(v.string()),
});
const COMPOSE = fields({ services: fields({ redis: SERVICE, worker: SERVICE, planner: SERVICE }) });

async function parsed<T>(schema: v.GenericSchema<unknown, T>, text: string): Promise<T> {
  const found = await readYaml(schema, text);
  assert.ok('value' in found, 'flaw' in found ? found.flaw.line : '');
  return found.value;
}

describe('the examples of docs/cluster.md', () => {
  const folder = testFolder();
  before(function () {
    needs(this, CIFAR, 'no images');
    needs(this, RESNET20, 'no model');
    needs(this, '/bin/bash', 'no shell');
  });

  /** Folder of a command `group-cam`. */
  function commandFolder(): string {
    mkdirSync(folder.at('bin'));
    const command = folder.at('bin', 'group-cam');
    writeFileSync(command, `#!/bin/bash\nexec '${process.execPath}' '${project('dist', 'group-cam.js')}' "$@"\n`);
    chmodSync(command, 0o755);
    return path.dirname(command);
  }

  it('the Slurm script runs as tasks of an array, and its results are merged', async () => {
    const script = folder.write('group-cam.sh', block('bash', '#SBATCH'));
    execFileSync('/bin/bash', ['-n', script]);
    assert.match(readFileSync(script, 'utf8'), /^#!\/bin\/bash\n(#SBATCH --[a-z-]+=?\S*\n)+/);
    const images = cifarSubset(folder.at('images'), 1);
    const environment = {
      ...process.env,
      PATH: `${commandFolder()}:${process.env['PATH']}`,
      ...{ DATASET: images, MODEL: RESNET20, SHARED: folder.at('shared'), SLURM_CPUS_PER_TASK: '1' },
      ...{ SLURM_ARRAY_TASK_COUNT: '2', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_MAX: '1' },
    };
    const run = promisify(execFile);
    for (const task of ['0', '1']) {
      const { stderr } = await run('/bin/bash', [script], { env: { ...environment, SLURM_ARRAY_TASK_ID: task } });
      assert.match(stderr, new RegExp(`part ${Number(task) + 1} of 2 is done`));
    }
    const { stderr } = await succeeds('merge', folder.at('shared'), '--run', folder.at('r.groupcam'));
    assert.match(stderr, /1 of 1 shards merged, 10 rows are new/);
    const { stdout } = await succeeds('query', folder.at('r.groupcam'), '--csv');
    assert.equal(stdout.match(/group-cam/g)?.length, 10);
  });

  it('the Kubernetes Job agrees with itself, and its arguments run with the index of a pod', async () => {
    const { spec } = await parsed(JOB, block('yaml', 'kind: Job'));
    const [container] = spec.template.spec.containers;
    const variable = container.env.find(({ name }) => name === 'JOB_COMPLETIONS');
    assert.equal(variable?.value, String(spec.completions));
    assert.deepEqual(
      container.volumeMounts.map(({ name }) => name),
      spec.template.spec.volumes.map(({ name }) => name),
    );
    const images = cifarSubset(folder.at('images'), 1);
    const places: Readonly<Record<string, string>> = {
      '/data/photos': images,
      '/data/net.onnx': RESNET20,
      '/shared/photos': folder.at('shared'),
    };
    const args = container.args.map((arg) => places[arg] ?? arg);
    const last = spec.completions - 1;
    const environment = { JOB_COMPLETION_INDEX: String(last), JOB_COMPLETIONS: variable!.value };
    const { code, stderr } = await groupCamEnds(args, { ...process.env, ...environment });
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`part ${spec.completions} of ${spec.completions} is done`));
  });

  it('the compose file mounts what its commands name, and names options that there are', async () => {
    const { services } = await parsed(COMPOSE, block('yaml', 'services:'));
    for (const { command, volumes } of [services.worker, services.planner]) {
      const mounted = volumes.map((volume) => volume.split(':')[1]!);
      for (const place of command.filter((word) => word.startsWith('/')))
        assert.ok(
          mounted.some((inside) => place.startsWith(`${inside}/`)),
          place,
        );
      const { stdout } = await succeeds(command[0]!, '--help');
      for (const option of command.filter((word) => word.startsWith('--')))
        assert.ok(stdout.includes(`${option} <`), option);
    }
  });
});
