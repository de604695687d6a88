const script = document.currentScript;

/** The address of a file beside the page's script. */
export function besideScript(file: string): string {
  if (!(script instanceof HTMLScriptElement)) throw new Error('the page has no script of its own');
  return new URL(file, script.src).href;
}
