/** Tags: set on the selection by a click or by a key, made here, and given keys. */
import { quoted } from '../../../src/core/query/print';
import { Icon } from '../../icon';
import { IconButton } from '../../toolkit';
import { NameForm } from '../../widgets/name-form';
import { Popover } from '../../widgets/popover';
import type { DatasetPage } from '../model';
import { plural, whole } from '../texts';
import { isFree } from './keys';

export function Tags({ page }: { readonly page: DatasetPage }) {
  const { store, actions } = page;
  const tags = store.info.value?.tags ?? [];
  const { value: selected } = store.selected;
  return (
    <Popover icon="tag" name="Tags" testId="tags">
      {(close) => (
        <>
          <p class="faint">{`For ${selected > 0 ? plural(selected, 'selected image') : 'the image in focus'}.`}</p>
          <ul>
            {tags.map((tag) => (
              <li
                key={tag.name}
                class="popover-line"
                data-vscode-context={JSON.stringify({
                  webviewSection: 'rows',
                  query: `tag = ${quoted(tag.name)}`,
                  preventDefaultContextMenuItems: true,
                })}
              >
                <button
                  type="button"
                  class="menu-item"
                  title="Set it, or take it off"
                  disabled={!store.isWritable.value}
                  data-testid={`tag-${tag.name}`}
                  onClick={() => void actions.toggleTag(tag.name)}
                >
                  {tag.name}
                </button>
                <input
                  type="text"
                  class="key"
                  aria-label={`Key of ${tag.name}`}
                  title="A digit or a letter that sets the tag in the grid"
                  placeholder="key"
                  maxLength={1}
                  value={tag.key ?? ''}
                  disabled={!store.isWritable.value}
                  data-testid={`key-${tag.name}`}
                  onInput={({ currentTarget }) => {
                    const key = currentTarget.value.toLowerCase();
                    if (key !== '' && !isFree(key, tags, tag.name)) {
                      actions.notice(`The key ${key} has another use.`);
                      currentTarget.value = tag.key ?? '';
                    } else {
                      void actions.setKey(tag.name, key === '' ? undefined : key);
                    }
                  }}
                />
                <button
                  type="button"
                  class="open-button"
                  title={`Show the ${plural(tag.count, 'image')} tagged ${tag.name}`}
                  data-testid={`find-tag-${tag.name}`}
                  onClick={() => {
                    actions.find(`tag = ${quoted(tag.name)}`);
                    close();
                  }}
                >
                  <Icon name="filter" />
                  {whole(tag.count)}
                </button>
                <IconButton
                  icon="wrench"
                  name={`Repair the model for the images tagged ${tag.name}…`}
                  testId={`repair-tag-${tag.name}`}
                  disabled={!store.isWritable.value || tag.count === 0}
                  onClick={() => {
                    close();
                    page.repairs.openFor(`tag = ${quoted(tag.name)}`);
                  }}
                />
              </li>
            ))}
          </ul>
          {store.isWritable.value ? (
            <NameForm
              label="Name of a new tag"
              placeholder="New tag"
              testId="tag-name"
              button={{ label: 'Set', testId: 'make-tag' }}
              onName={(name) => void actions.toggleTag(name)}
            />
          ) : (
            <p class="faint">{store.info.value?.readOnly}</p>
          )}
          <p class="faint">Ctrl+Z in the grid undoes the last change.</p>
        </>
      )}
    </Popover>
  );
}
