/** Models as onnxruntime's own optimiser saves them. */
import { InferenceSession } from 'onnxruntime-node';

export const LEVELS = ['basic', 'extended', 'all'] as const;
export type Level = (typeof LEVELS)[number];

/** Saves a model as `file`, optimised for the CPU of this machine. */
export async function saveOptimised(model: string, level: Level, file: string): Promise<string> {
  const session = await InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: level,
    optimizedModelFilePath: file,
    logSeverityLevel: 3,
  });
  await session.release();
  return file;
}
