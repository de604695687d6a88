import { type Command, Option } from 'commander';
import { METHODS } from '../../core/methods/names';
import { CLUSTERED_BY } from '../../protocol/clusters';
import { DEVICE_CHOICES } from '../../protocol/devices';
import { AUGMENT, NUMBER_NAMES } from '../../protocol/params/training-options';
import { ARMS, BALANCES } from '../../protocol/training';
import { checkNode } from '../../runner/node-version';
import { SHARD } from '../../runner/shards/form';
import type { Terminal } from '../terminal';
import { COUNT, choiceOption, listOption, numberOption, trainingOption } from '../values';

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
    .option(
      '--run <r.groupcam>',
      'the run file, which gets the results; an existing one is continued. Needed without --shared',
    )
    .addOption(
      new Option('--maps <name>', "also compute maps by this method, which are shown instead of Grad-CAM's").choices(
        METHODS,
      ),
    )
    .addOption(
      new Option(
        '--for <rows>',
        'the images that get the maps of --maps: those with a wrong prediction (default), all, or none',
      ).choices(['all', 'wrong', 'none']),
    )
    .addOption(
      numberOption(
        '--limit <n>',
        'use only this many images, drawn at random; the run file keeps the number until another is given',
        COUNT,
      ),
    )
    .option(
      '--mapping <file.json>',
      'file that says which classes of the model a category of the dataset means (default: <run file>.mapping.json if it is there, else those of the same name)',
    )
    .option(
      '--labels <file>',
      'file with the names of the classes (default: the file that was named for this model before, else the names that come with the model)',
    )
    .option(
      '--shared <folder>',
      'a folder that several machines write to: compute a part of the shards, for `group-cam merge`',
    )
    .option(
      '--queue <url>',
      'with --shared: let the workers of this queue compute, redis://, rediss://, valkey:// or postgres://, and merge what they do. With a password, better set GROUP_CAM_QUEUE instead',
    )
    .addOption(
      numberOption('--shard-size <n>', 'images of a shard, which are lost together if a machine ends', COUNT, SHARD),
    )
    .option(
      '--shard <i/n>',
      'which part, of as many as there are machines, with i from 1 (default: as Slurm or Kubernetes says in SLURM_ARRAY_TASK_ID, or JOB_COMPLETION_INDEX and JOB_COMPLETIONS)',
    )
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .addOption(new Option('--verbose', 'show the stack trace of an error, and what the engine writes'))
    .action(async (source, options) => {
      checkNode();
      const { dataset } = await import('./dataset');
      await dataset(source, options, terminal);
    });

  program
    .command('worker')
    .description(
      'compute shards that `group-cam dataset --queue` has put into a queue, until all are done; there may be any number of workers',
    )
    .option(
      '--queue <url>',
      "the queue's address, as redis://, rediss://, valkey:// or postgres:// (default, and better with a password: the variable GROUP_CAM_QUEUE)",
    )
    .requiredOption('--shared <folder>', 'the folder of `group-cam dataset --shared`, as this machine sees it')
    .requiredOption('--root <dataset>', 'the folder of the images on this machine')
    .requiredOption('--model <m.onnx>', 'the ONNX model, the same as of the plan')
    .option('--labels <file>', 'file with the names of the classes, if the plan was made with one')
    .addOption(
      numberOption(
        '--lock <seconds>',
        'the time after which a shard of a worker that has gone is given to another',
        COUNT,
        30,
      ),
    )
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .addOption(new Option('--verbose', 'show the stack trace of an error, and what the engine writes'))
    .action(async (options) => {
      checkNode();
      const { worker } = await import('./worker');
      await worker(options, terminal);
    });

  program
    .command('merge')
    .description('bring the shards that machines have computed into a run file; it may be run again at any time')
    .argument('<folder>', 'the folder of `group-cam dataset --shared`')
    .requiredOption('--run <r.groupcam>', 'the run file, which gets the results; an existing one is continued')
    .addOption(new Option('--verbose', 'show the stack trace of an error'))
    .action(async (folder, { run }) => {
      checkNode();
      const { merge } = await import('./shards');
      await merge(folder, run, terminal);
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
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .addOption(new Option('--verbose', 'show the stack trace of an error, and what the engine writes'))
    .action(async (run, options) => {
      checkNode();
      const { clusters } = await import('./clusters');
      await clusters(run, options, terminal);
    });

  const finetuning = program
    .command('finetune')
    .description(
      'train a copy of a model on images of a run file, write it to a new file, and add it to the run file as a version; if it is stopped, run it again to continue',
    )
    .argument('<r.groupcam>', 'the run file, which `group-cam dataset` or the extension has made')
    .requiredOption('--model <m.onnx>', 'the model, one of the run file')
    .requiredOption('--train <query>', 'the images to train on, such as: tag = watermark or correct')
    .option('--held-out <query>', 'the images that tell which epoch is best (default: a fifth of those of --train)')
    .addOption(
      choiceOption(
        '--arm <name>',
        'what is trained: head trains the last layer alone; the others train all weights, on the images as they are (plain) or on what a random mask, a Grad-CAM map or a Group-CAM map keeps of them, with the rest blurred',
        ARMS,
        'group-cam',
      ),
    );
  for (const name of NUMBER_NAMES) finetuning.addOption(trainingOption(name));
  finetuning
    .option(AUGMENT.on.flag, AUGMENT.on.text)
    .option(AUGMENT.off.flag, AUGMENT.off.text)
    .addOption(
      new Option(
        '--balance <which>',
        'which images count equally: those of each class, or of each class and group (a tag or a cluster); default: class if regions are pasted, else group with --arm head and none with the others',
      ).choices(BALANCES),
    )
    .option(
      '--paste',
      'also train on images of other classes with the region of suspicious clusters pasted in, and on those of the clusters with it blurred (default: if there are such clusters)',
    )
    .option('--no-paste', 'do not add images with a pasted or blurred region')
    .option('--finish', 'end a training that was stopped: the best epoch so far becomes the new model')
    .requiredOption('--output <new.onnx>', 'the new model; never a file that exists')
    .option('--json', 'print a line of JSON for each epoch on stdout')
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .addOption(new Option('--verbose', 'show the stack trace of an error, and what the engine writes'))
    .action(async (run, options) => {
      checkNode();
      const { finetune } = await import('./finetune');
      await finetune(run, options, terminal);
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
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .addOption(new Option('--verbose', 'show the stack trace of an error, and what the engine writes'))
    .action(async (run, a, b, options) => {
      checkNode();
      const { shift } = await import('./shift');
      await shift(run, [a, b], options, terminal);
    });
}
