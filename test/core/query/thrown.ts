import assert from 'node:assert/strict';
import { ExplainError } from '../../../src/core/errors';

/** What a function throws; another error than the product's own has the code `other`. */
export function thrownBy(act: () => unknown): { readonly code: string; readonly message: string } {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof ExplainError) return thrown;
    return { code: 'other', message: String(thrown) };
  }
  return assert.fail('nothing was thrown');
}
