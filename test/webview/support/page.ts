/** A page of ours in plain Chromium: the real document and policy, with a stand-in for VS Code around it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { pageHtml } from '../../../src/extension/html';
import { project } from '../../support/shared';
import { LIMIT_MS } from '../../support/wait';
import { type Theme, variablesOf } from './themes';

const ORIGIN = 'https://webview.test';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.png': 'image/png',
};

/** How a page looks: what the user may change while it is open. */
export interface Look {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
}

export interface Options extends Look {
  /** What getState of an earlier page returned. */
  readonly saved?: unknown;
  readonly restore?: string;
  /** Other text for files that lie beside the page's script, by name; null: they are missing. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** What the host answers when it is asked for a thumbnail; without one it does not answer. */
  readonly thumbnail?: (index: number) => object | undefined;
  /** Pictures are served once this is settled. */
  readonly pictures?: Promise<unknown>;
  /** Fonts are served once this is settled; only then has the page loaded. */
  readonly fonts?: Promise<unknown>;
  /** A worker that stands in for the host: its script, and what it is told when the page is ready. */
  readonly host?: { readonly script: string; readonly setup: object };
}

export interface Webview {
  readonly page: Page;
  /** An element by its test id. What is done to it is over when the page has drawn what follows. */
  find(id: string): Locator;
  /** Presses keys, which may come faster than the page draws, and waits until it has drawn what follows. */
  press(...keys: string[]): Promise<void>;
  /** Sends a message as the host would. Arrays of numbers under some keys arrive as typed ones, see `deliver`. */
  send(message: object): Promise<void>;
  /** Changes theme and size, as their user does while the page is open. */
  look(look: Look): Promise<void>;
  /** What the page has told the host so far. */
  posted(): Promise<{ type: string; [key: string]: unknown }[]>;
  saved(): Promise<unknown>;
  /** Errors of the console, among them violations of the policy. */
  readonly errors: string[];
  close(): Promise<void>;
}

/** An address of a picture that the page may load. */
export const pictureUri = (...parts: string[]): string => `${ORIGIN}/${parts.join('/')}`;

export async function openPage(
  browser: Browser,
  name: 'editor' | 'classes' | 'dataset',
  options: Options = {},
): Promise<Webview> {
  const { theme = 'dark', width = 1000, height = 700 } = options;
  const context = await browser.newContext({ viewport: { width, height } });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.route(`${ORIGIN}/**`, async (route) => {
    const file = new URL(route.request().url()).pathname;
    if (file === '/') return route.fulfill({ contentType: 'text/html', body: documentOf(name, options.restore) });
    const type = TYPES[path.extname(file)];
    const other = options.files?.[file.slice(1)];
    if (other === null) return route.fulfill({ status: 404 });
    if (other !== undefined) return route.fulfill({ contentType: type ?? 'text/plain', body: other });
    const folder = file.endsWith('.png') ? '' : 'dist/webview';
    if (!folder) await options.pictures;
    if (file.endsWith('.ttf')) await options.fonts;
    await route.fulfill({ contentType: type ?? 'text/plain', body: readFileSync(project(folder, file)) });
  });
  const clothes = (worn: Theme): Clothes => {
    const variables = variablesOf(worn);
    const background = variables[`--vscode-${name === 'classes' ? 'sideBar' : 'editor'}-background`]!;
    return { variables, background, theme: worn };
  };
  await page.addInitScript(standIn, {
    clothes: clothes(theme),
    saved: options.saved,
    host: options.host,
  });
  await page.exposeFunction('answer', async (id: string, request: { type: string; index: number }) => {
    const result = request.type === 'thumbnail' ? options.thumbnail?.(request.index) : undefined;
    if (result) await page.evaluate((reply) => window.postMessage(reply, '*'), { type: 'reply', id, result });
  });
  await page.goto(`${ORIGIN}/`, { waitUntil: options.fonts ? 'commit' : 'load' });
  await page.waitForFunction(() => Reflect.get(window, 'posted').some((m: { type: string }) => m.type === 'ready'));
  return {
    page,
    errors,
    find: (id) => drawnAfter(page, page.getByTestId(id)),
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
      await drawn(page);
    },
    async send(message) {
      await page.evaluate(deliver, JSON.stringify(message));
      await drawn(page);
    },
    async look({ theme: worn = theme, width: wide = width, height: high = height }) {
      await page.setViewportSize({ width: wide, height: high });
      await page.evaluate((put) => Reflect.get(window, 'dress')(put), clothes(worn));
      await drawn(page);
    },
    posted: () => page.evaluate(() => Reflect.get(window, 'posted')),
    saved: () => page.evaluate(() => Reflect.get(window, 'saved')),
    close: () => context.close(),
  };
}

