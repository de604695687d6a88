// Loaded by `npm start` beside Group-CAM: opens the first image, with the classes beside it. VS Code itself opens files of
// its command line before it knows an extension's custom editors.
const { commands, Uri } = require('vscode');

exports.activate = async () => {
  const file = process.env.GROUP_CAM_FIRST_IMAGE;
  if (!file) return;
  await commands.executeCommand('workbench.view.extension.groupCam');
  await commands.executeCommand('vscode.openWith', Uri.file(file), 'groupCam.explanation');
};
