// The screen of code-server: an installed Chromium, driven by Playwright.
import { chromium } from 'playwright-core';
import { SetupError } from './run.mjs';
import { findChromium } from './system.mjs';

/**
 * @param {import('playwright-core').LaunchOptions} [options]
 */
export function launchChromium(options = {}) {
  const executablePath = findChromium();
  if (!executablePath) throw new SetupError('No Chromium or Chrome is installed.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    ...options,
  });
}