/** Two frames of the screen: one until the page draws, one until it has. Then what its worker paints for it. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForSelector('body:not([data-painting])', { state: 'attached' });
}

const ACTS = new Set<PropertyKey>(['click', 'dblclick', 'fill', 'focus', 'hover', 'press', 'pressSequentially']);

/** The same element, of which each act also waits until the page has drawn. */
export function drawnAfter(page: Page, locator: Locator): Locator {
  return new Proxy(locator, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (!ACTS.has(key)) return value.bind(target);
      return async (...given: unknown[]) => {
        await value.apply(target, given);
        await drawn(page);
      };
    },
  });
}

function documentOf(name: string, restore: string | undefined): string {
  const files = { script: `${ORIGIN}/${name}.js`, style: `${ORIGIN}/${name}.css`, cspSource: ORIGIN };
  return pageHtml({ title: name, ...files, ...(restore !== undefined && { restore }) });
}

/** What VS Code puts on a page for a theme. */
interface Clothes {
  readonly variables: Record<string, string>;
  /** What lies behind the page, which may be transparent. */
  readonly background: string;
  readonly theme: Theme;
}

interface Surroundings {
  readonly clothes: Clothes;
  readonly saved: unknown;
  readonly host: Options['host'];
}

/** Runs in the page before its own script. */
function standIn({ clothes, saved, host }: Surroundings) {
  /** What the stand-in for the host has been told and has not dealt with, by its id. */
  const underway = new Set<string>();
  Object.assign(window, { posted: [], saved, underway });
  const worker = host && new Worker(URL.createObjectURL(new Blob([host.script], { type: 'text/javascript' })));
  worker?.addEventListener('message', ({ data }) => {
    underway.delete(data.type === 'heard' ? data.what : data.id);
    window.dispatchEvent(new MessageEvent('message', { data }));
  });
  Object.assign(window, { host: worker });
  const api = {
    postMessage: (message: { type: string; id?: string; request?: { type: string; index: number } }) => {
      Reflect.get(window, 'posted').push(message);
      if (message.type === 'ready' && worker) {
        underway.add('setup');
        worker.postMessage(host?.setup);
      }
      if (message.type === 'ask' && worker) underway.add(message.id!);
      worker?.postMessage(message);
      if (message.type === 'request') Reflect.get(window, 'answer')?.(message.id, message.request);
    },
    getState: () => Reflect.get(window, 'saved'),
    setState: (state: unknown) => Reflect.set(window, 'saved', structuredClone(state)),
  };
  Reflect.set(window, 'acquireVsCodeApi', () => api);
  // VS Code's own sheet for webviews comes first, so ours wins over it.
  const defaults = new CSSStyleSheet();
  defaults.replaceSync(`@layer vscode {
    body { background: transparent; color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family);
           font-size: var(--vscode-font-size); margin: 0; padding: 0 20px; }
    img, video { max-width: 100%; max-height: 100%; }
  }`);
  document.adoptedStyleSheets = [defaults];
  const dress = ({ variables, background, theme }: Clothes) => {
    const { style } = document.documentElement;
    for (const name of [...style].filter((each) => each.startsWith('--vscode-'))) style.removeProperty(name);
    for (const [name, value] of Object.entries(variables)) style.setProperty(name, value);
    style.background = background;
    const { classList, dataset } = document.body;
    classList.remove(...[...classList].filter((each) => each.startsWith('vscode-')));
    classList.add(`vscode-${theme}`);
    // As VS Code does, for pages that know one kind of high contrast.
    if (theme === 'high-contrast-light') classList.add('vscode-high-contrast');
    dataset['vscodeThemeKind'] = `vscode-${theme}`;
  };
  Object.assign(window, { dress });
  document.addEventListener('readystatechange', () => {
    if (document.readyState === 'interactive') dress(clothes);
  });
}

function deliver(json: string): void {
  const floats = ['map', 'probabilities'];
  const bytes = ['from', 'to'];
  const message = JSON.parse(json, (key, value) => {
    if (!Array.isArray(value)) return value;
    if (floats.includes(key)) return Float32Array.from(value);
    return bytes.includes(key) ? Uint8Array.from(value) : value;
  });
  // At once: a message that is posted may come after the next frames of a busy machine.
  window.dispatchEvent(new MessageEvent('message', { data: structuredClone(message) }));
}
