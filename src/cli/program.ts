import { Command, Option } from 'commander';
import { DEFAULT_CHOICE } from '../core/methods/choice';
import { METHODS } from '../core/methods/names';
import { RANDOMISATIONS } from '../core/sanity/types';
import { DEVICES } from '../protocol/devices';
import { oneLine } from '../protocol/plain-text';
import type { Service } from '../protocol/requests';
import { addAblate } from './ablate/command';
import { addDataset } from './dataset/command';
import { addEvaluate } from './evaluate/command';
import { explain } from './explain';
import { gradient } from './gradient';
import { methods } from './methods';
import { sanity } from './sanity';
import type { Terminal } from './terminal';
import { inspectionRecord, modelText } from './text';
import { time } from './time';
import {
  COUNT,
  choiceOption,
  choicesOption,
  classIndexOption,
  compareOption,
  groupCamOption,
  listOption,
  numberOption,
  ODD,
  POSITIVE,
  SEED,
} from './values';

/** The command line; `service` is made only by the commands that need it. */
export function createProgram(service: () => Service, terminal: Terminal): Command {
  const program = new Command('group-cam')
    .description('Shows what an ONNX image classifier looked at.')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text.trim())}\n`) });

  const { method, blur } = DEFAULT_CHOICE;
  program
    .command('explain')
    .description('explain images: a heatmap for each image and class')
    .argument('[image...]', 'images (JPEG, PNG, WebP, AVIF, GIF, TIFF, BMP)')
    .option('--tensor <input.npy>', 'a preprocessed input, float32 [1,C,H,W] or [1,H,W,C], in place of images')
    .option('--model <m.onnx>', 'the classifier (default: the embedded demo model)')
    .addOption(listOption('--class <index|label>', 'a class to explain, may be repeated (default: the top class)'))
    .addOption(numberOption('--top <k>', 'how many of the most probable classes to list', COUNT, 5))
    .addOption(
      listOption('--layer <tensor>', 'the target layer, if repeated the mean of several (default: see inspect)'),
    )
    .addOption(choiceOption('--method <name>', 'the method', METHODS, method))
    .addOption(listOption('--option <name=value>', "an option of the method's own, may be repeated; see methods"))
    .addOption(listOption('--contrast <index|label>', 'a class that the evidence is to be against, may be repeated'))
    .addOption(numberOption('--contrast-weight <alpha>', "how much of the others' mean score counts", POSITIVE, 1))
    .addOption(compareOption('--compare <name,name...>', 'methods to compare, on one labelled sheet: the --output'))
    .addOption(groupCamOption('variant', 'name'))
    .addOption(groupCamOption('groups', 'n'))
    .addOption(groupCamOption('theta', 'percentile'))
    .addOption(numberOption('--blur-kernel <pixels>', 'size of the blur, odd', ODD, blur.kernel))
    .addOption(numberOption('--blur-sigma <pixels>', 'sigma of the blur', POSITIVE, blur.sigma))
    .addOption(choiceOption('--device <name>', 'where the model runs', DEVICES, 'auto'))
    .option('--output <overlay.png|folder>', 'write the heat over the image; of a tensor the heat alone')
    .option('--force', 'replace a picture that Group-CAM has not drawn')
    .option('--npy <saliency.npy|folder>', 'write the map, float32 [H,W] in [0,1], or [-1,1] with a sign')
    .option('--json', 'print one line for each image and class on stdout')
    .addOption(numberOption('--seed <n>', 'for methods that draw random numbers', SEED, 0))
    .addOption(verboseOption())
    .action((images, options) => explain(images, options, service(), terminal));

  addEvaluate(program, service, terminal);
  addAblate(program, service, terminal);
  addDataset(program, terminal);

  program
    .command('sanity')
    .description('whether maps fall apart when the weights of the network are re-randomised')
    .argument('<image>', 'an image')
    .option('--model <m.onnx>', 'the classifier (default: the embedded demo model)')
    .option('--class <index|label>', 'the class to explain (default: the top class)')
    .option('--layer <tensor>', 'the target layer (default: see inspect)')
    .addOption(
      compareOption('--methods <name,name...>', 'the methods to check').default(
        ['group-cam', 'grad-cam', 'guided-backpropagation'],
        'group-cam,grad-cam,guided-backpropagation',
      ),
    )
    .addOption(listOption('--option <name=value>', "an option of a method's own, may be repeated; see methods"))
    .addOption(
      choicesOption(
        '--randomise <name,name...>',
        'cascading: all layers from the last one on; independent: one layer at a time',
        RANDOMISATIONS,
      ),
    )
    .addOption(numberOption('--steps <n>', 'depths at most, from the last layer to the first', COUNT, 8))
    .addOption(numberOption('--seeds <n>', 'how often all is done', COUNT, 3))
    .addOption(numberOption('--seed <n>', 'the first seed', SEED, 0))
    .addOption(choiceOption('--device <name>', 'where the model runs', DEVICES, 'auto'))
    .option('--output <strip.png>', 'write the maps side by side')
    .option('--force', 'replace a picture that Group-CAM has not drawn')
    .option('--json', 'print one line on stdout')
    .addOption(verboseOption())
    .action((image, options) => sanity(image, options, service(), terminal));

  program
    .command('time')
    .description('how long each method takes on this machine')
    .argument('<image>', 'an image')
    .option('--model <m.onnx>', 'the classifier (default: the embedded demo model)')
    .option('--layer <tensor>', 'the target layer (default: see inspect)')
    .addOption(compareOption('--methods <name,name...>', 'the methods').default(METHODS, 'all'))
    .addOption(listOption('--option <name=value>', "an option of a method's own, may be repeated; see methods"))
    .addOption(numberOption('--repeat <n>', 'timed runs of each method, of which the median counts', COUNT, 5))
    .addOption(numberOption('--seed <n>', 'for methods that draw random numbers', SEED, 0))
    .addOption(choiceOption('--device <name>', 'where the model runs', DEVICES, 'auto'))
    .option('--json', 'print one line for each method on stdout')
    .addOption(verboseOption())
    .action((image, options) => time(image, options, service(), terminal));

  program
    .command('gradient')
    .description('the gradient of a class logit, float32, in the shape of the tensor')
    .requiredOption('--model <m.onnx>', 'the classifier')
    .requiredOption('--tensor <input.npy>', 'a preprocessed input, float32 [1,C,H,W] or [1,H,W,C]')
    .addOption(classIndexOption('--class <index>', 'the class'))
    .option('--wrt <tensor>', 'with respect to this tensor (default: the input)')
    .requiredOption('--npy <gradient.npy>', 'the file to write')
    .addOption(verboseOption())
    .action((options) => gradient(options, service(), terminal));

  program
    .command('inspect')
    .description('what is known about a model before it explains an image')
    .argument('<m.onnx>', 'the classifier')
    .option('--json', 'print one line on stdout')
    .addOption(verboseOption())
    .action(async (path, options) => {
      const info = await service().inspect({ model: { path } }, { signal: terminal.signal, emit() {} });
      if (options.json) terminal.put(inspectionRecord(info));
      else terminal.say(modelText(info));
    });

  program
    .command('methods')
    .description('the methods and their variants')
    .option('--json', 'print one line on stdout')
    .addOption(verboseOption())
    .action((options) => methods(Boolean(options.json), terminal));
  return program;
}

const verboseOption = () => new Option('--verbose', 'show the stack trace of an error');
