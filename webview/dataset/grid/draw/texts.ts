/** Texts that are cut to a width, and remembered, since measuring them takes longer than drawing them. */

interface Measuring {
  measureText(text: string): { readonly width: number };
}

const MOST = 5_000;

export function createTexts() {
  const widths = new Map<string, number>();
  const cut = new Map<string, string>();

  function widthOf(context: Measuring, text: string): number {
    let width = widths.get(text);
    if (width === undefined) {
      if (widths.size > MOST) widths.clear();
      ({ width } = context.measureText(text));
      widths.set(text, width);
    }
    return width;
  }

  /** The longest start of a text that fits, by halving. */
  function shortened(context: Measuring, text: string, room: number): string {
    let [fits, tooLong] = [0, text.length];
    while (tooLong - fits > 1) {
      const middle = (fits + tooLong) >> 1;
      if (context.measureText(`${text.slice(0, middle)}…`).width <= room) fits = middle;
      else tooLong = middle;
    }
    return `${text.slice(0, fits).trimEnd()}…`;
  }

  return {
    widthOf,
    fitted(context: Measuring, text: string, room: number): string {
      if (widthOf(context, text) <= room) return text;
      const key = `${Math.floor(room)} ${text}`;
      let found = cut.get(key);
      if (found === undefined) {
        if (cut.size > MOST) cut.clear();
        found = shortened(context, text, room);
        cut.set(key, found);
      }
      return found;
    },
    /** The font is another. */
    forget(): void {
      widths.clear();
      cut.clear();
    },
  };
}
