/**
 * The tab that explains rows of a run file, one after another. It is an explanation panel with a model of its own: that
 * of the row's version.
 */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { datasetErrors } from '../../../core/dataset-errors';
import type { Row, RunInfo } from '../../../protocol/dataset';
import { oneLine } from '../../../protocol/plain-text';
import type { WindowEngine } from '../../engine';
import type { Editors, FirstOfWalk } from '../../explanation/editor';
import { nameOf } from '../../images/targets';
import type { CurrentModel } from '../../model/model';
import { createOwnModel, type OwnModel } from '../../model/own-model';
import type { Panel } from '../../panel/panel-types';
import type { Session } from '../run/session';
import type { Sessions } from '../run/sessions';
import { placeText } from './query-words';
import { type Found, type Place, type Question, questionOf, questionOfBoth, rowAt, rowBeside } from './walk';
import { type KeptWalk, walkText } from './walk-state';

export interface Walk {
  /** Explains a row in the walk's tab, which is opened if there is none. */
  open(run: string, place: Place): Promise<void>;
  /** Explains the next row of the list, or another one by so many steps; says where the list ends. */
  step(steps: number): Promise<void>;
  /** Fills the tab of a walk again after a reload of the window. */
  restore(webviewPanel: vscode.WebviewPanel, kept: KeptWalk): void;
  isWalk(panel: Panel | undefined): boolean;
}

interface Walking {
  readonly panel: Panel;
  readonly model: OwnModel;
  readonly session: Session;
  /** The folder that the page may load images from. */
  readonly root: string;
  place: Place;
}

export interface WalkServices {
  readonly engine: WindowEngine;
  readonly model: CurrentModel;
  readonly sessions: Sessions;
  readonly editors: Editors;
  /** Tells the pages of a run file which row is shown. */
  walked(run: string, item: number): void;
}

export function createWalk({ engine, model: inUse, sessions, editors, walked }: WalkServices): Walk {
  let walking: Walking | undefined;
  /** Raised with each step, so that of several quick ones the last counts. */
  let turn = 0;

  /** Makes the tab, or takes over one that VS Code has restored. */
  function start(
    of: Pick<KeptWalk, 'run' | 'root' | 'place' | 'model'>,
    first: FirstOfWalk,
    tab?: vscode.WebviewPanel,
  ) {
    const { run, root, place } = of;
    const { session, release } = sessions.use(run);
    const model = createOwnModel(engine, of.model);
    const panel = editors.openWalk(first, vscode.Uri.file(root), model, tab);
    const mine: Walking = { panel, model, session, root, place };
    walking = mine;
    panel.webviewPanel.onDidDispose(() => {
      release();
      model.dispose();
      if (walking === mine) walking = undefined;
    });
    return mine;
  }

  async function ask(session: Session, info: RunInfo, row: Row, { version, sides }: Place): Promise<Question> {
    if (!sides) return questionOf(info, version, row, inUse.choice());
    const [a] = sides;
    const first = a === version ? row : (await session.call('row', { version: a, item: row.item })).row;
    return questionOfBoth(info, sides, first, inUse.choice());
  }

  async function show(run: string, session: Session, { row, place, count }: Found): Promise<void> {
    const info = await session.ready();
    const { file, model, wanted, truth } = await ask(session, info, row, place);
    for (const { path } of [model, ...wanted.map((one) => one.model ?? {})]) {
      if (path === undefined || existsSync(path)) continue;
      throw datasetErrors.versionUnavailable(nameOf({ scheme: 'file', path }), `${path} is gone`);
    }
    const uri = vscode.Uri.file(file);
    const known = truth !== undefined && { truth };
    const image = { uri, ...known };
    if (walking && (walking.session.run !== run || walking.root !== info.root)) walking.panel.webviewPanel.dispose();
    const isNew = walking === undefined;
    const now = walking ?? start({ run, root: info.root, place, model }, { ...image, wanted });
    now.place = place;
    if (!isNew && JSON.stringify(now.model.choice()) !== JSON.stringify(model)) now.model.use(model);
    if (!isNew) await now.panel.replace(image, wanted);
    const names = place.sides ? ` (${wanted.map(({ title }) => title).join(' | ')})` : '';
    now.panel.webviewPanel.title = oneLine(`${placeText(place.position, count, place.query)}: ${nameOf(uri)}${names}`);
    now.panel.keep(walkText({ image: String(uri), run, root: info.root, model, place, ...known }));
    now.panel.webviewPanel.reveal();
    walked(run, place.item);
  }

  return {
    async open(run, place) {
      turn += 1;
      const mine = turn;
      const { session, release } = sessions.use(run);
      try {
        const found = await rowAt(session, place);
        if (mine === turn) await show(run, session, found);
      } finally {
        release();
      }
    },
    async step(steps) {
      if (!walking) return;
      const { session, place, panel } = walking;
      turn += 1;
      const mine = turn;
      const found = await rowBeside(session, place, steps);
      if (mine !== turn) return;
      if (found) return show(session.run, session, found);
      const text = steps > 0 ? 'That was the last one of the list.' : 'That was the first one of the list.';
      panel.send({ type: 'notice', text });
    },
    restore(tab, kept) {
      // Its list is made again with the first step.
      const { panel } = start(
        kept,
        { uri: vscode.Uri.parse(kept.image), ...(kept.truth !== undefined && { truth: kept.truth }) },
        tab,
      );
      panel.keep(walkText(kept));
    },
    isWalk: (panel) => panel !== undefined && walking?.panel === panel,
  };
}
