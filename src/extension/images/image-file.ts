/** An image of the workspace: how the engine reads it and how a webview shows it. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { errors, reasonOf } from '../../core/errors';
import type { Size } from '../../core/geometry';
import { isMarked, MARK_BYTES, mayBeMarked } from '../../protocol/mark';
import type { ImageSource } from '../../protocol/requests';
import type { Picture } from '../../protocol/webview';
import type { WindowEngine } from '../engine';
import { type ReadAt, webviewShows } from './image-types';
import { nameOf } from './targets';

export interface ImageFile {
  readonly uri: vscode.Uri;
  /** What an untitled document holds; it has no file. */
  readonly bytes?: Uint8Array;
}

/** Longer side of a picture that the engine sends; webviews draw canvases of up to 16,384 pixels. */
const PICTURE_LONGEST = 8192;
const THUMBNAIL_LONGEST = 128;

/** Local files go by their path; documents of other file systems are read here, through VS Code. */
export async function sourceOf({ uri, bytes }: ImageFile): Promise<ImageSource> {
  if (bytes) return { bytes, name: nameOf(uri) };
  if (uri.scheme === 'file') return { path: uri.fsPath };
  return { bytes: await readDocument(uri), name: nameOf(uri) };
}

async function readDocument(uri: vscode.Uri): Promise<Uint8Array> {
  try {
    return await vscode.workspace.fs.readFile(uri);
  } catch (thrown) {
    if (thrown instanceof vscode.FileSystemError && thrown.code === 'FileNotFound') {
      throw errors.imageMissing(uri.toString());
    }
    throw errors.imageUnreadable(uri.toString(), reasonOf(thrown), thrown);
  }
}

export interface Loaded {
  readonly picture: Picture;
  readonly size?: Size;
}

/**
 * The image as the webview gets it: its address where a browser can decode it, else PNG bytes from the engine.
 *
 * @param version changes with the file, so that the webview does not show an old picture
 */
export async function loadPicture(
  image: ImageFile,
  webview: vscode.Webview,
  engine: WindowEngine,
  version: number,
): Promise<Loaded> {
  if (!image.bytes && (await isShowable(image.uri))) {
    return {
      picture: {
        uri: webview
          .asWebviewUri(image.uri)
          .with({ query: `version=${version}` })
          .toString(),
      },
    };
  }
  return enginePicture(image, engine);
}

/** The engine's PNG, for what browsers can't decode. */
export async function enginePicture(image: ImageFile, engine: WindowEngine): Promise<Loaded> {
  const answer = await engine.call('picture', { image: await sourceOf(image), longest: PICTURE_LONGEST });
  return { picture: { png: plain(answer.png) }, size: answer.image };
}

export async function loadThumbnail(image: ImageFile, engine: WindowEngine): Promise<Picture> {
  const { png } = await engine.call('picture', { image: await sourceOf(image), longest: THUMBNAIL_LONGEST });
  return { png: plain(png) };
}

async function isShowable(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme !== 'file') {
    let bytes: Promise<Uint8Array> | undefined;
    return webviewShows(uri.path, async (offset, length) => {
      bytes ??= readDocument(uri);
      return (await bytes).subarray(offset, offset + length);
    });
  }
  const file = await openLocal(uri.fsPath);
  try {
    if (!(await file.stat()).isFile()) throw errors.imageUnreadable(uri.fsPath, 'it is not a file');
    const read: ReadAt = async (offset, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    return await webviewShows(uri.path, read);
  } finally {
    await file.close();
  }
}

/** Whether it is a picture that Group-CAM has drawn. Only local files are looked at: others would be fetched whole. */
export async function isExport({ scheme, fsPath }: vscode.Uri): Promise<boolean> {
  if (scheme !== 'file' || !mayBeMarked(fsPath)) return false;
  // One that can't be read is explained, which says why.
  const file = await openLocal(fsPath).catch(() => undefined);
  if (!file) return false;
  try {
    if (!(await file.stat()).isFile()) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MARK_BYTES), 0, MARK_BYTES, 0);
    return isMarked(buffer.subarray(0, bytesRead));
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

/** Without waiting: a named pipe has nothing to read until somebody writes to it. */
async function openLocal(file: string): Promise<FileHandle> {
  return open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') throw errors.imageMissing(file);
    throw errors.imageUnreadable(file, reasonOf(thrown), thrown);
  });
}

/** Webviews get no Node Buffer, and of a view the whole buffer behind it. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
