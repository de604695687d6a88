/** Where a run file lies. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { placeFor } from '../../../src/extension/dataset/place';
import { runFileIn } from '../../../src/extension/dataset/source';
import { testFolder } from '../../support/folder';
import { makeReadOnly, readOnlyMount } from '../../support/read-only';

describe('the place of a run file', () => {
  const folder = testFolder();
  const storage = () => folder.at('storage', 'datasets');
  const options = (others: readonly string[] = []) => ({
    storage: storage(),
    belongsToOther: (run: string) => Promise.resolve(others.includes(run)),
  });

  it('is beside the dataset, where nothing else is left', async () => {
    const source = folder.at('val');
    mkdirSync(source);
    assert.deepEqual(await placeFor(source, true, options()), { run: `${source}.groupcam` });
    assert.ok(!readdirSync(path.dirname(source)).some((name) => name.startsWith('val.')));
    assert.equal(existsSync(storage()), false);
  });

  it('is another one beside it where that is of another dataset, and the storage where both are', async () => {
    const source = folder.at('val.json');
    const [first, second] = [folder.write('val.groupcam', ''), folder.at('val.json.groupcam')];
    assert.deepEqual(await placeFor(source, false, options()), { run: first });
    assert.deepEqual(await placeFor(source, false, options([first])), { run: second });
    folder.write('val.json.groupcam', '');
    const { run } = await placeFor(source, false, options([first, second]));
    assert.equal(run, runFileIn(storage(), source));
  });

  it('is the storage where the folder beside the dataset can not be written, and the note says why', async () => {
    const parent = folder.at('disk');
    mkdirSync(path.join(parent, 'val'), { recursive: true });
    const made = makeReadOnly(parent);
    // Where nothing can be mounted, as in some containers, a part of the machine is mounted so.
    const there = 'why' in made ? readOnlyMount() : parent;
    assert.ok(there, `no folder can be made read-only (${'why' in made && made.why}), and none is`);
    try {
      const source = path.join(there, 'val');
      const { run, note = '' } = await placeFor(source, true, options());
      assert.equal(run, runFileIn(storage(), source));
      assert.ok(note.startsWith(`${there} can't be written (`), note);
      assert.ok(note.endsWith(`, so the run file is ${run}.`), note);
      assert.match(note, /\(E(ROFS|ACCES|PERM)\b/);
      assert.ok(existsSync(storage()), 'the storage is made');
    } finally {
      if ('undo' in made) made.undo();
    }
  });
});
