import { type Command, Option } from 'commander';
import { METHODS } from '../../core/methods/names';
import { CLUSTERED_BY } from '../../protocol/clusters';
import { DEVICES } from '../../protocol/devices';
import { checkNode } from '../../runner/node-version';
import type { Terminal } from '../terminal';
import { COUNT, choiceOption, listOption, numberOption } from '../values';

/** Adds the commands about datasets to the command line. What they need is loaded only when they run. */
export function addDataset(program: Command, terminal: Terminal): void {
  program
    .command('dataset')
    .description(
      'compute the predictions and maps of all images of a dataset; if it is stopped, run it again to continue',
    )
    .argument(
      '<folder|annotations|list>',
      'a folder of images, annotations (COCO, YOLO, Pascal VOC), or a list (CSV, JSONL, a text file of paths)',
    )
    .addOption(
      listOption('--model <m.onnx>', 'the ONNX model; may be repeated to compare several').makeOptionMandatory(),
    )
    .requiredOption('--run <r.groupcam>', 'the run file, which gets the results; an existing one is continued')
    .addOption(
      new Option(
        '--maps <name>',
        `also compute maps by this method, which are shown instead of Grad-CAM's (${METHODS.join(', ')})`,
      ).choices(METHODS),
    )
    .addOption(
      new Option(
        '--for <rows>',
        'the images that get the maps of --maps: those with a wrong prediction (default), all, or none',
      ).choices(['all', 'wrong', 'none']),
    )
    .addOption(numberOption('--limit <n>', 'use only this many images, drawn at random', COUNT))
    .option(
      '--mapping <file.json>',
      'file that says which classes of the model a category of the dataset means (default: those of the same name)',
    )
    .option('--labels <file>', 'file with the names of the classes (default: the names that come with the model)')
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICES, 'auto'))
    .addOption(new Option('--verbose', 'show the stack trace of an error, and what the engine writes'))
    .action(async (source, options) => {
      checkNode();
      const { dataset } = await import('./dataset');
      await dataset(source, options, terminal);
    });

  program
    .command('query')
    .description('print the results in a run file: of all images, or of those that a query selects')
    .argument('<r.groupcam>', 'the run file, which `group-cam dataset` or the extension has made')
    .argument(
      '[query]',
      'for example: wrong and true = cat and p > 0.9 order by loss desc limit 20 (default: all images, by path)',
    )
    .option('--version <name>', 'the name of the model whose results are printed (default: the newest)')
    .addOption(new Option('--csv', 'print a table as CSV on stdout').conflicts(['json', 'paths', 'parquet']))
    .addOption(new Option('--json', 'print a line of JSON for each image on stdout').conflicts(['paths', 'parquet']))
    .addOption(new Option('--paths', 'print the path of each image on stdout (default)').conflicts(['parquet']))
    .option('--parquet <file>', 'write the table as a Parquet file')
    .addOption(new Option('--verbose', 'show the stack trace of an error'))
    .action(async (run, query, options) => {
      checkNode();
      const { query: ask } = await import('./query');
      await ask(run, query ?? '', options, terminal);
    });

  program
    .command('clusters')
    .description(
      'find groups of images on which the network looks at the same, and which of them may be shortcuts; what was found before is not computed again',
    )
    .argument('<r.groupcam>', 'the run file, which `group-cam dataset` or the extension has made')
    .addOption(
      new Option('--class <label>', 'only the clusters of this class (default: of all classes with enough images)'),
    )
    .addOption(choiceOption('--by <which>', 'the class by which images belong together', CLUSTERED_BY, 'predicted'))
    .option('--version <name>', 'the name of the model whose maps are clustered (default: the newest)')
    .option('--json', 'print a line of JSON for each cluster on stdout, the most suspicious first')
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICES, 'auto'))
    .addOption(new Option('--verbose', 'show the stack trace of an error, and what the engine writes'))
    .action(async (run, options) => {
      checkNode();
      const { clusters } = await import('./clusters');
      await clusters(run, options, terminal);
    });

  program
    .command('shift')
    .description(
      'show what changed between two models: which images each gets right, and how far the heat has moved; what was computed before is not computed again',
    )
    .argument(
      '<r.groupcam>',
      'the run file with the results of both, which `group-cam dataset` or the extension has made',
    )
    .argument('<version a>', 'the name of the version before')
    .argument('<version b>', 'the name of the version after')
    .option('--json', 'print a line of JSON for each image that both have computed on stdout, in the order of paths')
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICES, 'auto'))
    .addOption(new Option('--verbose', 'show the stack trace of an error, and what the engine writes'))
    .action(async (run, a, b, options) => {
      checkNode();
      const { shift } = await import('./shift');
      await shift(run, [a, b], options, terminal);
    });
}
