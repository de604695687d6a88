/** The pictures and thumbnails of a panel. They are loaded when they are needed, and again when their files change. */
import type * as vscode from 'vscode';
import { toExplainError } from '../../core/errors';
import type { ToEditor } from '../../protocol/webview';
import type { WindowEngine } from '../engine';
import { enginePicture, type ImageFile, type Loaded, loadPicture, loadThumbnail } from '../images/image-file';
import type { Log } from '../log';
import type { PanelEvent, PanelState } from './panel-state';
import { createThumbnails, type Thumbnails } from './thumbnails';

export interface PanelPictures {
  /** Resolves when the image's picture is loaded; rejects if it can't be read. */
  ready(image: number): Promise<void>;
  showActive(): void;
  /** Tries failed pictures again, for example after a workspace is trusted or a file is repaired. */
  showMissing(): void;
  /** Shows the engine's copy of the active image, which browsers can't decode. */
  showByEngine(): void;
  /** Releases the engine's copy of an image that is no longer active. The copy may be large, and can be made again. */
  release(image: number): void;
  /** Loads the pictures of images whose files have changed. */
  reload(indices: readonly number[]): void;
  /** Loads the picture of a file that takes the place of an image; undefined if it can't be read. */
  exchange(image: number, file: ImageFile): Promise<Loaded | undefined>;
  readonly thumbnails: Thumbnails;
}

export interface PictureOptions {
  readonly images: readonly ImageFile[];
  readonly webview: vscode.Webview;
  readonly engine: WindowEngine;
  readonly log: Log;
  failed(thrown: unknown): void;
  state(): PanelState;
  dispatch(event: PanelEvent): void;
  send(message: ToEditor): void;
}

type Fetch = (file: ImageFile, version: number) => Promise<Loaded>;

export function createPanelPictures(options: PictureOptions): PanelPictures {
  const { images, webview, engine, log, failed, state, dispatch, send } = options;
  const fetchPicture: Fetch = (file, version) => loadPicture(file, webview, engine, version);
  /** Versions by image, which are raised with every change of a file. A picture of an older version is dropped. */
  const versions = images.map(() => 0);

  /** Running and finished loads by image. Failed ones are removed, so that they are tried again. */
  const loads = new Map<number, Promise<void>>();

  async function load(image: number, fetch: Fetch): Promise<void> {
    const version = versions[image]!;
    const loaded = await fetch(images[image]!, version);
    if (version === versions[image]) dispatch({ type: 'picture', image, ...loaded });
  }

  const thumbnails = createThumbnails({
    load: async (image) => {
      const file = images[image];
      if (!file) throw new Error(`The page asked for the thumbnail of image ${image} of ${images.length}.`);
      return loadThumbnail(file, engine);
    },
    send,
    // The strip shows the name instead. The reason is shown when the image is explained.
    failed: (thrown) => log.warn(toExplainError(thrown).message),
  });

  function show(image: number, fetch: Fetch = fetchPicture): Promise<void> {
    const loading = load(image, fetch);
    loads.set(image, loading);
    loading.catch((thrown) => {
      if (loads.get(image) === loading) loads.delete(image);
      const { code, message } = toExplainError(thrown);
      failed(thrown);
      dispatch({ type: 'failed', image, run: state().images[image]!.run, slot: 0, code, message });
    });
    return loading;
  }

  const ready = (image: number) => loads.get(image) ?? show(image);

  const showActive = () => void ready(state().active);

  return {
    ready,
    showActive,
    showMissing: () => {
      showActive();
      thumbnails.retry();
    },
    showByEngine: () => void show(state().active, (file) => enginePicture(file, engine)),
    release: (image) => {
      const picture = state().images[image]?.picture;
      if (!picture || 'uri' in picture) return;
      loads.delete(image);
      dispatch({ type: 'picture', image });
    },
    reload: (indices) => {
      for (const image of indices) {
        versions[image]! += 1;
        if (loads.has(image) || image === state().active) void show(image);
      }
      thumbnails.forget(indices);
    },
    async exchange(image, file) {
      versions[image]! += 1;
      loads.delete(image);
      // The failure is reported when the picture is loaded in its place.
      const loaded = await fetchPicture(file, versions[image]!).catch(() => undefined);
      if (loaded) loads.set(image, Promise.resolve());
      return loaded;
    },
    thumbnails,
  };
}
