import { strict as assert } from 'node:assert';
import { classOrder, neighbourOf } from '../../../src/extension/commands/orders';

describe('neighbours', () => {
  const names = ['img10.png', 'b.jpg', 'img2.png', 'img1.png'];

  it('of an image are those beside it, with numbers in names as numbers', () => {
    assert.equal(neighbourOf(names, 'img2.png', 1), 'img10.png');
    assert.equal(neighbourOf(names, 'img2.png', -1), 'img1.png');
    assert.equal(neighbourOf(names, 'img10.png', 1), undefined);
    assert.equal(neighbourOf(names, 'b.jpg', -1), undefined);
    assert.equal(neighbourOf(names, 'gone.png', 1), undefined);
  });

  it('of a class are those that are about as probable', () => {
    assert.deepEqual(classOrder(Float32Array.of(0.1, 0.5, 0.1, 0.3)), [1, 3, 0, 2]);
  });
});
