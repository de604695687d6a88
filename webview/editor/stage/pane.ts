/** One image with its heat. Elements are made once and changed in place, so that nothing flickers while frames stream. */

import type { Size } from '../../../src/core/geometry';
import type { HeatStyle } from '../../../src/core/style';
import { h, icon } from '../../dom';
import type { Heat } from '../heat/heat';
import { createHeatLayer } from '../heat/heat-layer';
import type { Painter } from '../heat/painter';
import { showProgress } from '../status/progress';
import { pixelOf } from './pictures';
import { createDivider } from './swipe';
import { PIXELATED, type Placement, type Point } from './viewport';

export interface PaneContent {
  /** What the image shows, for screen readers. */
  readonly title: string;
  /** Shown above the image when there is more than one pane. */
  readonly caption: Node | undefined;
  /** How far the work on the heat is, 0 to 1; 'unknown' before that can be told, undefined when there is none. */
  readonly progress: number | 'unknown' | undefined;
  readonly heat: Heat | undefined;
  /** In place of, or over, the heat: an error, an explanation of a blank map. */
  readonly message: Node | undefined;
  /** The class that the heat is of, when it is done. */
  readonly class: number | undefined;
}

export interface Pane {
  readonly root: HTMLElement;
  /** The part that shows the image; positions of pointers are relative to it. */
  readonly view: HTMLElement;
  /** @returns settles once the heat is there, which is painted elsewhere, or a newer one in its place */
  show(content: PaneContent, source: string | undefined, image: Size | undefined, style: HeatStyle): Promise<void>;
  /** Opacity alone, which needs no drawing. */
  fade(opacity: number): void;
  place(placement: Placement, image: Size, swipe: number | undefined): void;
  /** A ring around a pixel of the image, or around none. */
  mark(at: Point | undefined, placement: Placement): void;
  /** The value that is pointed at, beside the caption. */
  read(text: string): void;
  /** Focus and size among several panes; alone a pane has neither. */
  rank(several: boolean, focused: boolean, enlarged: boolean): void;
  /** Red, green, blue and alpha of a pixel of the image; undefined while the picture is not there. */
  pixelAt(at: Point, image: Size): Uint8ClampedArray | undefined;
}

export interface PaneEvents {
  /** The picture was decoded; `size` is its own, after its EXIF orientation. */
  pictureLoaded(source: string, size: Size): void;
  pictureFailed(source: string): void;
  /** The divider was moved to a fraction of the view's width. */
  swiped(position: number): void;
  /** This pane is to be shown in the place of all, or all again. */
  enlarge(): void;
}

export function createPane(id: string, paint: Painter, events: PaneEvents): Pane {
  // Decoded in step with what is drawn over it: else a browser may paint the heat first.
  const attributes = { alt: '', draggable: 'false', decoding: 'sync', hidden: true };
  const img = h('img', { ...attributes, 'data-testid': `image-${id}` });
  const heat = createHeatLayer(id, paint);
  const picture = h('div', { class: 'picture' }, img, heat.root);
  const cross = h('div', { class: 'cross', hidden: true });
  const divider = createDivider(events.swiped);
  const view = h('div', { class: 'view' }, picture, cross, divider.root);
  const captionText = h('div', { class: 'caption-text' });
  const reading = h('span', { class: 'caption-reading', 'data-testid': `reading-${id}` });
  // The keyboard has Enter for it: a second stop in every pane would only be in the way.
  const enlarge = h('button', { class: 'enlarge', tabindex: -1, 'data-testid': `enlarge-${id}` });
  enlarge.addEventListener('click', events.enlarge);
  const caption = h('div', { class: 'caption', hidden: true }, captionText, reading, enlarge);
  const bar = h('div', { class: 'progress', 'aria-hidden': 'true', hidden: true });
  const message = h('div', { class: 'message' });
  const root = h('section', { class: 'pane', 'data-testid': `pane-${id}` }, caption, bar, view, message);
  // Hidden while it is not decoded: a browser's sign of a broken image says nothing that the messages don't.
  img.addEventListener('load', () => {
    img.hidden = false;
    heat.root.hidden = false;
    events.pictureLoaded(img.getAttribute('src') ?? '', { width: img.naturalWidth, height: img.naturalHeight });
  });
  img.addEventListener('error', () => {
    img.hidden = true;
    heat.root.hidden = false;
    events.pictureFailed(img.getAttribute('src') ?? '');
  });

  let latest: PaneContent | undefined;

  /** Heat stands on its own picture only, which each pane loads for itself. */
  const showPicture = (source: string | undefined) => {
    if (img.getAttribute('src') === (source ?? null)) return;
    heat.root.hidden = true;
    heat.clear();
    if (source) img.src = source;
    else {
      img.removeAttribute('src');
      img.hidden = true;
    }
  };

  return {
    root,
    view,
    async show(content, source, image, style) {
      latest = content;
      showPicture(source);
      img.alt = content.title;
      root.setAttribute('aria-label', content.title);
      const name = content.class?.toString();
      if (root.dataset['class'] !== name) delete root.dataset['class'];
      caption.hidden = !content.caption;
      showOnly(captionText, content.caption);
      showProgress(bar, content.caption ? content.progress : undefined);
      showOnly(message, content.message);
      picture.hidden = !image;
      // Behind one that is enlarged nothing is seen.
      if (image && !root.hidden) await heat.show(content.heat, image, style, content.progress === undefined);
      if (name !== undefined && latest === content) root.dataset['class'] = name;
    },
    fade(opacity) {
      heat.root.style.opacity = String(opacity);
    },
    place({ left, top, scale }, image, swipe) {
      picture.style.transform = `translate(${left}px, ${top}px)`;
      picture.style.width = `${image.width * scale}px`;
      picture.style.height = `${image.height * scale}px`;
      img.classList.toggle('pixelated', scale >= PIXELATED);
      const hidden = swipe === undefined ? 0 : Math.max(swipe * view.clientWidth - left, 0);
      heat.root.style.clipPath = hidden ? `inset(0 0 0 ${hidden}px)` : '';
      divider.show(swipe);
    },
    mark(at, { left, top, scale }) {
      cross.hidden = !at;
      if (!at) return;
      const x = left + (at.x + 0.5) * scale;
      const y = top + (at.y + 0.5) * scale;
      cross.style.transform = `translate(${x}px, ${y}px)`;
    },
    read(text) {
      reading.textContent = text;
    },
    rank(several, focused, enlarged) {
      root.classList.toggle('focused', focused);
      if (several) root.tabIndex = 0;
      else root.removeAttribute('tabindex');
      root.setAttribute('aria-current', String(several && focused));
      const name = enlarged ? 'Show all (Enter)' : 'Enlarge (Enter)';
      if (enlarge.title === name) return;
      enlarge.title = name;
      enlarge.setAttribute('aria-label', name);
      enlarge.replaceChildren(icon(enlarged ? 'chrome-restore' : 'chrome-maximize'));
    },
    pixelAt: (at, image) => (img.hidden ? undefined : pixelOf(img, at, image)),
  };
}

/** Leaves a child that is there already alone, so that its buttons keep the focus. */
function showOnly(parent: HTMLElement, child: Node | undefined): void {
  if ((parent.firstChild ?? undefined) !== child) parent.replaceChildren(...(child ? [child] : []));
}
