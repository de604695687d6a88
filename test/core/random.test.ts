import assert from 'node:assert/strict';
import { createRandom } from '../../src/core/random';

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('random numbers', () => {
  it("are those of the authors' C code", () => {
    const random = createRandom([1, 2, 3, 4]);
    const first = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804];
    assert.deepEqual(many(10, random.bits), first);
    many(990, random.bits);
    assert.equal(random.bits(), 136054147);
  });

  it('depend on the seed alone', () => {
    assert.deepEqual(many(20, createRandom(7).bits), many(20, createRandom(7).bits));
    const near = many(2000, createRandom(8).bits).filter((bits, i) => bits === many(2000, createRandom(7).bits)[i]);
    assert.deepEqual(near, []);
  });

  it('are uniform: mean 1/2, variance 1/12, every whole number below a bound', () => {
    const { uniform, below } = createRandom(0);
    const values = many(40_000, uniform);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    assert.ok(values.every((x) => x >= 0 && x < 1));
    assert.ok(Math.abs(mean - 1 / 2) < 0.006, `mean ${mean}`);
    assert.ok(Math.abs(variance - 1 / 12) < 0.003, `variance ${variance}`);
    assert.deepEqual([...new Set(many(200, () => below(5)))].sort(), [0, 1, 2, 3, 4]);
  });

  it('are normal: mean 0, variance 1, kurtosis 3, pairs uncorrelated', () => {
    const values = many(40_000, createRandom(3).normal);
    const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
    assert.ok(Math.abs(moment(1)) < 0.02, `mean ${moment(1)}`);
    assert.ok(Math.abs(moment(2) - 1) < 0.03, `variance ${moment(2)}`);
    assert.ok(Math.abs(moment(4) - 3) < 0.25, `kurtosis ${moment(4)}`);
    const pairs = values.slice(1).reduce((sum, x, i) => sum + x * values[i]!, 0) / values.length;
    assert.ok(Math.abs(pairs) < 0.02, `pairs ${pairs}`);
  });
});
