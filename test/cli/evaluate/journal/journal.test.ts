import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { Entry } from '../../../../src/cli/evaluate/journal/entry';
import { openJournal } from '../../../../src/cli/evaluate/journal/journal';
import { testFolder } from '../../../support/folder';

const SETTINGS = { model: 'a', seed: 0 };

const entry = (item: string, unit: Entry['unit'] = 'grad-cam'): Entry => ({
  item,
  stamp: 'now',
  unit,
  found: { class: { class: 1, label: 'dög', probability: 0.5 }, maps: [] },
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('journal of an evaluation', () => {
  const folder = testFolder();
  const file = () => folder.at('report', 'journal.jsonl');
  const withJournal = async <T>(
    use: (journal: Awaited<ReturnType<typeof openJournal>>) => Promise<T>,
    settings = SETTINGS,
  ) => {
    const journal = await openJournal(file(), settings);
    try {
      return await use(journal);
    } finally {
      await journal.close();
    }
  };

  it('keeps what was written, in order', async () => {
    await withJournal(async (journal) => {
      await journal.append(entry('1'));
      await journal.append(entry('2'));
      assert.ok(journal.has('2', 'now', 'grad-cam'));
    });
    await withJournal(async (journal) => {
      assert.ok(journal.has('1', 'now', 'grad-cam'));
      assert.ok(!journal.has('1', 'now', 'group-cam'));
      assert.ok(!journal.has('1', 'changed', 'grad-cam'));
      assert.ok(!journal.has('3', 'now', 'grad-cam'));
      await journal.append(entry('3'));
      assert.deepEqual(await all(journal.entries()), [entry('1'), entry('2'), entry('3')]);
    });
  });

  it('a last line that is cut off at any place is dropped, and no other line', async () => {
    await withJournal(async (journal) => {
      await journal.append(entry('1'));
      await journal.append(entry('2'));
    });
    const whole = readFileSync(file());
    const second = whole.indexOf('\n', whole.indexOf('\n') + 1) + 1;
    for (const end of [second, second + 1, second + 40, whole.length - 2, whole.length - 1]) {
      appendFileSync(file(), whole.subarray(readFileSync(file()).length));
      truncateSync(file(), end);
      await withJournal(async (journal) => {
        assert.deepEqual(await all(journal.entries()), [entry('1')], `cut at ${end}`);
        await journal.append(entry('2'));
        assert.deepEqual(await all(journal.entries()), [entry('1'), entry('2')]);
      });
      assert.deepEqual(readFileSync(file()), whole);
    }
  });

  it('a journal whose first line is cut off is begun anew', async () => {
    folder.write('report/journal.jsonl', '{"settings":{"mod');
    await withJournal(async (journal) => assert.deepEqual(await all(journal.entries()), []));
    await withJournal(async (journal) => assert.deepEqual(await all(journal.entries()), []));
  });

  it("a line longer than the reader's buffer is read whole", async () => {
    const long = { ...entry('1'), found: { error: 'x'.repeat(200_000) } };
    await withJournal((journal) => journal.append(long));
    appendFileSync(file(), 'y'.repeat(150_000));
    await withJournal(async (journal) => assert.deepEqual(await all(journal.entries()), [long]));
  });

  it('other settings are refused, and named', async () => {
    await withJournal((journal) => journal.append(entry('1')));
    const before = readFileSync(file());
    await assert.rejects(
      withJournal(async () => {}, { model: 'b', seed: 0 }),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'evaluation-differs');
        assert.match(error.message, /the same model\. /);
        return true;
      },
    );
    assert.deepEqual(readFileSync(file()), before);
    assert.ok(!existsSync(`${file()}.lock`));
  });

  it('only one process may hold it; the lock of a killed process is ignored', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    folder.write('report/journal.jsonl.lock', String(other.pid));
    await assert.rejects(
      withJournal(async () => {}),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'evaluation-running');
        assert.match(error.message, new RegExp(`journal\\.jsonl\\.lock: process ${other.pid} is writing`));
        return true;
      },
    );
    const exit = once(other, 'exit');
    other.kill('SIGKILL');
    await exit;
    await withJournal((journal) => journal.append(entry('1')));
    assert.ok(!existsSync(`${file()}.lock`));
  });

  const lines = () => readFileSync(file(), 'utf8').trimEnd().split('\n');
  const EDITS: Readonly<Record<string, (lines: string[]) => string[]>> = {
    'a line that is no JSON': ([settings, , ...rest]) => [settings!, '{"item":', ...rest],
    'an empty line': ([settings, ...rest]) => [settings!, '', ...rest],
    'a line of something else': ([settings, ...rest]) => [settings!, '{"name":"x"}', ...rest],
    'a unit that is none': ([settings, line, ...rest]) => [settings!, line!.replace('grad-cam', 'grad'), ...rest],
  };
  for (const [what, edit] of Object.entries(EDITS)) {
    it(`${what} is named with its number, and nothing is changed`, async () => {
      await withJournal(async (journal) => {
        await journal.append(entry('1'));
        await journal.append(entry('2'));
      });
      // The beginning of a line that was cut short stays too.
      folder.write('report/journal.jsonl', `${edit(lines()).join('\n')}\n{"ite`);
      const before = readFileSync(file(), 'utf8');
      await assert.rejects(
        withJournal(async () => {}),
        (error: Error & { code: string }) => {
          assert.equal(error.code, 'journal-invalid');
          assert.match(error.message, /journal\.jsonl:2: not a line/);
          return true;
        },
      );
      assert.equal(readFileSync(file(), 'utf8'), before);
    });
  }

  const MAP = { map: 'grad-cam', blank: false, scores: { drop: 0.25 }, curves: {} };
  const curve = (fractions: readonly number[], probabilities: readonly number[]) => ({
    ...MAP,
    curves: { insertion: { fractions, probabilities } },
  });
  const found = (maps: readonly object[], kind: object = {}) => ({
    class: { class: 1, label: 'dog', probability: 0.5, ...kind },
    maps,
  });
  const EDITED: readonly (readonly [what: string, found: object, message: string])[] = [
    [
      'a score that is no number',
      found([{ ...MAP, scores: { drop: null } }]),
      'found.maps[0].scores.drop: must be a number, found null',
    ],
    [
      'a score out of its range',
      found([{ ...MAP, scores: { overall: -1.5 } }]),
      'found.maps[0].scores.overall: must be a number from -1 to 1, found -1.5',
    ],
    [
      'a sensitivity below 0',
      found([{ ...MAP, scores: { sensitivity: -2 } }]),
      'found.maps[0].scores.sensitivity: must be a number from 0 on, found -2',
    ],
    [
      'a score that no metric gives',
      found([{ ...MAP, scores: { drops: 0 } }]),
      'found.maps[0].scores.drops: must be "insertion" or ',
    ],
    [
      'a probability above 1',
      found([], { probability: 50 }),
      'found.class.probability: must be a number from 0 to 1, found 50',
    ],
    ['a class below 0', found([], { class: -1 }), 'found.class.class: must be the index of a class, found -1'],
    ['half a class', found([], { class: 1.5 }), 'found.class.class: must be the index of a class, found 1.5'],
    ['a map of another method', found([{ ...MAP, map: 'rise' }]), 'must be the maps of its unit'],
    [
      'a curve that goes back',
      found([curve([0, 0.6, 0.5, 1], [0, 0, 0, 0])]),
      'curves.insertion.fractions: must be numbers from 0 to 1, none below',
    ],
    [
      'a curve that ends early',
      found([curve([0, 0.5], [0, 0])]),
      'curves.insertion.fractions: must be numbers from 0 to 1, none below',
    ],
    [
      'a curve out of its range',
      found([curve([0, 1], [0, 7])]),
      'curves.insertion.probabilities: must be numbers from 0 to 1, found',
    ],
    [
      'half a curve',
      found([curve([0, 0.5, 1], [0, 1])]),
      'curves.insertion: must be as many probabilities as fractions',
    ],
    ['a curve of no metric', found([{ ...MAP, curves: { drops: {} } }]), 'curves.drops: must be "insertion" or '],
  ];
  const refuses = (what: string, line: number, message: string) =>
    assert.rejects(
      withJournal(async () => {}),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'journal-invalid', what);
        assert.ok(error.message.includes(`journal.jsonl:${line}: not a line`), error.message);
        assert.ok(error.message.includes(message), error.message);
        return true;
      },
    );
  for (const [what, edited, message] of EDITED)
    it(`${what} is named with its line`, async () => {
      await withJournal((journal) => journal.append({ ...entry('1'), found: edited as Entry['found'] }));
      await refuses(what, 2, message);
    });

  it('curves of a metric that go through other points are named, since they can not be added up', async () => {
    await withJournal(async (journal) => {
      await journal.append({ ...entry('1'), found: found([curve([0, 0.5, 1], [0, 0.5, 1])]) as Entry['found'] });
      await journal.append({ ...entry('2'), found: found([curve([0, 1], [0, 1])]) as Entry['found'] });
    });
    await refuses('points', 3, 'the curve of insertion goes through other points');
  });

  it('scores that are not probabilities may have any value', async () => {
    const open = () => openJournal(file(), SETTINGS, false);
    const logit = {
      ...entry('1'),
      found: found([{ ...curve([0, 1], [-3, 12]), scores: { drop: 4, insertion: 4.5 } }], { probability: 12 }),
    };
    const journal = await open();
    await journal.append(logit as Entry);
    await journal.close();
    const again = await open();
    assert.deepEqual(await all(again.entries()), [logit]);
    await again.close();
    await refuses('as probabilities', 2, 'found.class.probability: must be a number from 0 to 1, found 12');
  });

  it('a line that is there twice is named, also where it came while the journal was open', async () => {
    const isTwice = { code: 'journal-invalid', message: /journal\.jsonl:4: .*grad-cam of 1 is in line 2 already/ };
    await withJournal(async (journal) => {
      await journal.append(entry('1'));
      await journal.append(entry('2'));
      appendFileSync(file(), `${lines()[1]}\n`);
      await assert.rejects(all(journal.entries()), isTwice);
    });
    await assert.rejects(
      withJournal(async () => {}),
      isTwice,
    );
  });

  it('a file that is no journal is left as it is', async () => {
    folder.write('report/journal.jsonl', 'notes without an end');
    await assert.rejects(
      withJournal(async () => {}),
      { code: 'journal-invalid', message: /journal\.jsonl:1: / },
    );
    assert.equal(readFileSync(file(), 'utf8'), 'notes without an end');
  });

  it('a name with a separator of lines stays in its line', async () => {
    await withJournal((journal) => journal.append(entry('a\u2028b')));
    await withJournal(async (journal) => assert.deepEqual(await all(journal.entries()), [entry('a\u2028b')]));
  });
});
