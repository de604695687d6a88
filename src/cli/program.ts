import { Command } from 'commander';
import { DEFAULT_CHOICE } from '../core/methods/choice';
import { METHODS } from '../core/methods/names';
import { RANDOMISATIONS } from '../core/sanity/types';
import { DEVICE_CHOICES } from '../protocol/devices';
import { oneLine } from '../protocol/plain-text';
import type { Service } from '../protocol/requests';
import { checkVariables } from '../server/variables';
import { addAblate } from './ablate/command';
import { addDataset } from './dataset/command';
import { addEvaluate } from './evaluate/command';
import { explain, OWN } from './explain';
import { addExport } from './export';
import { gradient } from './gradient';
import { methods } from './methods';
import { sanity } from './sanity';
import type { Terminal } from './terminal';
import { inspectionRecord, modelText } from './text';
import { time } from './time';
import {
  addMaskOptions,
  COUNT,
  choiceOption,
  choicesOption,
  classIndexOption,
  compareOption,
  listOption,
  numberOption,
  POSITIVE,
  SEED,
  verboseOption,
} from './values';

/** The command line; `service` is made only by the commands that need it. */
export function createProgram(service: () => Service, terminal: Terminal, version: string): Command {
  const program = new Command('group-cam')
    .description('Shows what an ONNX image classifier looked at.')
    // Commands have a --version of their own.
    .enablePositionalOptions()
    .version(version, '--version', 'print the version')
    .exitOverride()
    .hook('preAction', checkVariables)
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text.trim())}\n`) });

  const { method } = DEFAULT_CHOICE;
  addMaskOptions(
    program
      .command('explain')
      .description('draw a heatmap of what the model looked at, for each image and class')
      .argument('[image...]', 'images (JPEG, PNG, WebP, AVIF, GIF, TIFF, BMP)')
      .option(
        '--tensor <input.npy>',
        'explain a preprocessed input instead of images: float32 of shape [1,C,H,W] or [1,H,W,C]',
      )
      .option('--model <m.onnx>', 'the ONNX model (default: the embedded demo model)')
      .addOption(
        listOption('--class <index|label>', 'a class to explain; may be repeated (default: the most probable class)'),
      )
      .addOption(numberOption('--top <k>', 'how many of the most probable classes to list', COUNT, 5))
      .addOption(
        listOption(
          '--layer <tensor>',
          'the layer to explain; if repeated, the maps of all are averaged (default: the one that `group-cam inspect` prints)',
        ),
      )
      .addOption(
        choiceOption(
          '--method <name>',
          'the method that computes the map; own: the map that an exported model makes itself',
          [...METHODS, OWN],
          method,
        ),
      )
      .addOption(
        listOption('--option <name=value>', 'an option of the method; may be repeated. `group-cam methods` lists them'),
      )
      .addOption(
        listOption('--contrast <index|label>', 'show why the class was chosen rather than this one; may be repeated'),
      )
      .addOption(
        numberOption(
          '--contrast-weight <alpha>',
          'factor of the mean score of the classes of --contrast, which is subtracted (default: 1)',
          POSITIVE,
        ),
      )
      .addOption(
        compareOption(
          '--compare <name,name...>',
          'methods to compare, in place of --method; --output is then one picture with all of their maps',
        ).conflicts('method'),
      ),
  )
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .option('--output <overlay.png|folder>', 'write the image with its heatmap; for --tensor the heatmap alone')
    .option('--force', 'also replace an existing picture that Group-CAM did not draw')
    .option(
      '--npy <saliency.npy|folder>',
      'write the map as float32 [H,W], from 0 to 1, or from -1 to 1 if it has a sign',
    )
    .addOption(
      choiceOption(
        '--npy-frame <name>',
        "in whose pixels --npy is written: those of the network's input (default), or of the image (0 where the input does not reach)",
        ['input', 'image'],
      ),
    )
    .option('--json', 'print a line of JSON for each image and class on stdout')
    .addOption(numberOption('--seed <n>', 'seed of the methods that draw random numbers', SEED, 0))
    .addOption(verboseOption())
    .action((images, options) => explain(images, options, service(), terminal));

  addEvaluate(program, service, terminal);
  addAblate(program, service, terminal);
  addDataset(program, terminal);

  program
    .command('sanity')
    .description('check whether maps change when the weights of the model are replaced by random ones')
    .argument('<image>', 'the image')
    .option('--model <m.onnx>', 'the ONNX model (default: the embedded demo model)')
    .option('--class <index|label>', 'the class to explain (default: the most probable class)')
    .option('--layer <tensor>', 'the layer to explain (default: the one that `group-cam inspect` prints)')
    .addOption(
      compareOption('--methods <name,name...>', 'the methods to check').default(
        ['group-cam', 'grad-cam', 'guided-backpropagation'],
        'group-cam,grad-cam,guided-backpropagation',
      ),
    )
    .addOption(
      listOption('--option <name=value>', 'an option of a method; may be repeated. `group-cam methods` lists them'),
    )
    .addOption(
      choicesOption(
        '--randomise <name,name...>',
        'cascading: random weights in all layers from the last one back to a given one; independent: in one layer only',
        RANDOMISATIONS,
      ),
    )
    .addOption(
      numberOption(
        '--steps <n>',
        'the largest number of depths to check, from the last layer alone to all layers',
        COUNT,
        8,
      ),
    )
    .addOption(
      numberOption('--seeds <n>', 'how often the whole check is repeated, each time with the next seed', COUNT, 3),
    )
    .addOption(numberOption('--seed <n>', 'the first seed', SEED, 0))
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .option('--output <strip.png>', 'write all maps side by side as one picture')
    .option('--force', 'also replace an existing picture that Group-CAM did not draw')
    .option('--json', 'print a line of JSON on stdout')
    .addOption(verboseOption())
    .action((image, options) => sanity(image, options, service(), terminal));

  program
    .command('time')
    .description('measure how long each method takes on this machine')
    .argument('<image>', 'the image')
    .option('--model <m.onnx>', 'the ONNX model (default: the embedded demo model)')
    .option('--layer <tensor>', 'the layer to explain (default: the one that `group-cam inspect` prints)')
    .addOption(compareOption('--methods <name,name...>', 'the methods to time').default(METHODS, 'all'))
    .addOption(
      listOption('--option <name=value>', 'an option of a method; may be repeated. `group-cam methods` lists them'),
    )
    .addOption(numberOption('--repeat <n>', 'how often each method is timed; the median is printed', COUNT, 5))
    .addOption(numberOption('--seed <n>', 'seed of the methods that draw random numbers', SEED, 0))
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .option('--json', 'print a line of JSON for each method on stdout')
    .addOption(verboseOption())
    .action((image, options) => time(image, options, service(), terminal));

  program
    .command('gradient')
    .description('compute the gradient of the logit of a class, as float32 in the shape of --wrt')
    .requiredOption('--model <m.onnx>', 'the ONNX model')
    .requiredOption('--tensor <input.npy>', 'a preprocessed input: float32 of shape [1,C,H,W] or [1,H,W,C]')
    .addOption(classIndexOption('--class <index>', 'the index of the class'))
    .option('--wrt <tensor>', 'the tensor that the gradient refers to (default: the input)')
    .requiredOption('--npy <gradient.npy>', 'the file to write')
    .addOption(verboseOption())
    .action((options) => gradient(options, service(), terminal));

  addExport(program, service, terminal);

  program
    .command('inspect')
    .description('print what is known about a model: its input, classes, layers, and what was assumed')
    .argument('<m.onnx>', 'the ONNX model')
    .option('--json', 'print a line of JSON on stdout')
    .addOption(verboseOption())
    .action(async (path, options) => {
      const info = await service().inspect({ model: { path } }, { signal: terminal.signal, emit() {} });
      if (options.json) terminal.put(inspectionRecord(info));
      else terminal.say(modelText(info));
    });

  program
    .command('methods')
    .description('list the methods with their options')
    .option('--json', 'print a line of JSON on stdout')
    .addOption(verboseOption())
    .action((options) => methods(Boolean(options.json), terminal));
  return program;
}
