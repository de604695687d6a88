/** What notes say of a dataset of which some images were drawn. */

export const drawnNote = (drawn: number, all: number): string => `${drawn} of ${all} images were drawn at random.`;

/** How many images were wanted, by the notes of a listing that does not say so otherwise. */
export function limitInNotes(notes: readonly string[]): number | undefined {
  for (const note of notes) {
    const [, drawn, all] = /^(\d+) of (\d+) /.exec(note) ?? [];
    if (drawn !== undefined && note === drawnNote(Number(drawn), Number(all))) return Number(drawn);
  }
  return undefined;
}
