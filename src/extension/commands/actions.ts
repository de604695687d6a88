/** The actions that the interface offers after a failure, by its code, and for a blank map. Pure. */

import type { ErrorCode } from '../../core/error-codes';
import type { Action, ComparedBy } from '../../protocol/webview';

type ActionId = Action['id'];

const TITLES: Readonly<Record<ActionId, string>> = {
  'choose-model': 'Choose Model…',
  'previous-model': 'Use the Model Before',
  'choose-layer': 'Choose Layer…',
  'choose-class': 'Choose Class…',
  'choose-device': 'Choose Device…',
  'choose-method': 'Choose Method…',
  compare: 'Change Comparison…',
  retry: 'Try Again',
  'show-log': 'Show Log',
  trust: 'Manage Workspace Trust',
  'gradient-free': 'Use the Gradient-Free Variant',
};

const ACTIONS: Readonly<Record<ErrorCode, readonly ActionId[]>> = {
  'model-missing': ['choose-model', 'previous-model', 'retry'],
  'model-unreadable': ['choose-model', 'previous-model', 'retry'],
  'model-too-large': ['choose-model', 'previous-model'],
  'model-untrusted': ['trust'],
  'external-data-missing': ['retry', 'choose-model', 'previous-model'],
  'external-data-outside': ['choose-model', 'previous-model'],
  'no-image-input': ['choose-model', 'previous-model'],
  'several-image-inputs': ['choose-model', 'previous-model'],
  'inputs-unknown': ['choose-model', 'previous-model'],
  'no-scores': ['choose-model', 'previous-model', 'retry'],
  'no-spatial-layer': ['choose-model', 'previous-model'],
  'unknown-layer': ['choose-layer'],
  'unknown-class': ['choose-class'],
  'ambiguous-class': ['choose-class'],
  'labels-unreadable': ['choose-model', 'retry'],
  'labels-length': ['choose-model', 'retry'],
  'annotations-invalid': [],
  'mapping-invalid': [],
  'sidecar-invalid': ['retry', 'choose-model'],
  'unsupported-operator': ['choose-layer', 'gradient-free'],
  'not-connected': ['choose-layer'],
  'gradient-rule': ['choose-layer', 'gradient-free', 'show-log'],
  'method-unsuitable': ['choose-method', 'choose-layer'],
  'no-weights': ['choose-model', 'previous-model'],
  'export-failed': [],
  'image-missing': ['retry'],
  'image-unreadable': ['retry'],
  'image-too-large': [],
  'tensor-unreadable': [],
  'tensor-shape': [],
  'output-unwritable': [],
  'output-clash': [],
  'output-taken': [],
  'sidecar-exists': [],
  'setting-unwritable': [],
  'device-unavailable': ['choose-device'],
  'cuda-failed': ['show-log'],
  'runtime-missing': ['show-log', 'retry'],
  'codec-missing': ['show-log', 'retry'],
  'runtime-failed': ['retry', 'choose-device', 'show-log'],
  'not-finite': ['choose-device', 'show-log'],
  'out-of-memory': ['retry', 'choose-model', 'previous-model'],
  'bad-option': ['retry'],
  'list-invalid': [],
  'evaluation-differs': [],
  'evaluation-running': [],
  'journal-invalid': [],
  'protocol-version': ['show-log'],
  'engine-crashed': ['retry', 'show-log'],
  'engine-start': ['retry', 'show-log'],
  timeout: ['retry', 'show-log'],
  cancelled: ['retry'],
  'query-invalid': [],
  'list-forgotten': [],
  'dataset-invalid': [],
  'run-file-invalid': [],
  'run-file-newer': [],
  'run-file-busy': [],
  'run-file-unwritable': [],
  'model-changed': [],
  'work-failed': [],
  'not-trainable': [],
  'training-damaged': [],
  'training-differs': [],
  'training-diverged': [],
  'node-too-old': [],
  'queue-address': [],
  'queue-unreachable': ['retry'],
  'job-refused': [],
  'plan-differs': [],
  'shared-invalid': [],
  internal: ['retry', 'show-log'],
};

/** Actions that are not offered in a comparison, since each cell has its own value for what they change. */
const FIXED: Readonly<Record<ComparedBy, readonly ActionId[]>> = {
  methods: ['choose-method', 'gradient-free'],
  layers: ['choose-layer'],
  classes: ['choose-class'],
  models: ['choose-model', 'previous-model', 'choose-layer'],
};

/** @param by what is compared, if the failed explanation is part of a comparison */
export function actionsFor(code: ErrorCode, by?: ComparedBy): readonly Action[] {
  return titled(ACTIONS[code], by);
}

/** The actions for a blank map. */
export const actionsForBlank = (by?: ComparedBy): readonly Action[] => titled(['choose-class', 'choose-method'], by);

function titled(wanted: readonly ActionId[], by?: ComparedBy): readonly Action[] {
  const fixed = by ? FIXED[by] : [];
  const ids = wanted.map((id) => (fixed.includes(id) ? 'compare' : id));
  return [...new Set(ids)].map((id) => ({ id, title: TITLES[id] }));
}
