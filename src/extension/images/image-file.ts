/** An image of the workspace, in the forms that the engine and a webview need. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { errors, reasonOf } from '../../core/errors';
import type { Size } from '../../core/geometry';
import { isAbsent } from '../../core/system-errors';
import { isMarked, MARK_BYTES, mayBeMarked } from '../../protocol/mark';
import type { ImageSource } from '../../protocol/requests';
import type { Picture } from '../../protocol/webview';
import type { WindowEngine } from '../engine';
import { type ReadAt, webviewShows } from './image-types';
import { nameOf } from './targets';

export interface ImageFile {
  readonly uri: vscode.Uri;
  /** Content of an untitled document, which has no file. */
  readonly bytes?: Uint8Array;
  /** Its class or classes by its dataset, in words. */
  readonly truth?: string;
}

/** The largest side of a picture from the engine, in pixels; webviews draw canvases of up to 16,384 pixels. */
const PICTURE_LONGEST = 8192;
const THUMBNAIL_LONGEST = 128;

/**
 * The image for the engine: the path of a local file, or the content of a document from another file system, read
 * through VS Code.
 */
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
 * The image for the webview: its address if a browser can decode it, otherwise PNG bytes from the engine.
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

/** The engine's PNG, for images that browsers can't decode. */
export async function enginePicture(image: ImageFile, engine: WindowEngine): Promise<Loaded> {
  const answer = await engine.call('picture', { image: await sourceOf(image), longest: PICTURE_LONGEST, first: true });
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

/**
 * Whether the file is a picture made by Group-CAM. Only local files are examined, since others would have to be fetched
 * as a whole.
 */
export async function isExport({ scheme, fsPath }: vscode.Uri): Promise<boolean> {
  if (scheme !== 'file' || !mayBeMarked(fsPath)) return false;
  // A file that can't be read counts as an image; explaining it reports the error.
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

/** Opens a file without blocking: a named pipe would block until another program writes to it. */
async function openLocal(file: string): Promise<FileHandle> {
  return open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((thrown) => {
    if (isAbsent(thrown)) throw errors.imageMissing(file);
    throw errors.imageUnreadable(file, reasonOf(thrown), thrown);
  });
}

/**
 * Copies the bytes. A webview can't receive a Node Buffer, and for a view it would receive the whole underlying buffer.
 */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
