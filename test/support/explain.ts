/** Requests to the engine's service, with the paper's options. */
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import type { Frame } from '../../src/core/saliency';
import type { Explanation } from '../../src/protocol/explanation';
import type { ExplainParams, Service } from '../../src/protocol/requests';

export interface Explained {
  readonly explanation: Explanation;
  readonly frames: readonly Frame[];
}

type Choice = Pick<ExplainParams, 'image' | 'model'> & Partial<ExplainParams>;

export function paramsOf(choice: Choice): ExplainParams {
  return { ...DEFAULT_CHOICE, view: 'test', target: 'top', device: 'cpu', top: 5, ...choice };
}

/** @param onFrame called with each frame as it arrives */
export async function explainWith(
  service: Service,
  choice: Choice,
  onFrame: (frame: Frame) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Explained> {
  const frames: Frame[] = [];
  const explanation = await service.explain(paramsOf(choice), {
    signal,
    emit: (event, frame) => {
      if (event !== 'frame') return;
      frames.push(frame as Frame);
      onFrame(frame as Frame);
    },
  });
  return { explanation, frames };
}
