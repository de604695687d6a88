/** The pictures and thumbnails of a panel: fetched when they are needed, and again when their files change. */
import type * as vscode from 'vscode';
import { toExplainError } from '../core/errors';
import type { WindowEngine } from './engine';
import { enginePicture, type ImageFile, loadPicture, loadThumbnail } from './image-file';
import type { Log } from './log';
import type { PanelEvent, PanelState } from './panel-state';

export interface PanelPictures {
  showActive(): void;
  /** What could not be shown before may be shown now: a workspace is trusted, a file is repaired. */
  showMissing(): void;
  /** The engine's copy of the image in front, which browsers can't decode. */
  showByEngine(): void;
  /** These have changed on disk. */
  reload(indices: readonly number[]): void;
}

export interface PictureOptions {
  readonly images: readonly ImageFile[];
  readonly webview: vscode.Webview;
  readonly engine: WindowEngine;
  readonly log: Log;
  /** False once the panel is closed. */
  isOpen(): boolean;
  state(): PanelState;
  dispatch(event: PanelEvent): void;
}

export function createPanelPictures(options: PictureOptions): PanelPictures {
  const { images, webview, engine, log, isOpen, state, dispatch } = options;
  /** Raised with every change of a file; a picture of an older version is dropped. */
  const versions = images.map(() => 0);

  async function show(
    image: number,
    fetch = (file: ImageFile, version: number) => loadPicture(file, webview, engine, version),
  ): Promise<void> {
    const version = versions[image]!;
    try {
      const loaded = await fetch(images[image]!, version);
      if (version === versions[image]) dispatch({ type: 'picture', image, ...loaded });
    } catch (thrown) {
      const { code, message } = toExplainError(thrown);
      log.error(toExplainError(thrown));
      dispatch({ type: 'failed', image, run: state().images[image]!.run, slot: 0, code, message });
    }
  }

  async function showThumbnails(indices: readonly number[]): Promise<void> {
    if (images.length < 2) return;
    for (const image of indices) {
      if (!isOpen()) return;
      try {
        dispatch({ type: 'thumbnail', image, thumbnail: await loadThumbnail(images[image]!, engine) });
      } catch (thrown) {
        // The strip shows the name in its place; why it can't be read is shown when its turn comes.
        log.warn(toExplainError(thrown).message);
      }
    }
  }

  function showActive(): void {
    const { images: shown, active } = state();
    if (!shown[active]?.picture) void show(active);
  }

  return {
    showActive,
    showMissing: () => {
      showActive();
      void showThumbnails(state().images.flatMap(({ thumbnail }, image) => (thumbnail ? [] : [image])));
    },
    showByEngine: () => void show(state().active, (file) => enginePicture(file, engine)),
    reload: (indices) => {
      for (const image of indices) {
        versions[image]! += 1;
        if (state().images[image]?.picture || image === state().active) void show(image);
      }
      void showThumbnails(indices);
    },
  };
}
