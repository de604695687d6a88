import assert from 'node:assert/strict';
import { computeThreads, coresIn } from '../../../src/engine/runtime/cores';

/** As Linux tells it: `threads` hardware threads of each of `cores` cores of each of `chips` chips. */
function cpuinfo(chips: number, cores: number, threads: number): string {
  const all = Array.from({ length: chips * cores * threads }, (_, i) => i);
  return all
    .map(
      (i) =>
        `processor\t: ${i}\nmodel name\t: A Processor @ 2.00GHz\nphysical id\t: ${Math.floor(i / (cores * threads))}\ncore id\t\t: ${i % cores}\ncpu cores\t: ${cores}\n\n`,
    )
    .join('');
}

describe('engine: the cores that it takes', () => {
  const machines = [
    { chips: 1, cores: 2, threads: 1, expected: 2 },
    { chips: 1, cores: 4, threads: 2, expected: 4 },
    { chips: 2, cores: 8, threads: 2, expected: 16 },
  ];
  for (const { chips, cores, threads, expected } of machines) {
    it(`counts the cores of ${chips} x ${cores} cores with ${threads} hardware threads each`, () =>
      assert.equal(coresIn(cpuinfo(chips, cores, threads)), expected));
  }

  it('knows no number where a virtual machine hides its cores', () =>
    assert.equal(coresIn('processor\t: 0\nmodel name\t: QEMU\n\nprocessor\t: 1\nmodel name\t: QEMU\n\n'), undefined));

  const cases = [
    { cores: 1, available: 1, expected: undefined },
    { cores: 2, available: 2, expected: undefined },
    { cores: 2, available: 4, expected: undefined },
    { cores: 4, available: 8, expected: 3 },
    { cores: 16, available: 32, expected: 15 },
    // A container that may use a part of a large machine.
    { cores: 64, available: 2, expected: 2 },
    { cores: 64, available: 8, expected: 7 },
    { cores: undefined, available: 8, expected: undefined },
  ];
  for (const { cores, available, expected } of cases) {
    it(`of ${cores ?? 'unknown'} cores, ${available} hardware threads available, computes with ${expected ?? "the runtime's count"}`, () =>
      assert.equal(computeThreads({ cores, available }), expected));
  }
});
