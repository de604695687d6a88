/** The results for many images, in words. Pure. */
import type { StripItem } from '../../../src/protocol/webview';

export interface QueueText {
  /** `stopped` means that something was cancelled and nothing is running. */
  readonly kind: 'running' | 'stopped' | 'settled';
  readonly text: string;
}

export function queueText(strip: readonly StripItem[]): QueueText {
  const counts = { waiting: 0, working: 0, done: 0, failed: 0, cancelled: 0 };
  for (const { state } of strip) counts[state] += 1;
  const failed = counts.failed > 0 ? `, ${counts.failed} failed` : '';
  const text = `${counts.done} of ${strip.length} done${failed}`;
  if (counts.waiting + counts.working > 0) return { kind: 'running', text };
  return counts.cancelled > 0 ? { kind: 'stopped', text: `Stopped: ${text}` } : { kind: 'settled', text };
}
