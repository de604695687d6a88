/** Models and photographs of the user's own, in one window. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { needs } from '../support/shared';
import { torchvision } from '../support/torchvision';
import { inOneWindow, SCENES } from './harness';
import { MODEL, PHOTO, photograph } from './models/photograph';
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
      const net = path.join(folder, 'net.onnx');
      writeFileSync(net, twoScores());
      for (const name of Object.keys(NETWORKS)) exported[name] = torchvision(context, name);
      const networks = Object.entries(exported).map(([name, file]) => [`${name}.onnx`, file]);
      return {
        files: { ...SCENES, 'goldfish.jpg': PHOTO, 'net.onnx': net, ...Object.fromEntries(networks) },
        settings: { 'groupCam.model': MODEL, 'groupCam.colormap': 'grey' },
      };
    },
    [photograph, (window) => transformers(window, (name) => exported[name]!), scores],
  );
});
