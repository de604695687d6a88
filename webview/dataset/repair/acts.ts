/** What the user does with repairs, and what the host tells of them. */
import { batch } from '@preact/signals';
import { reasonOf } from '../../../src/core/errors';
import type { FromDatasetPage, ToDatasetPage } from '../../../src/protocol/dataset-page';
import { canGoOn, canStop, type RepairInfo } from '../../../src/protocol/training';
import { renderNow } from '../../mount';
import type { Ask } from '../requests';
import type { Saving } from '../saving';
import type { Store } from '../store';
import { type Draft, draftFor, draftOf, keptDraft, optionsOf } from './draft';
import { withLosses } from './state';

interface Parts {
  readonly store: Store;
  readonly saving: Saving;
  readonly ask: Ask;
  readonly post: (message: FromDatasetPage) => void;
  /** Says what went wrong. */
  readonly failed: (thrown: unknown) => void;
}

export type RepairActions = ReturnType<typeof createRepairActions>;

export function createRepairActions({ store, saving, ask, post, failed }: Parts) {
  const { repairs } = store;

  function keep(draft: Draft | undefined): void {
    saving.keep({ draft: draft && { ...draft } });
  }
  const draft = () => keptDraft(saving.saved.peek().draft);

  function open(next: Draft): void {
    batch(() => {
      repairs.refused.value = undefined;
      repairs.output.value = undefined;
      saving.keep({ page: 'repair', draft: { ...next } });
    });
    const version = store.versionId.peek();
    if (version !== undefined) post({ type: 'output', version });
    // What was clicked may be gone with the page before.
    renderNow();
    document.getElementById('repair-form')?.focus();
  }

  function took(repair: RepairInfo): void {
    batch(() => {
      repairs.known.value = new Map(repairs.known.peek()).set(repair.repair, repair);
      const before = repairs.losses.peek();
      const losses = withLosses(before.get(repair.repair) ?? new Map(), repair);
      repairs.losses.value = new Map(before).set(repair.repair, losses);
    });
  }

  /** The repair that is shown. */
  const shown = (): RepairInfo | undefined => shownOf(repairs.known.peek(), repairs.chosen.peek());

  /** Asks for all repairs of the run file. */
  async function load(): Promise<void> {
    try {
      const all = await ask('repairs', {});
      batch(() => {
        repairs.known.value ??= new Map();
        for (const repair of all) took(repair);
      });
    } catch (thrown) {
      failed(thrown);
    }
  }

  async function finish(repair: RepairInfo): Promise<void> {
    await ask('finishRepair', { repair: repair.repair }).catch(failed);
  }
  async function goOn({ repair, state, work }: RepairInfo): Promise<void> {
    const isHeld = state === 'paused' && work !== undefined;
    await (isHeld ? ask('resume', { work }) : ask('goOn', { repair })).catch(failed);
  }

  return {
    draft,
    load,
    /** Opens the form for the rows of a query. */
    openFor(query: string): void {
      const info = store.info.peek();
      if (info) open(draftFor(query, info));
    },
    /** Opens the form with what a repair was asked, for another file. */
    again: (repair: RepairInfo) => open(draftOf(repair)),
    close: () => keep(undefined),
    change(change: Partial<Draft>): void {
      const before = draft();
      repairs.refused.value = undefined;
      if (before) keep({ ...before, ...change });
    },
    /** Asks the host whether the file that is written can be that of a new model, or the user for one. */
    checkOutput(output: string, choose = false): void {
      const version = store.versionId.peek();
      if (version !== undefined) post({ type: 'output', version, output, ...(choose && { choose }) });
    },
    output({ version, output, fault }: Extract<ToDatasetPage, { type: 'output' }>): void {
      const before = draft();
      if (!before || version !== store.versionId.peek()) return;
      batch(() => {
        repairs.output.value = { output, ...(fault !== undefined && { fault }) };
        keep({ ...before, output });
      });
    },
    async begin(from: Draft, watched: readonly number[]): Promise<void> {
      const version = store.versionId.peek();
      if (version === undefined) return;
      const { train, heldOut, output, pasted } = from;
      repairs.refused.value = undefined;
      try {
        const { repair } = await ask('repair', {
          ...{ version, train: train.trim(), heldOut: heldOut.trim() },
          ...{ options: optionsOf(from), watched: [...watched], output, pasted: pasted === 'yes' },
        });
        batch(() => {
          repairs.chosen.value = repair;
          keep(undefined);
        });
        await load();
      } catch (thrown) {
        repairs.refused.value = reasonOf(thrown);
        store.spoken.value = repairs.refused.value;
      }
    },
    took,
    removed(repair: number): void {
      const next = new Map(repairs.known.peek());
      next.delete(repair);
      repairs.known.value = next;
    },
    choose(repair: number): void {
      repairs.chosen.value = repair;
    },
    async pause({ work }: RepairInfo): Promise<void> {
      if (work !== undefined) await ask('pause', { work }).catch(failed);
    },
    finish,
    goOn,
    /** The same of the repair that is shown, at the wish of a command. */
    finishShown: () => void withShown(canStop, finish),
    goOnShown: () => void withShown(canGoOn, goOn),
    /** The host asks whether it is meant. */
    remove: ({ repair }: RepairInfo) => post({ type: 'removeRepair', repair }),
    /** Compares the versions before and after. */
    compare({ version, added }: RepairInfo): void {
      if (added !== undefined) saving.keep({ compared: [version, added] });
    },
  };

  function withShown(can: (repair: RepairInfo) => boolean, act: (repair: RepairInfo) => Promise<void>) {
    saving.keep({ page: 'repair' });
    const repair = shown();
    if (repair && can(repair)) return act(repair);
    return undefined;
  }
}

/** The repair that was chosen, otherwise the newest. */
export function shownOf(
  known: ReadonlyMap<number, RepairInfo> | undefined,
  chosen: number | undefined,
): RepairInfo | undefined {
  return (chosen === undefined ? undefined : known?.get(chosen)) ?? newestFirst(known)[0];
}

export const newestFirst = (known: ReadonlyMap<number, RepairInfo> | undefined): readonly RepairInfo[] =>
  [...(known?.values() ?? [])].toSorted((a, b) => b.repair - a.repair);

export const isActive = ({ state }: RepairInfo): boolean => state === 'waiting' || state === 'running';
