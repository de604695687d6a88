/** Writes a large file over another again and again, until it is killed. */
import { outputsBeside } from '../../src/files/output';

async function main([, , file]: readonly string[]): Promise<void> {
  for (;;) await outputsBeside([]).write(file!, Buffer.alloc(2 ** 23, 'new'));
}

void main(process.argv);
