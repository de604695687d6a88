import { strict as assert } from 'node:assert';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import { METHOD_OPTIONS } from '../../src/core/methods/method-options';
import { METHOD_NAMES, METHODS, type MethodName } from '../../src/core/methods/names';
import type { OptionTable } from '../../src/core/options';
import { COLORMAPS, DEFAULT_STYLE } from '../../src/core/style';
import { LIST_EXTENSIONS, RUN_EXTENSION } from '../../src/extension/dataset/source';
import { OPTION_SETTINGS } from '../../src/extension/explanation/method-choice';
import { DEVICE_CHOICES } from '../../src/protocol/devices';
import { IMAGE_EXTENSIONS } from '../../src/protocol/image-files';
import { project } from '../support/shared';

const manifest = JSON.parse(readFileSync(project('package.json'), 'utf8'));
const strings: Record<string, string> = JSON.parse(readFileSync(project('package.nls.json'), 'utf8'));
const { contributes, capabilities } = manifest;
interface Setting {
  default: unknown;
  enum?: unknown[];
  markdownDescription?: string;
  enumDescriptions?: string[];
  order?: number;
  scope?: string;
}
const settings: Record<string, Setting> = Object.assign(
  {},
  ...contributes.configuration.map(({ properties }: { properties: object }) => properties),
);
const setting = (name: string) => settings[`groupCam.${name}`];

/** What a condition says of the file's extension: one list for each expression in it, such as `/^\\.(png|tiff?)$/i`. */
function extensionsIn(when = ''): string[][] {
  return [...when.matchAll(/resourceExtname =~ \/\^\\\.\((.+?)\)\$\/i/g)].map(([, words]) =>
    words!.split('|').flatMap((word) => [...new Set([word.replace(/.\?/g, ''), word.replaceAll('?', '')])]),
  );
}

/** VS Code opens such a link in its page of settings, and shows the text alone elsewhere. */
const MORE = ' More: [Group-CAM: Show the Methods](command:groupCam.showMethods)';

