/** The demo's scenes with the true box of every object. */
import { readFileSync } from 'node:fs';
import { project } from './shared';

export interface SceneObject {
  readonly label: string;
  /** Index of its class in the demo model. */
  readonly class: number;
  /** Borders as fractions of the image. */
  readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
}

export interface Scene {
  readonly name: string;
  readonly objects: readonly SceneObject[];
}

/** COCO's format; a box is left, top, width, height in pixels. */
interface Annotations {
  readonly images: readonly { id: number; file_name: string; width: number; height: number }[];
  readonly annotations: readonly { image_id: number; category_id: number; bbox: [number, number, number, number] }[];
  readonly categories: readonly { id: number; name: string }[];
}

export function demoScenes(): readonly Scene[] {
  const labels = readFileSync(project('media', 'demo', 'demo-objects.labels.txt'), 'utf8')
    .trim()
    .split('\n');
  const text = readFileSync(project('media', 'demo', 'scenes', 'annotations.json'), 'utf8');
  const { images, annotations, categories }: Annotations = JSON.parse(text);
  return images.map(({ id, file_name, width, height }) => ({
    name: file_name,
    objects: annotations
      .filter(({ image_id }) => image_id === id)
      .map(({ category_id, bbox: [x, y, w, h] }) => {
        const label = categories.find((category) => category.id === category_id)!.name;
        const box = { left: x / width, top: y / height, right: (x + w) / width, bottom: (y + h) / height };
        return { label, class: labels.indexOf(label), box };
      }),
  }));
}
