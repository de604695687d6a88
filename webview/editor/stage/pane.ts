/** One image with its heat. Elements are made once and changed in place, so that nothing flickers while frames stream. */

import type { Size } from '../../../src/core/geometry';
import { CONTOUR } from '../../../src/core/overlay';
import type { HeatStyle } from '../../../src/core/style';
import { h, icon } from '../../dom';
import { canvasSize, type Heat } from '../heat/heat';
import { showProgress } from '../status/progress';
import { pixelOf } from './pictures';
import { createDivider } from './swipe';
import { PIXELATED, type Placement, type Point } from './viewport';

const SVG = 'http://www.w3.org/2000/svg';

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
  show(content: PaneContent, source: string | undefined, image: Size | undefined, style: HeatStyle): void;
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

export function createPane(id: string, events: PaneEvents): Pane {
  // Decoded in step with what is drawn over it: else a browser may paint the heat first.
  const attributes = { alt: '', draggable: 'false', decoding: 'sync', hidden: true };
  const img = h('img', { ...attributes, 'data-testid': `image-${id}` });
  const canvas = h('canvas', { width: 1, height: 1, 'data-testid': `heat-${id}` });
  const contour = contourLayer(id);
  const heatLayer = h('div', { class: 'heat', hidden: true }, canvas, contour.root);
  const picture = h('div', { class: 'picture' }, img, heatLayer);
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
    heatLayer.hidden = false;
    events.pictureLoaded(img.getAttribute('src') ?? '', { width: img.naturalWidth, height: img.naturalHeight });
  });
  img.addEventListener('error', () => {
    img.hidden = true;
    heatLayer.hidden = false;
    events.pictureFailed(img.getAttribute('src') ?? '');
  });

  let drawn: { heat: Heat | undefined; style: HeatStyle; size: Size; isDone: boolean } | undefined;
  const draw = (heat: Heat | undefined, size: Size, style: HeatStyle, isDone: boolean) => {
    const isSame = drawn?.heat === heat && drawn?.size === size && drawn.isDone === isDone;
    if (isSame && drawn && sameDrawing(drawn.style, style)) return;
    drawn = { heat, style, size, isDone };
    const { width, height } = canvasSize(size, isDone);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    if (heat) context.putImageData(new ImageData(heat.draw({ width, height }, style), width, height), 0, 0);
    else context.clearRect(0, 0, width, height);
    contour.show(heat?.contour(size, style) ?? '', size);
  };

  /** Heat stands on its own picture only, which each pane loads for itself. */
  const showPicture = (source: string | undefined) => {
    if (img.getAttribute('src') === (source ?? null)) return;
    heatLayer.hidden = true;
    if (source) img.src = source;
    else {
      img.removeAttribute('src');
      img.hidden = true;
    }
  };

  return {
    root,
    view,
    show(content, source, image, style) {
      showPicture(source);
      img.alt = content.title;
      root.setAttribute('aria-label', content.title);
      setOrRemove(root.dataset, 'class', content.class?.toString());
      caption.hidden = !content.caption;
      showOnly(captionText, content.caption);
      showProgress(bar, content.caption ? content.progress : undefined);
      showOnly(message, content.message);
      picture.hidden = !image;
      // Behind one that is enlarged nothing is seen.
      if (image && !root.hidden) draw(content.heat, image, style, content.progress === undefined);
    },
    fade(opacity) {
      heatLayer.style.opacity = String(opacity);
    },
    place({ left, top, scale }, image, swipe) {
      picture.style.transform = `translate(${left}px, ${top}px)`;
      picture.style.width = `${image.width * scale}px`;
      picture.style.height = `${image.height * scale}px`;
      img.classList.toggle('pixelated', scale >= PIXELATED);
      const hidden = swipe === undefined ? 0 : Math.max(swipe * view.clientWidth - left, 0);
      heatLayer.style.clipPath = hidden ? `inset(0 0 0 ${hidden}px)` : '';
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

const sameDrawing = (a: HeatStyle, b: HeatStyle) =>
  a.colormap === b.colormap && a.threshold === b.threshold && a.contour === b.contour;

/** Leaves a child that is there already alone, so that its buttons keep the focus. */
function showOnly(parent: HTMLElement, child: Node | undefined): void {
  if ((parent.firstChild ?? undefined) !== child) parent.replaceChildren(...(child ? [child] : []));
}

function setOrRemove(data: DOMStringMap, name: string, value: string | undefined): void {
  if (value === undefined) delete data[name];
  else data[name] = value;
}

/** The contour as vectors, so that it stays a thin line at every zoom. */
function contourLayer(id: string) {
  const root = document.createElementNS(SVG, 'svg');
  root.setAttribute('class', 'contour');
  root.setAttribute('aria-hidden', 'true');
  root.setAttribute('preserveAspectRatio', 'none');
  root.setAttribute('data-testid', `contour-${id}`);
  const lines = [
    { stroke: CONTOUR.halo, width: CONTOUR.haloWidth },
    { stroke: CONTOUR.line, width: CONTOUR.width },
  ].map(({ stroke, width }) => {
    const line = document.createElementNS(SVG, 'path');
    line.setAttribute('fill', 'none');
    line.setAttribute('stroke', stroke);
    line.setAttribute('stroke-width', String(width));
    line.setAttribute('stroke-linejoin', 'round');
    line.setAttribute('vector-effect', 'non-scaling-stroke');
    root.append(line);
    return line;
  });
  return {
    root,
    show(path: string, image: Size) {
      root.setAttribute('viewBox', `0 0 ${image.width} ${image.height}`);
      for (const line of lines) line.setAttribute('d', path);
    },
  };
}