describe('the manifest', () => {
  it('has every string in package.nls.json, and no other there', () => {
    const used = [...JSON.stringify(manifest).matchAll(/"%([\w.-]+)%"/g)].map((match) => match[1]!);
    assert.deepEqual(new Set(used), new Set(Object.keys(strings)));
  });

  it('has the defaults of the engine and the webview', () => {
    const { method, blur } = DEFAULT_CHOICE;
    const defaults = { method, blurKernel: blur.kernel, blurSigma: blur.sigma, ...DEFAULT_STYLE };
    for (const [name, value] of Object.entries(defaults)) assert.equal(setting(name)?.default, value, name);
    const lists = { method: METHODS, device: DEVICE_CHOICES, colormap: COLORMAPS };
    for (const [name, values] of Object.entries(lists)) assert.deepEqual(setting(name)?.enum, [...values], name);
  });

  for (const [method, names] of Object.entries(OPTION_SETTINGS)) {
    const table: OptionTable = METHOD_OPTIONS[method as keyof typeof OPTION_SETTINGS];
    for (const name of names) {
      it(`the setting ${name} has the default, the bounds and the words of the method's table`, () => {
        const option = table[name]!;
        const text = (key: string | undefined) => strings[key?.replaceAll('%', '') ?? ''];
        const { order: _, scope: __, markdownDescription, enumDescriptions, ...rest } = setting(name)!;
        assert.equal(
          text(markdownDescription),
          `For ${METHOD_NAMES[method as MethodName].title}: ${option.text}${MORE}`,
        );
        assert.deepEqual(
          enumDescriptions?.map(text),
          'choices' in option ? option.choices.map((choice) => option.texts![choice]) : undefined,
        );
        assert.deepEqual(
          rest,
          'choices' in option
            ? { type: 'string', default: option.default, enum: option.choices }
            : {
                ...{ type: option.integer ? 'integer' : 'number', default: option.default },
                ...{ minimum: option.min, maximum: option.max },
              },
        );
      });
    }
  }

  it('each setting of methods names its method, and leads to the page about all of them', () => {
    const texts = ['method', 'variant', 'groups', 'theta', 'precision', 'blurKernel', 'blurSigma'].map(
      (name) => strings[setting(name)!.markdownDescription!.replaceAll('%', '')]!,
    );
    for (const text of texts) assert.ok(text.endsWith(MORE), text);
    for (const text of texts.slice(1)) assert.match(text, /^For Group-CAM/);
  });

  it('describes each method in the words of the methods’ table', () => {
    const texts = setting('method')?.enumDescriptions?.map((key) => strings[key.replaceAll('%', '')]);
    assert.deepEqual(
      texts,
      METHODS.map((name) => `${METHOD_NAMES[name].title}: ${METHOD_NAMES[name].shows}`),
    );
  });

  it('its menus and its editor know the same image files as the code', () => {
    const pattern: string = contributes.customEditors[0].selector[0].filenamePattern;
    assert.equal(pattern, `*.{${IMAGE_EXTENSIONS.join(',')}}`);
    const lists = new Set(['groupCam.inspectDataset']);
    const listed = Object.entries(contributes.menus as Record<string, { command?: string; when?: string }[]>).flatMap(
      ([menu, items]) =>
        items.flatMap(({ command, when }) =>
          lists.has(command ?? '') ? [] : extensionsIn(when).map((found) => ({ menu, command, found })),
        ),
    );
    assert.equal(listed.length, 4);
    for (const { menu, command, found } of listed) {
      // What VS Code itself can show: extensions/media-preview/package.json there.
      const expected = IMAGE_EXTENSIONS.filter((name) => command !== 'groupCam.showOriginal' || !/jfif|tif/.test(name));
      assert.deepEqual(found.sort(), expected.sort(), `${command} in ${menu}`);
    }
  });

  it('its menus offer to inspect the lists of datasets that the code knows, and run files', () => {
    const menu: { command: string; when?: string }[] = contributes.menus['explorer/context'];
    const { when } = menu.find(({ command }) => command === 'groupCam.inspectDataset')!;
    assert.deepEqual(extensionsIn(when).flat().sort(), [...LIST_EXTENSIONS, RUN_EXTENSION].sort());
    assert.equal(contributes.customEditors[1].selector[0].filenamePattern, `*.${RUN_EXTENSION}`);
  });

  it('its key bindings and welcome texts name commands that exist', () => {
    const declared = new Set(contributes.commands.map(({ command }: { command: string }) => command));
    const bound: string[] = contributes.keybindings.map(({ command }: { command: string }) => command);
    const linked = [...JSON.stringify(strings).matchAll(/command:(groupCam\.\w+)\)/g)].map((match) => match[1]!);
    assert.deepEqual(
      [...bound, ...linked].filter((command) => !declared.has(command) && !/\.focus$/.test(command)),
      [],
    );
  });

  it('what is done again and again has a key that can be changed, and Compare stands in no bar', () => {
    const bound = new Set(contributes.keybindings.map(({ command }: { command: string }) => command));
    const often = ['explain', 'nextImage', 'previousImage', 'nextClass', 'previousClass', 'swipe', 'measure'];
    for (const name of [...often, 'toggleHeat', 'zoomIn', 'zoomOut', 'zoomFit', 'zoomActual'])
      assert.ok(bound.has(`groupCam.${name}`), name);
    const bar: { command: string }[] = contributes.menus['editor/title'];
    assert.ok(bar.every(({ command }) => command !== 'groupCam.compare'));
  });

  it('a key means one thing at a time: bindings of the same key differ in their conditions', () => {
    const all: string[] = contributes.keybindings.map(({ key, when }: Record<string, string>) => `${key} ${when}`);
    assert.equal(new Set(all).size, all.length);
    assert.ok(contributes.keybindings.every(({ when }: { when?: string }) => when));
  });

  it('its menus show commands that exist', () => {
    const declared = new Set(contributes.commands.map(({ command }: { command: string }) => command));
    const items: { command?: string }[] = Object.values(contributes.menus).flat() as { command?: string }[];
    const unknown = items.flatMap(({ command }) => (command && !declared.has(command) ? [command] : []));
    assert.deepEqual(unknown, []);
  });

  it('steps of the walkthrough have small pictures', () => {
    const pictures = contributes.walkthroughs[0].steps.flatMap(({ media }: { media: { markdown: string } }) =>
      [...readFileSync(project(media.markdown), 'utf8').matchAll(/^!\[.+\]\((.+)\)$/gm)].map(([, source]) =>
        path.posix.join(path.posix.dirname(media.markdown), source!),
      ),
    );
    assert.ok(pictures.length >= 7, `${pictures}`);
    for (const picture of pictures) assert.ok(statSync(project(picture)).size < 250_000, picture);
  });

  it('opens images in the built-in preview by default', () => {
    assert.equal(contributes.customEditors[0].priority, 'option');
  });

  it('settings that name a file or program are restricted in untrusted workspaces', () => {
    const naming = Object.keys(settings).filter((name) => /model|labels|path/i.test(name));
    assert.deepEqual(new Set(capabilities.untrustedWorkspaces.restrictedConfigurations), new Set(naming));
  });

  it('the README lists every setting with its default', () => {
    const readme = readFileSync(project('README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| `(groupCam\.\w+)` \| (.*?) ?\|/gm)].map(([, name, value]) => [name, value]);
    const expected = Object.entries(settings).map(([name, { default: value }]) => [
      name,
      value === '' ? '' : `\`${value}\``,
    ]);
    assert.deepEqual(rows, expected);
  });
});
