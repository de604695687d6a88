/** Models, photographs and a report of the user's own, in one window. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { needs } from '../support/shared';
import { torchvision } from '../support/torchvision';
import { inOneWindow, SCENES } from './harness';
import { exported as exportedModels, SHAPES } from './models/exported';
import { MODEL, PHOTO, photograph } from './models/photograph';
import { recent } from './models/recent';
import { REPORT, report } from './models/report';
import { scores, twoScores } from './models/scores';
import { NETWORKS, transformers } from './models/transformers';

describe("a model of the user's own", () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-scores-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const exported: Record<string, string> = {};

  inOneWindow(
    (context) => {
      needs(context, MODEL, 'a real model');
      needs(context, PHOTO, 'a photograph');
      const [net, twin] = ['net', 'twin'].map((name) => path.join(folder, `${name}.onnx`)) as [string, string];
      for (const file of [net, twin]) writeFileSync(file, twoScores());
      for (const name of Object.keys(NETWORKS)) exported[name] = torchvision(context, name);
      const networks = Object.entries(exported).map(([name, file]) => [`${name}.onnx`, file]);
      return {
        files: {
          ...SCENES,
          report: REPORT,
          'goldfish.jpg': PHOTO,
          'UPPER.JPG': PHOTO,
          'UPPER.JPEG': PHOTO,
          'net.onnx': net,
          'twin.onnx': twin,
          ...SHAPES,
          ...Object.fromEntries(networks),
        },
        settings: { 'groupCam.model': MODEL, 'groupCam.colormap': 'grey' },
      };
    },
    [photograph, (window) => transformers(window, (name) => exported[name]!), scores, recent, exportedModels, report],
  );
});
