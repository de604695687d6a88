/** Maps of re-randomised networks, layer by layer, beside the map of the trained network. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Size } from '../../../src/core/geometry';
import type { Frame } from '../../../src/core/saliency';
import type { SanityMap, SanityStep } from '../../../src/core/sanity/types';
import { stepsOf } from '../../../src/core/sanity/verdict';
import type { HeatStyle } from '../../../src/core/style';
import type { ShownCheck } from '../../../src/protocol/webview';
import { draw } from '../../heat/painting';

/** The longer side of a map, in pixels of its canvas. */
const LONGER = 96;

interface SanityStripProps {
  readonly check: ShownCheck;
  /** The frame of the map that is checked. */
  readonly original: Frame;
  readonly style: HeatStyle;
}

export function SanityStrip({ check, original, style }: SanityStripProps) {
  return (
    <div class="sanity-strip" data-testid="sanity-strip">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with keys */}
      <ol class="checks" tabIndex={0} aria-label="Maps by how many layers are re-randomised">
        <li class="check" title="The network as it was trained">
          <div class="check-maps">
            <MapPicture frame={original} style={style} name="Map of the network as trained" />
          </div>
          <Layer name="as trained" />
        </li>
        {stepsOf(check.maps).map((step) => (
          <Step
            key={step.depth}
            step={step}
            maps={check.maps.filter(({ depth }) => depth === step.depth)}
            style={style}
          />
        ))}
      </ol>
      <p class="sentence" data-testid="sanity-verdict">
        {check.verdict ?? ''}
      </p>
    </div>
  );
}

interface StepProps {
  readonly step: SanityStep;
  readonly maps: readonly SanityMap[];
  readonly style: HeatStyle;
}

function Step({ step, maps, style }: StepProps) {
  const hint = step.depth === 1 ? `${step.layer} re-randomised` : `${step.layer} and all behind it re-randomised`;
  const lines = similarityLines(step);
  return (
    <li class="check" title={[hint, ...lines].join('\n')}>
      <div class="check-maps">
        {maps.map((map, i) => (
          <DrawnMap key={i} map={map} style={style} />
        ))}
      </div>
      <Layer name={step.layer} />
      {lines.map((line) => (
        <span key={line} class="check-similarity">
          {line}
        </span>
      ))}
    </li>
  );
}

function Layer({ name }: { readonly name: string }) {
  return (
    <span class="check-layer from-end">
      <bdi>{name}</bdi>
    </span>
  );
}

function DrawnMap({ map: { frame, blank, layer }, style }: { readonly map: SanityMap; readonly style: HeatStyle }) {
  if (blank !== undefined || !frame) {
    return (
      <div class="check-blank" title={blank ?? ''}>
        blank
      </div>
    );
  }
  return <MapPicture frame={frame} style={style} name={`Map with ${layer} re-randomised`} />;
}

interface MapPictureProps {
  readonly frame: Frame;
  readonly style: HeatStyle;
  readonly name: string;
}

function MapPicture({ frame, style, name }: MapPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = sizeOf(frame.imageTransform.image);
  useLayoutEffect(() => {
    const drawing = { kind: 'map', frame } as const;
    const { pixels } = draw({ drawing, size: { width, height }, style: { ...style, threshold: 0, contour: false } });
    canvas.current!.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [frame, style]);
  return <canvas ref={canvas} width={width} height={height} class="check-map" role="img" aria-label={name} />;
}

function sizeOf({ width, height }: Size): Size {
  const scale = LONGER / Math.max(width, height);
  return { width: Math.max(Math.round(width * scale), 1), height: Math.max(Math.round(height * scale), 1) };
}

/** The similarity, averaged over the seeds that have a map. */
function similarityLines({ mean }: SanityStep): string[] {
  return mean ? [`ρ ${mean.spearman.toFixed(2)}`, `SSIM ${mean.ssim.toFixed(2)}`] : ['blank'];
}
