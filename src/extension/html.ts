/** The documents that webviews start from; the scripts build everything in them. Pure. */
import { randomBytes } from 'node:crypto';
import { escapeMarkup } from '../protocol/plain-text';

export interface Page {
  readonly title: string;
  /** Addresses that the webview may load, and the source that its policy allows. */
  readonly script: string;
  readonly style: string;
  readonly cspSource: string;
  /** What the page puts into its saved state for the host, so that the panel can be restored. */
  readonly restore?: string;
}

export function pageHtml({ title, script, style, cspSource, restore }: Page, nonce = makeNonce()): string {
  const policy = [
    `default-src 'none'`,
    `img-src ${cspSource} blob: data:`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    // A worker is made of the text of its script, since webviews can't load one by its address.
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
