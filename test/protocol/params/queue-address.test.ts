import assert from 'node:assert/strict';
import { ExplainError } from '../../../src/core/errors';
import { parseAddress } from '../../../src/protocol/params/queue-address';

describe('protocol: the address of a queue', () => {
  it('names a Redis with user, password, database and TLS', () => {
    const { connection, shown } = parseAddress('rediss://an%20na:p%40ss@queue.example:7000/3');
    assert.deepEqual(connection, {
      kind: 'redis',
      options: {
        host: 'queue.example',
        port: 7000,
        db: 3,
        username: 'an na',
        password: 'p@ss',
        tls: { servername: 'queue.example' },
      },
    });
    assert.equal(shown, 'rediss://queue.example:7000/3');
  });

  it('has Redis at its usual port without TLS otherwise', () => {
    assert.deepEqual(parseAddress('redis://[::1]').connection, {
      kind: 'redis',
      options: { host: '::1', port: 6379, db: 0 },
    });
  });

  it('leaves the options of PostgreSQL to its driver, and out of what is shown', () => {
    const text = 'postgres://u:secret@h/db?sslmode=verify-full&password=other';
    const { connection, shown } = parseAddress(text);
    assert.deepEqual(connection, { kind: 'postgres', url: text });
    assert.equal(shown, 'postgres://h/db');
  });

  it('hides the password in every form in what others say', () => {
    const text = 'redis://u:p%40ss%20word@h';
    const { withoutSecrets } = parseAddress(text);
    assert.equal(withoutSecrets(`can't use ${text}: p@ss word, p%40ss%20word`), "can't use ***: ***, ***");
  });

  const cases: Readonly<Record<string, RegExp>> = {
    'secret-word': /it is not a URL/,
    'http://u:secret@h': /not by http:/,
    'redis://u:secret@h/zero': /number of a database/,
    'redis://u:secret@h/?tls=false': /nothing may follow/,
    'redis://u:secret%@h': /%25/,
    'redis:///tmp/secret': /names no host/,
  };
  for (const [text, reason] of Object.entries(cases))
    it(`refuses ${text} and repeats no secret`, () => {
      assert.throws(
        () => parseAddress(text),
        (thrown) =>
          thrown instanceof ExplainError &&
          thrown.code === 'queue-address' &&
          reason.test(thrown.message) &&
          !thrown.message.includes('secret'),
      );
    });
});
