/** What the codes of the system's errors say, such as those that `stat` and `open` throw. */

export const hasCode = (thrown: unknown, ...codes: readonly string[]): boolean =>
  thrown instanceof Error && 'code' in thrown && codes.includes(String(thrown.code));

/** Whether nothing is there under the path, be it the file that is missing or a folder above it (which may be a file). */
export const isAbsent = (thrown: unknown): boolean => hasCode(thrown, 'ENOENT', 'ENOTDIR');
