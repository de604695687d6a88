/** A real VS Code window on a fresh workspace: code-server with a new profile, shown in Chromium. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { chromiumScript, serverScript } from '../support/scripts';
import { project, root } from '../support/shared';
import { LIMIT_MS } from '../support/wait';
import { textsOf } from './workbench';

export const LIGHT = 'Default Light Modern';
export const DARK = 'Default Dark Modern';
export const HIGH_CONTRAST = 'Default High Contrast';
export const HIGH_CONTRAST_LIGHT = 'Default High Contrast Light';

export interface WindowOptions {
  /** User settings. */
  readonly settings?: Record<string, unknown>;
  /** Files of the workspace by their path in it, with the files or folders to copy them from. */
  readonly files?: Record<string, string>;
  readonly viewport?: { width: number; height: number };
  /** VSIX to install in place of the project's folder. */
  readonly vsix?: string;
  /** The server asks for trust of the workspace. */
  readonly trust?: boolean;
}

export interface Window {
  readonly page: Page;
  /** Errors that the browser has met. */
  readonly complaints: readonly string[];
  /** The workspace's folder. */
  readonly folder: string;
  /** Process id of the server, the parent of all others. */
  readonly pid: number;
  /** Changes user settings. The window takes them a moment later. */
  configure(settings: Record<string, unknown>): void;
  close(): Promise<void>;
}

/** The scenes of the demo, under `scenes`. */
export const SCENES = { scenes: project('media', 'demo', 'scenes') };

/** Results that don't depend on the machine, and no hover over what is to be clicked next. */
const SETTINGS = { 'groupCam.device': 'cpu', 'workbench.hover.delay': 600_000 };

/**
 * For a `describe`: a window for its tests, which is pictured when one of them fails.
 *
 * @param options or what makes them, as the suite's first hook
 * @returns the window, which is there from that hook on
 */
export function useWindow(options: WindowOptions | ((context: Mocha.Context) => WindowOptions) = {}): Window {
  let opened: Window | undefined;
  before(async function () {
    opened = await openWindow(typeof options === 'function' ? options(this) : options);
  });
  afterEach(function () {
    return keepFailure(this, opened);
  });
  after(() => opened?.close());
  const window = () => {
    if (!opened) throw new Error('the window is not open yet');
    return opened;
  };
  return {
    get page() {
      return window().page;
    },
    get complaints() {
      return window().complaints;
    },
    get folder() {
      return window().folder;
    },
    get pid() {
      return window().pid;
    },
    configure: (settings) => window().configure(settings),
    close: () => window().close(),
  };
}

/** Suites of several files, one after another in one window. */
export function inOneWindow(
  options: Parameters<typeof useWindow>[0],
  suites: readonly ((window: Window) => void)[],
): void {
  const window = useWindow(options);
  for (const suite of suites) suite(window);
}

export async function openWindow(options: WindowOptions = {}): Promise<Window> {
  const parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'group-cam-ui-')));
  const folder = path.join(parent, 'demo');
  for (const [name, source] of Object.entries(options.files ?? SCENES)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    cpSync(source, path.join(folder, name), { recursive: true });
  }
  const { startServer, installVsix } = await serverScript();
  const { launchChromium } = await chromiumScript();
  const server = await startServer({
    extensions: options.vsix ? [] : [root],
    settings: { 'workbench.colorTheme': LIGHT, ...SETTINGS, ...options.settings },
    trust: options.trust ?? false,
  });
  if (options.vsix) await installVsix(server, options.vsix);
  const browser = await launchChromium();
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1400, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  const close = async () => {
    // Leaving the page first lets the server end its extension host at once.
    await page.goto('about:blank');
    await browser.close();
    await server.stop();
    rmSync(parent, { recursive: true, force: true });
  };
  const configure = (settings: Record<string, unknown>) => {
    // Those of the machine win over the user's, and a server has both from the start.
    for (const scope of ['User', 'Machine']) {
      const file = path.join(server.userData, scope, 'settings.json');
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...settings }, null, 2));
    }
  };
  await page.goto(server.url(folder));
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  return { page, complaints, folder, pid: server.pid, configure, close };
}

/** A picture of the window among the test results. */
export async function screenshot({ page }: Window, name: string): Promise<string> {
  const file = project('test-results', 'screenshots', `${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
  await page.screenshot({ path: file });
  return file;
}

/** For `afterEach`: what the window looked like when a test failed, as a picture and in words. */
export async function keepFailure({ currentTest }: Mocha.Context, window: Window | undefined): Promise<void> {
  if (!window || currentTest?.state !== 'failed') return;
  await screenshot(window, `failed ${currentTest.fullTitle()}`);
  for (const line of await textsOf(window.page)) console.log(`      ${line}`);
  for (const complaint of window.complaints) console.log(`      ${complaint.slice(0, 500)}`);
}
