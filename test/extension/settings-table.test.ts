import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { checkSettings, createFlawsTold, SETTINGS } from '../../src/extension/settings-table';
import { project } from '../support/shared';

interface Contributed {
  readonly type: string;
  readonly default: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

const { contributes } = JSON.parse(readFileSync(project('package.json'), 'utf8'));
const contributed: Record<string, Contributed> = Object.assign(
  {},
  ...contributes.configuration.map(({ properties }: { properties: object }) => properties),
);
const of = (name: string) => contributed[`groupCam.${name}`]!;
const names = Object.keys(SETTINGS);

/** Checks the settings as they are in settings.json, where those that are not given have their defaults. */
function check(given: Record<string, unknown> = {}) {
  return checkSettings((name) => ({
    value: name in given ? given[name] : of(name).default,
    fallback: of(name).default,
  }));
}

const accepts = (name: string, value: unknown) => check({ [name]: value }).flaws.size === 0;

/** Values of every JSON type, by the type's name in package.json. */
const OF_TYPE: Readonly<Record<string, unknown>> = {
  string: 'no such choice',
  number: 3.5,
  boolean: true,
  null: null,
  array: [1],
  object: { a: 1 },
};

describe('the table of settings', () => {
  it('has the settings that package.json contributes, and no others', () => {
    assert.deepEqual(names.map((name) => `groupCam.${name}`).sort(), Object.keys(contributed).sort());
  });

  it('accepts every default, and reads it as it is', () => {
    const { values, flaws } = check();
    assert.deepEqual([...flaws], []);
    assert.deepEqual(values, Object.fromEntries(names.map((name) => [name, of(name).default])));
  });

  for (const name of names) {
    const { type, enum: choices, minimum, exclusiveMinimum, maximum } = of(name);

    it(`${name}: a value of another type is named in one line, and the default is used`, () => {
      const wrong = Object.entries(OF_TYPE).filter(([other]) => other !== (type === 'integer' ? 'number' : type));
      for (const [, value] of wrong) {
        const { values, flaws } = check({ [name]: value });
        assert.equal(values[name as keyof typeof values], of(name).default);
        assert.deepEqual([...flaws.keys()], [name]);
        const line = flaws.get(name)!;
        assert.ok(line.startsWith(`The setting groupCam.${name} must be `), line);
        assert.ok(line.includes(`, found ${JSON.stringify(value)}. `), line);
        assert.ok(line.endsWith(`Its default, ${JSON.stringify(of(name).default)}, is used.`), line);
        assert.ok(!line.includes('\n'), line);
      }
    });

    if (choices)
      it(`${name}: accepts the choices of package.json alone`, () => {
        for (const choice of choices) assert.ok(accepts(name, choice), String(choice));
        assert.ok(!accepts(name, 'no such choice'));
      });

    if (type === 'integer' || type === 'number')
      it(`${name}: has the bounds of package.json`, () => {
        if (minimum !== undefined)
          assert.deepEqual(
            [minimum, minimum - 1].map((n) => accepts(name, n)),
            [true, false],
          );
        if (maximum !== undefined)
          assert.deepEqual(
            [maximum, maximum + 1].map((n) => accepts(name, n)),
            [true, false],
          );
        if (maximum === undefined) assert.ok(accepts(name, 1e9));
        if (exclusiveMinimum !== undefined)
          assert.deepEqual(
            [exclusiveMinimum + 1e-9, exclusiveMinimum].map((n) => accepts(name, n)),
            [true, false],
          );
        assert.equal(accepts(name, (minimum ?? 0) + 0.5), type === 'number');
      });
  }

  it('says what must be there in the words of the setting', () => {
    assert.equal(
      check({ groups: 'many' }).flaws.get('groups'),
      'The setting groupCam.groups must be a whole number from 1 to 1024, found "many". Its default, 32, is used.',
    );
  });

  it('removes the spaces around paths', () => {
    assert.equal(check({ model: ' /w/net.onnx ' }).values.model, '/w/net.onnx');
  });

  it('a flaw is told once, and again only after its setting was accepted', () => {
    const lines: string[] = [];
    const tell = createFlawsTold((line) => lines.push(line));
    const flaw = new Map([['groups', 'groups are wrong']]);
    tell(flaw);
    tell(new Map([...flaw, ['theta', 'theta is wrong']]));
    assert.deepEqual(lines, ['groups are wrong', 'theta is wrong']);
    tell(new Map());
    tell(flaw);
    assert.deepEqual(lines, ['groups are wrong', 'theta is wrong', 'groups are wrong']);
  });
});
