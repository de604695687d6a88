// Loaded by `npm start` beside Group-CAM: opens the first image. VS Code itself opens files of its command line before
// it knows an extension's custom editors.
const { commands, Uri } = require('vscode');

exports.activate = async () => {
  const file = process.env.GROUP_CAM_FIRST_IMAGE;
  if (file) await commands.executeCommand('vscode.openWith', Uri.file(file), 'groupCam.explanation');
};
