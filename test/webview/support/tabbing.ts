/** What a page is by the Tab key alone. */
import type { Page } from 'playwright-core';
import { drawn } from './page';

/** More stops than any page has. */
const MOST = 500;

/**
 * Walks through a page by Tab, from its beginning to its end.
 *
 * @returns a line for each control that is not reached, has no name, or does not show that it has the focus
 */
export async function faultsByTab(page: Page): Promise<string[]> {
  const faults = new Set<string>();
  await page.evaluate(focusStart);
  // A field that closes when it loses the focus has made place for something else.
  await drawn(page);
  await page.evaluate(note);
  for (let stop = 0; stop < MOST; stop++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(look);
    if (found === 'end') return [...faults, ...(await page.evaluate(end))];
    for (const fault of found) faults.add(fault);
  }
  return [...faults, `the focus does not leave the page in ${MOST} stops`];
}

/** Runs in the page: the focus is before its first control. */
function focusStart(): void {
  const start = document.createElement('span');
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
}

/** Runs in the page: what controls look like without the focus is noted. */
function note(): void {
  const start = document.activeElement;
  const all = (root: Document | ShadowRoot): Element[] =>
    [...root.querySelectorAll('*')].flatMap((element) => [
      element,
      ...(element.shadowRoot ? all(element.shadowRoot) : []),
    ]);
  const lookOf = (element: Element): string =>
    [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]
      .map((part) => {
        const { outline, boxShadow, borderColor, background } = getComputedStyle(part);
        return [outline, boxShadow, borderColor, background].join('; ');
      })
      .join('\n');
  const describe = (element: Element): string => {
    const { testid } = (element as HTMLElement).dataset;
    return `${element.localName}${testid ? ` ${testid}` : ''} "${(element.textContent ?? '').trim().slice(0, 30)}"`;
  };
  const noted = new Set<Element>();
  for (const element of document.querySelectorAll('*')) {
    if (!element.shadowRoot && !element.matches('a, button, input, select, textarea, summary, [tabindex], [role]'))
      continue;
    for (const one of [element, element.parentElement, element.closest('label')]) if (one) noted.add(one);
  }
  const looks = new Map([...noted].map((element) => [element, lookOf(element)]));
  Object.assign(window, { tabbing: { start, looks, lookOf, describe, seen: new Set<Element>() } });
}

interface Tabbing {
  /** An element of the walk's own. */
  readonly start: Element;
  readonly looks: ReadonlyMap<Element, string>;
  readonly lookOf: (element: Element) => string;
  readonly describe: (element: Element) => string;
  readonly seen: Set<Element>;
}

/** Runs in the page: what is wrong with what has the focus. */
function look(): string[] | 'end' {
  const { looks, lookOf, describe, seen }: Tabbing = Reflect.get(window, 'tabbing');
  const element = document.activeElement;
  if (!element || element === document.body || seen.has(element)) return 'end';
  seen.add(element);
  const faults: string[] = [];
  const label = document.querySelector(`label[for="${CSS.escape(element.id)}"]`);
  const name =
    element.getAttribute('aria-label') ??
    (element.getAttribute('aria-labelledby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join('');
  const text = [name, label?.textContent, element.closest('label')?.textContent, element.textContent];
  if (!text.some((found) => found?.trim()) && !element.getAttribute('title'))
    faults.push(`${describe(element)}: no name`);
  const { width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0) faults.push(`${describe(element)}: has the focus and is not seen`);
  // What is drawn on a canvas shows the focus there.
  const isDrawn = element.matches('canvas') || element.querySelector('canvas') || element.closest('.grid');
  const around = element.closest('label') ?? element.parentElement ?? element;
  const isShown = [element, around].some((one) => looks.has(one) && lookOf(one) !== looks.get(one));
  if (!isDrawn && !isShown) faults.push(`${describe(element)}: does not show that it has the focus`);
  return faults;
}

/** Runs in the page: the controls that had no focus, apart from those that arrows lead to within a reached one. */
function end(): string[] {
  const { start, describe, seen }: Tabbing = Reflect.get(window, 'tabbing');
  start.remove();
  const CONTROLS =
    'a[href], button, input, select, textarea, summary, [tabindex], [role=button], [role=tab], [role=link]';
  const COMPOSITE =
    '[role=tablist], [role=toolbar], [role=listbox], [role=grid], [role=radiogroup], [role=menu], fieldset, [data-roving]';
  const reached = (element: Element): boolean => {
    if (seen.has(element)) return true;
    if (element instanceof HTMLInputElement && element.type === 'radio')
      return [...seen].some((other) => other instanceof HTMLInputElement && other.name === element.name);
    const composite = element.closest(COMPOSITE);
    return composite !== null && (seen.has(composite) || [...seen].some((other) => composite.contains(other)));
  };
  return [...document.querySelectorAll(CONTROLS)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter(
      (element) =>
        !element.matches(':disabled, [aria-disabled=true], [disabled], [tabindex="-1"]') && !element.closest('[inert]'),
    )
    .filter((element) => !reached(element))
    .map((element) => `${describe(element)}: Tab does not lead to it`);
}
