/** What needs nothing but the demo, in one window: a user who starts with the keyboard and goes on with the mouse. */
import { entryPoints } from './demo/entry-points';
import { front } from './demo/front';
import { hidden } from './demo/hidden';
import { keyboard } from './demo/keyboard';
import { keys } from './demo/keys';
import { measure } from './demo/measure';
import { methodOptions } from './demo/method-options';
import { strip } from './demo/strip';
import { inOneWindow } from './harness';

describe('the demo', () =>
  inOneWindow({}, [keyboard, keys, entryPoints, hidden, strip, front, measure, methodOptions]));
