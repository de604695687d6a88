/** The custom editor for one image, and the panel for several. Both contain the same kind of panel. */
import * as vscode from 'vscode';
import type { ImageFile } from '../images/image-file';
import { nameOf } from '../images/targets';
import type { PanelModel } from '../model/model';
import { folderOf } from '../model/watch';
import { setPage } from '../page';
import { createPanel } from '../panel/panel';
import type { Panel, PanelServices } from '../panel/panel-types';
import type { Panels } from '../panel/panels';
import type { Wanted } from './comparison';
import { readRestored, restoreText } from './restore';

export const EDITOR_TYPE = 'groupCam.explanation';
export const IMAGES_TYPE = 'groupCam.images';

interface ImageDocument extends vscode.CustomDocument, ImageFile {}

/** The image that a walk begins with; without `wanted` the page knows what was shown. */
export interface FirstOfWalk {
  readonly uri: vscode.Uri;
  readonly wanted?: readonly Wanted[];
  readonly truth?: string;
}

export interface Editors extends vscode.Disposable {
  /** Opens a panel with a strip of thumbnails, which explains one image after another. */
  openImages(uris: readonly vscode.Uri[]): Panel;
  /**
   * Fills a tab in which one image takes the place of another.
   *
   * @param folder contains all of the images
   * @param model explains them
   * @param tab one that VS Code has restored; otherwise a new one is opened
   */
  openWalk(first: FirstOfWalk, folder: vscode.Uri, model: PanelModel, tab?: vscode.WebviewPanel): Panel;
}

/** @param restoreWalk fills a restored tab if its text is that of a walk; false if it is not */
export function registerEditors(
  extensionUri: vscode.Uri,
  services: PanelServices,
  panels: Panels,
  restoreWalk: (webviewPanel: vscode.WebviewPanel, state: unknown) => boolean,
): Editors {
  function fill(webviewPanel: vscode.WebviewPanel, images: readonly ImageFile[], restore?: string): Panel {
    const files = images.flatMap(({ uri, bytes }) => (bytes ? [] : [folderOf(uri)]));
    const folders = [...new Map(files.map((folder) => [String(folder), folder])).values()];
    setPage(webviewPanel, extensionUri, 'editor', { folders, ...(restore !== undefined && { restore }) });
    return add(createPanel(webviewPanel, images, services));
  }

  function add(panel: Panel): Panel {
    panels.add(panel);
    return panel;
  }

  const newTab = (title: string) => vscode.window.createWebviewPanel(IMAGES_TYPE, title, vscode.ViewColumn.Active);

  const withIcon = (webviewPanel: vscode.WebviewPanel): void => {
    webviewPanel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
  };

  function fillImages(webviewPanel: vscode.WebviewPanel, uris: readonly vscode.Uri[]): Panel {
    withIcon(webviewPanel);
    return fill(
      webviewPanel,
      uris.map((uri) => ({ uri })),
      restoreText(uris.map(String)),
    );
  }

  const provider: vscode.CustomReadonlyEditorProvider<ImageDocument> = {
    openCustomDocument: (uri, { untitledDocumentData }) => ({
      uri,
      ...(untitledDocumentData && { bytes: untitledDocumentData }),
      dispose: () => {},
    }),
    resolveCustomEditor: (document, webviewPanel) => void fill(webviewPanel, [document]),
  };

  const serializer: vscode.WebviewPanelSerializer = {
    deserializeWebviewPanel: async (webviewPanel, state) => {
      if (restoreWalk(webviewPanel, state)) return;
      const uris = readRestored(state).map((text) => vscode.Uri.parse(text));
      if (uris.length === 0) return webviewPanel.dispose();
      fillImages(webviewPanel, uris);
    },
  };

  const registered = vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(EDITOR_TYPE, provider, { supportsMultipleEditorsPerDocument: true }),
    vscode.window.registerWebviewPanelSerializer(IMAGES_TYPE, serializer),
  );
  return {
    openImages: (uris) => {
      return fillImages(newTab(`Explain ${uris.length} images`), uris);
    },
    openWalk: (first, folder, model, restored) => {
      const tab = restored ?? newTab(nameOf(first.uri));
      withIcon(tab);
      setPage(tab, extensionUri, 'editor', { folders: [folder, folderOf(first.uri)] });
      return add(
        createPanel(
          tab,
          [{ uri: first.uri, ...(first.truth !== undefined && { truth: first.truth }) }],
          { ...services, model },
          first.wanted,
        ),
      );
    },
    dispose: () => registered.dispose(),
  };
}
