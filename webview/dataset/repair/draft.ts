/** What the form of a repair has: texts, as the user writes them. Pure. */
import { printQuery, quoted } from '../../../src/core/query/print';
import type { Condition } from '../../../src/core/query/query';
import type { RunInfo } from '../../../src/protocol/dataset';
import { NUMBER_NAMES, type TrainingNumber } from '../../../src/protocol/params/training-options';
import {
  ARMS,
  type Arm,
  BALANCES,
  type Balance,
  type RepairChoice,
  type TrainingOptions,
  trainingDefaults,
} from '../../../src/protocol/training';
import { chipsOf } from '../query/edit';
import { parsedOf } from '../query/parsed';

export interface Draft extends Readonly<Record<TrainingNumber, string>> {
  /** The query of the rows that it is about; empty if it is about none in particular. */
  readonly subject: string;
  readonly train: string;
  readonly heldOut: string;
  /** Query of the images whose maps are shown; empty if the runner chooses them. */
  readonly watch: string;
  readonly output: string;
  readonly arm: Arm;
  readonly balance: Balance;
  /** Whether images are mirrored and shifted at random. */
  readonly augment: Switch;
  /** Whether the regions of suspicious clusters are pasted into other images. */
  readonly pasted: Switch;
}

/** As it is kept with the texts of the form. */
type Switch = 'yes' | 'no';
const switchOf = (isOn: boolean): Switch => (isOn ? 'yes' : 'no');

/** The numbers of an arm as they are unless the user says otherwise. */
const numbersOf = (options: TrainingOptions) =>
  Object.fromEntries(NUMBER_NAMES.map((name) => [name, String(options[name])])) as Pick<Draft, TrainingNumber>;

const defaultsOf = ({ arm, pasted }: Pick<Draft, 'arm' | 'pasted'>) => {
  const options = trainingDefaults(arm, pasted === 'yes');
  return { ...numbersOf(options), ...switchesOf(options) };
};

/** The draft with another arm, or with regions pasted or not. What the user has left as it was follows. */
export function withChoice(draft: Draft, change: Partial<Pick<Draft, 'arm' | 'pasted'>>): Draft {
  const after = { ...draft, ...change };
  const before: Readonly<Record<string, string>> = defaultsOf(draft);
  const followed = Object.entries(defaultsOf(after)).filter(([name]) => draft[name as keyof Draft] === before[name]);
  return { ...after, ...Object.fromEntries(followed) };
}

const switchesOf = ({ balance, augment }: TrainingOptions): Pick<Draft, 'balance' | 'augment'> => ({
  balance,
  augment: switchOf(augment),
});

/** Names of splits that are for training, and for what training must not see. */
const TRAIN = ['train', 'training'];
const HELD_OUT = ['val', 'valid', 'validation', 'dev', 'test'];

/**
 * The form for the rows of a query, filled in so that it can be used as it is. For a cluster or a tag all images are
 * trained on, the last layer alone, and each class within each group counts equally: what the rows have in common then no
 * longer tells the class. For another query its rows are trained on.
 */
export function draftFor(subject: string, info: Pick<RunInfo, 'splits' | 'clusters'>): Draft {
  const find = (names: readonly string[]) =>
    names.map((name) => splitOf(info, name)).find((split) => split !== undefined);
  const [train, heldOut] = [find(TRAIN), find(HELD_OUT)];
  const hasSplits = train !== undefined && heldOut !== undefined;
  const group = groupOf(subject);
  const isGroup = group !== undefined;
  // Of the most suspicious cluster the runner shows some images beside others.
  const isMost = group?.kind === 'cluster' && info.clusters.some(({ suspicious }) => suspicious[0] === group.name);
  const isSuspicious =
    group?.kind === 'cluster' && info.clusters.some(({ suspicious }) => suspicious.includes(group.name));
  const options = trainingDefaults('head', isSuspicious);
  return {
    subject,
    train: subject !== '' && !isGroup ? subject : hasSplits ? `split = ${quoted(train)}` : '',
    heldOut: hasSplits && (subject === '' || isGroup) ? `split = ${quoted(heldOut)}` : '',
    watch: subject === '' || isMost ? '' : withLimit(subject, 6),
    output: '',
    arm: options.arm,
    ...switchesOf(options),
    pasted: switchOf(isSuspicious),
    ...numbersOf(options),
  };
}

const splitOf = ({ splits }: Pick<RunInfo, 'splits'>, wanted: string) =>
  splits.find((split) => split.toLowerCase() === wanted);

/** The cluster or tag that a query is about, if it is about one alone. */
export function groupOf(query: string): Extract<Condition, { kind: 'cluster' | 'tag' }> | undefined {
  const parsed = parsedOf(query);
  if (!('query' in parsed)) return undefined;
  const [only, ...others] = chipsOf(parsed.query);
  return (only?.kind === 'cluster' || only?.kind === 'tag') && only.is && others.length === 0 ? only : undefined;
}

function withLimit(query: string, limit: number): string {
  const parsed = parsedOf(query);
  return 'query' in parsed
    ? printQuery({ ...parsed.query, limit: Math.min(parsed.query.limit ?? limit, limit) })
    : query;
}

/** What the form is about, in words. */
export function subjectText(subject: string): string {
  const group = groupOf(subject);
  return group ? `${group.kind === 'tag' ? 'tag ' : ''}${group.name}` : subject;
}

/** The draft of a repair that is asked for again, to another file. */
export function draftOf({ train, heldOut, options, pasted }: RepairChoice): Draft {
  const { arm } = options;
  return {
    ...{ subject: '', train, heldOut, watch: '', output: '', arm },
    ...switchesOf(options),
    pasted: switchOf(pasted),
    ...numbersOf(options),
  };
}

export function optionsOf(draft: Draft): TrainingOptions {
  const { arm, balance, augment } = draft;
  const numbers = Object.fromEntries(NUMBER_NAMES.map((name) => [name, Number(draft[name])]));
  return { ...trainingDefaults(arm, draft.pasted === 'yes'), ...numbers, balance, augment: augment === 'yes' };
}

/** What the page has kept; undefined if that is no draft. */
export function keptDraft(kept: Readonly<Record<string, string>> | undefined): Draft | undefined {
  if (!kept) return undefined;
  const arm = ARMS.find((each) => each === kept['arm']);
  const balance = BALANCES.find((each) => each === kept['balance']);
  if (!arm || !balance) return undefined;
  const text = (name: keyof Draft) => kept[name] ?? '';
  const numbers = numbersOf(trainingDefaults(arm));
  return {
    ...{ arm, balance, subject: text('subject'), train: text('train'), heldOut: text('heldOut') },
    ...{ watch: text('watch'), output: text('output') },
    ...numbers,
    ...Object.fromEntries(NUMBER_NAMES.flatMap((name) => (name in kept ? [[name, text(name)]] : []))),
    augment: switchOf((kept['augment'] ?? switchesOf(trainingDefaults(arm)).augment) === 'yes'),
    pasted: switchOf(kept['pasted'] === 'yes'),
  };
}
