import { type Command, Option } from 'commander';
import { METRICS } from '../../core/metrics/measurement';
import { DEVICES } from '../../protocol/devices';
import type { Service } from '../../protocol/requests';
import type { Terminal } from '../terminal';
import { COUNT, choiceOption, choicesOption, compareOption, listOption, numberOption, SEED } from '../values';
import { evaluate } from './evaluate';

/** Adds `evaluate` to the command line. */
export function addEvaluate(program: Command, service: () => Service, terminal: Terminal): Command {
  return program
    .command('evaluate')
    .description('measure the maps of several methods on many images; run again, it goes on where it was stopped')
    .argument('<folder|annotations.json|list.csv>', 'the images, with the classes to explain where they are known')
    .option('--model <m.onnx>', 'the classifier (default: the embedded demo model)')
    .option('--layer <tensor>', 'the target layer (default: see inspect)')
    .addOption(
      compareOption('--methods <name,name...>', 'the methods').default(['group-cam', 'grad-cam'], 'group-cam,grad-cam'),
    )
    .addOption(listOption('--option <name=value>', "an option of a method's own, may be repeated; see methods"))
    .addOption(
      choicesOption('--metrics <name,name...>', `the metrics: ${METRICS.join(', ')}`, METRICS).default(
        ['insertion', 'deletion'],
        'insertion,deletion',
      ),
    )
    .addOption(listOption('--metric-option <name=value>', 'an option of a metric, such as step=448 or to=zero'))
    .option(
      '--mapping <file.json>',
      'which classes a category of the annotations, or a folder, shows (default: by name)',
    )
    .option('--no-baselines', 'leave out the random map and the blob in the centre')
    .addOption(numberOption('--limit <n>', 'evaluate so many of the images, drawn at random', COUNT))
    .addOption(numberOption('--seed <n>', 'of all random numbers', SEED, 0))
    .addOption(choiceOption('--device <name>', 'where the model runs', DEVICES, 'auto'))
    .requiredOption(
      '--report <folder>',
      'where report.html, report.json and images.csv go, and what is found meanwhile',
    )
    .addOption(new Option('--verbose', 'show the stack trace of an error'))
    .action(async (source, options) => {
      await evaluate(source, options, service, terminal);
    });
}
