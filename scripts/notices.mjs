// Collects the licences of all third-party packages in a VSIX. Packaging fails if a package has no allowed licence, or
// if the text of its licence is missing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './host/run.mjs';

/** Licences under which a package may be distributed with its notice. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC-BY-4.0', 'ISC', 'MIT']);
/** A library of its own that users may replace, as the LGPL asks. */
const REPLACEABLE = /^@img\/sharp-/;

/** @param {string} name */
function own(name) {
  const file = path.join(root, 'scripts', 'notices', name);
  if (!existsSync(file)) throw new Error(`${file}: no such text; take it from the release of that version`);
  return readFileSync(file, 'utf8');
}

const mit = (/** @type {string} */ holder) => `MIT License\n\nCopyright (c) ${holder}\n\n${own('MIT.txt')}`;

/**
 * The texts of packages that come without them.
 *
 * @type {Record<string, (version: string) => string[]>}
 */
const TEXTS = {
  '@bufbuild/protobuf': () => [own('Apache-2.0.txt'), own('BSD-3-Clause-Google.txt')],
  '@microsoft/fast-element': () => [mit('Microsoft Corporation. All rights reserved.')],
  '@microsoft/fast-foundation': () => [mit('Microsoft Corporation. All rights reserved.')],
  '@microsoft/fast-web-utilities': () => [mit('Microsoft Corporation. All rights reserved.')],
  '@nodable/entities': () => [mit('Amit Gupta')],
  'onnx-buf': () => [mit('Eric Zhang')],
  'onnxruntime-common': () => [mit('Microsoft Corporation')],
  'pg-types': () => [mit('2014 Brian M. Carlson')],
  pgpass: () => [mit('2013-2016 Hannes Hörl')],
  // The content of the native library differs between versions. The file comes from the Python package of the same
  // version.
  'onnxruntime-node': (version) => [mit('Microsoft Corporation'), own(`onnxruntime-${version}.txt`)],
};

const RULE = '='.repeat(80);

/** Names of files that hold a licence or a notice. */
const TEXT = /^(licen[cs]e|copying|notices?|third-?party-?notices?|copyright(notice)?)([-.].*)?$/i;

/**
 * The folders of the packages that contain the files.
 *
 * @param {readonly string[]} files relative to the project
 * @returns {string[]}
 */
export function packagesOf(files) {
  const folders = files.flatMap((file) => {
    const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replaceAll('\\', '/'));
    return found ? [found[0]] : [];
  });
  return [...new Set(folders)].sort();
}

/**
 * @param {readonly string[]} packages folders, relative to the project
 * @returns {string} throws for a package without a licence that is allowed, or without its text
 */
export function noticesOf(packages) {
  const entries = packages.map(entryOf).join('\n');
  const [, pictures] = readFileSync(path.join(root, 'LICENSE'), 'utf8').split(/^-{40,}$/m);
  if (!pictures) throw new Error('LICENSE: without its part on pictures, which follows a line of hyphens');
  const head = 'Group-CAM holds the following work of others, each under the licence that follows its name.';
  return `${head}\n\n${entries}\n${RULE}\n${pictures.trim()}\n`;
}

/** @param {string} folder */
function entryOf(folder) {
  const at = path.join(root, folder);
  const { name, version, license, homepage, repository } = JSON.parse(
    readFileSync(path.join(at, 'package.json'), 'utf8'),
  );
  const replaceable = REPLACEABLE.test(name);
  for (const one of String(license).replace(/[()]/g, '').split(' AND ')) {
    if (!ALLOWED.has(one) && !(replaceable && one === 'LGPL-3.0-or-later'))
      throw new Error(`${folder}: its licence ${one} is not among those of scripts/notices.mjs`);
  }
  const texts = readdirSync(at).filter((file) => TEXT.test(file));
  const held = texts.sort().map((file) => readFileSync(path.join(at, file), 'utf8'));
  if (held.length === 0 && Object.hasOwn(TEXTS, name)) held.push(...(TEXTS[name]?.(version) ?? []));
  if (replaceable && String(license).includes('LGPL')) held.push(...libvips(at));
  if (held.every((text) => text.trim() === ''))
    throw new Error(`${folder}: without the text of its licence ${license}`);
  const place = homepage ?? repository?.url ?? repository ?? '';
  return `${RULE}\n${name} ${version} (${license})\n${place}\n${RULE}\n\n${held.map((text) => text.trim()).join('\n\n')}\n`;
}

/** @param {string} folder */
function libvips(folder) {
  const readme = path.join(folder, 'README.md');
  const list = existsSync(readme) ? (readFileSync(readme, 'utf8').split('## Licensing')[1] ?? '') : '';
  if (list === '') throw new Error(`${folder}: without the list of what libvips holds`);
  return [
    'libvips is a shared library beside sharp and may be replaced by another build of it. Its source, and how it is built, are at https://github.com/lovell/sharp-libvips.',
    list,
    own('LGPL-3.0.txt'),
    own('GPL-3.0.txt'),
  ];
}
