/** What a query means, as far as the page can tell. */
import type { Query } from '../../../src/core/query/query';

export const parsedOf = (text: string): Query | undefined => (text === '' ? {} : undefined);
