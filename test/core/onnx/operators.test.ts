import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeNode } from '../../../src/core/onnx/emit';
import { entryOf, operatorOf } from '../../../src/core/onnx/operators';
import { project } from '../../support/shared';

const node = (opType: string, domain = '') => ({ ...makeNode(opType, 'n', [], ['y'], {}), domain });

describe('operators', () => {
  it('are named by their domain too, unless it is that of ONNX', () => {
    assert.equal(operatorOf(node('Conv')), 'Conv');
    assert.equal(operatorOf(node('Conv', 'ai.onnx')), 'Conv');
    assert.equal(operatorOf(node('Conv', 'com.microsoft.nchwc')), 'com.microsoft.nchwc:Conv');
  });

  it('are looked up by that name, and found in no table by accident', () => {
    const table = { Conv: 1, 'com.microsoft:Gelu': 2 };
    assert.equal(entryOf(table, node('Conv')), 1);
    assert.equal(entryOf(table, node('Gelu', 'com.microsoft')), 2);
    for (const other of [node('Conv', 'com.example'), node('Gelu'), node('toString'), node('constructor')])
      assert.equal(entryOf(table, other), undefined);
  });

  it('are asked for by domain and name everywhere', () => {
    const sources = readdirSync(project('src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.ts$/.test(name),
    );
    const asking = sources.filter((name) => /\bopType\b/.test(readFileSync(project('src', name), 'utf8')));
    // One file names an operator, the other creates nodes of ONNX's own.
    assert.deepEqual(asking.map((name) => path.basename(name)).sort(), ['emit.ts', 'operators.ts']);
  });
});
