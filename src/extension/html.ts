/** The HTML documents of webviews. Their content is built by scripts. Pure. */
import { randomBytes } from 'node:crypto';
import { escapeMarkup, oneLine } from '../protocol/plain-text';

export interface Page {
  readonly title: string;
  /** Addresses of the files that the webview loads, and the source that its content security policy allows. */
  readonly script: string;
  readonly style: string;
  readonly cspSource: string;
  /** Text that the page saves for the host, so that the panel can be restored. */
  readonly restore?: string;
}

export function pageHtml({ title, script, style, cspSource, restore }: Page, nonce = makeNonce()): string {
  const policy = [
    `default-src 'none'`,
    `img-src ${cspSource} blob: data:`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    // The page fetches the text of the worker's script, since webviews can't load a worker by its address.
    `connect-src ${cspSource}`,
    'worker-src blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(policy)}">
<!-- The toolkit probes for :focus-visible with an empty sheet that carries this nonce. -->
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<link rel="stylesheet" href="${escapeMarkup(style)}">
</head>
<body${restore === undefined ? '' : ` data-restore="${escapeMarkup(restore)}"`}>
<script nonce="${nonce}" src="${escapeMarkup(script)}"></script>
</body>
</html>
`;
}

function makeNonce(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * The HTML of a report for a webview without scripts. The policy comes before everything else in the document, so that
 * nothing of it escapes; the parser takes the document's own head as a continuation.
 */
export function reportHtml(html: string): string {
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
  return `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="${escapeMarkup(policy)}">${html}`;
}

/** A line in place of a report. */
export const failureHtml = (message: string): string => reportHtml(`<p>${escapeMarkup(oneLine(message))}</p>`);
