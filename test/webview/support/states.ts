/** States as the host sends them, about a scene of the demo with a cat on the right and a dog at the lower left. */
import { readFileSync } from 'node:fs';
import type { ImageTransform } from '../../../src/core/geometry';
import type { Frame } from '../../../src/core/saliency';
import { DEFAULT_STYLE } from '../../../src/core/style';
import type { ClassesState } from '../../../src/protocol/classes-view';
import type { EditorState, Picture, Slot, Summary } from '../../../src/protocol/webview';
import { project } from '../../support/shared';
import { pictureUri } from './page';

export const SCENE = { width: 512, height: 512 };

/** Boxes of the scene's objects: x, y, width, height in pixels. */
export const BOXES: Readonly<Record<string, readonly [number, number, number, number]>> = readBoxes();

function readBoxes() {
  const { images, annotations, categories } = JSON.parse(
    readFileSync(project('media/demo/scenes/annotations.json'), 'utf8'),
  );
  const scene = images.find((image: { file_name: string }) => image.file_name === 'cat-and-dog.png');
  const inScene = annotations.filter((annotation: { image_id: number }) => annotation.image_id === scene.id);
  return Object.fromEntries(
    inScene.map(({ category_id, bbox }: { category_id: number; bbox: number[] }) => [
      categories.find(({ id }: { id: number }) => id === category_id).name,
      bbox,
    ]),
  );
}

const WHOLE: ImageTransform = { scaleX: 4, scaleY: 4, offsetX: 0, offsetY: 0, image: SCENE };

/** A frame whose only hill stands on an object of the scene. Its map is a plain array, as JSON needs it. */
export function hillOn(name: string, done = 32): Frame {
  const [x, y, width, height] = BOXES[name]!;
  const cells = 16;
  const centre = { x: (x + width / 2) / SCENE.width, y: (y + height / 2) / SCENE.height };
  const map = Array.from({ length: cells * cells }, (_, i) => {
    const dx = ((i % cells) + 0.5) / cells - centre.x;
    const dy = (Math.floor(i / cells) + 0.5) / cells - centre.y;
    return Math.exp(-(dx * dx + dy * dy) / 0.02);
  });
  return {
    done,
    total: 32,
    height: cells,
    width: cells,
    map: map as unknown as Float32Array,
    offset: 0,
    signed: false,
    inputSize: { width: 128, height: 128 },
    imageTransform: WHOLE,
  };
}

export function summary(label: string, index: number, probability: number, more: Partial<Summary> = {}): Summary {
  return {
    class: { class: index, label, probability },
    method: 'Group-CAM (G 32, θ 70)',
    layer: 'features.12',
    layerShape: [1, 128, 16, 16],
    activation: 'softmax',
    model: 'demo-objects (demo model)',
    device: 'cpu',
    milliseconds: 412,
    passes: 34,
    assumptions: [],
    ...more,
  };
}

export const done = (label: string, index: number, probability: number, more: Partial<Summary> = {}): Slot => ({
  title: label,
  state: { kind: 'done', summary: summary(label, index, probability, more) },
  frame: hillOn(label),
});

export const CAT = done('cat', 10, 0.612);
export const DOG = done('dog', 12, 0.371);

/** A comparison of methods: those that are done, on one object or the other, with their states in the end. */
export function comparison(count: number): Slot[] {
  const methods = ['Group-CAM', 'Grad-CAM', 'Score-CAM', 'RISE', 'Integrated Gradients', 'XRAI'];
  return methods.slice(0, count).map((title, i) => ({
    ...done(i % 2 === 0 ? 'cat' : 'dog', 10, 0.612, { method: title, milliseconds: 100 * (i + 1) }),
    title,
  }));
}

export function editorState(slots: readonly Slot[], more: Partial<EditorState> = {}): EditorState {
  return {
    name: 'cat-and-dog.png',
    picture: { uri: pictureUri('media/demo/scenes/cat-and-dog.png') },
    size: SCENE,
    slots,
    assessment: slots.map(() => ({})),
    comparedBy: slots.length > 1 ? 'classes' : undefined,
    questions: '[]',
    strip: [],
    active: 0,
    style: DEFAULT_STYLE,
    focused: 0,
    demo: true,
    ...more,
  };
}

const STRIP = ['cat-and-dog', 'pizza-and-apple', 'tiger-and-cat', 'turtle-and-fish', 'tree-and-house'];

export const strip: EditorState['strip'] = STRIP.map((name, i) => ({
  name: `${name}.png`,
  state: (['done', 'done', 'working', 'failed', 'waiting'] as const)[i]!,
}));

/** The host's answers when the page asks for thumbnails. */
export const thumbnailOf = (index: number): Picture => ({ uri: pictureUri(`media/demo/scenes/${STRIP[index]}.png`) });

const DEMO_LABELS = readFileSync(project('media/demo/demo-objects.labels.txt'), 'utf8').trim().split('\n');

/** The Classes view on the demo's scene, with the cat explained. Probabilities are a plain array, as JSON needs it. */
export function classesState(more: Partial<ClassesState> = {}): ClassesState {
  const known: Readonly<Record<string, number>> = {
    cat: 0.612,
    dog: 0.371,
    tiger: 0.012,
    horse: 0.003,
    turtle: 0.0004,
  };
  const probabilities = DEMO_LABELS.map((label) => known[label] ?? 0.00001);
  return {
    model: 'demo-objects (demo model)',
    demo: true,
    activation: 'softmax',
    labels: DEMO_LABELS,
    probabilities: probabilities as unknown as Float32Array,
    image: 'cat-and-dog.png',
    shown: [DEMO_LABELS.indexOf('cat')],
    message: undefined,
    ...more,
  };
}
