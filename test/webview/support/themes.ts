/** Theme variables as VS Code gives them to webviews: its own light and dark themes, and both of high contrast. */

export const THEMES = ['light', 'dark', 'high-contrast', 'high-contrast-light'] as const;
export type Theme = (typeof THEMES)[number];

/** By token: light, dark, high contrast, high contrast light; an empty one is not defined in that theme. */
const TOKENS: Readonly<Record<string, readonly [string, string, string, string]>> = {
  'editor-background': ['#ffffff', '#1f1f1f', '#000000', '#ffffff'],
  'editor-foreground': ['#3b3b3b', '#cccccc', '#ffffff', '#292929'],
  foreground: ['#3b3b3b', '#cccccc', '#ffffff', '#292929'],
  descriptionForeground: ['#3b3b3b', '#9d9d9d', 'rgba(255, 255, 255, 0.7)', 'rgba(41, 41, 41, 0.7)'],
  errorForeground: ['#f85149', '#f85149', '#f48771', '#b5200d'],
  focusBorder: ['#005fb8', '#0078d4', '#f38518', '#006bbd'],
  contrastBorder: ['', '', '#6fc3df', '#0f4a85'],
  contrastActiveBorder: ['', '', '#f38518', '#006bbd'],
  'panel-border': ['#e5e5e5', '#2b2b2b', '#6fc3df', '#0f4a85'],
  'widget-border': ['#e5e5e5', '#313131', '#6fc3df', '#0f4a85'],
  'widget-shadow': ['rgba(0, 0, 0, 0.16)', 'rgba(0, 0, 0, 0.36)', '', ''],
  'editorWidget-background': ['#f8f8f8', '#202020', '#0c141f', '#ffffff'],
  'editorWidget-foreground': ['#3b3b3b', '#cccccc', '#ffffff', '#292929'],
  'editorWidget-border': ['#c8c8c8', '#454545', '#6fc3df', '#0f4a85'],
  'sideBar-background': ['#f8f8f8', '#181818', '#000000', '#ffffff'],
  'button-background': ['#005fb8', '#0078d4', '#000000', '#0f4a85'],
  'button-foreground': ['#ffffff', '#ffffff', '#ffffff', '#ffffff'],
  'button-hoverBackground': ['#0258a8', '#026ec1', '#000000', '#0f4a85'],
  'button-border': ['#0000001a', '#ffffff12', '#6fc3df', '#0f4a85'],
  'button-secondaryBackground': ['#e5e5e5', '#313131', '#000000', '#ffffff'],
  'button-secondaryBorder': ['#3b3b3b26', '#cccccc26', '#6fc3df', '#0f4a85'],
  'button-secondaryForeground': ['#3b3b3b', '#cccccc', '#ffffff', '#292929'],
  'button-secondaryHoverBackground': ['#cccccc', '#3c3c3c', '#000000', '#ffffff'],
  'charts-blue': ['#1a85ff', '#59a4f9', '#59a4f9', '#0063d3'],
  'charts-red': ['#f85149', '#f85149', '#f48771', '#b5200d'],
  'checkbox-background': ['#f8f8f8', '#313131', '#000000', '#ffffff'],
  'checkbox-border': ['#cecece', '#3c3c3c', '#6fc3df', '#0f4a85'],
  'checkbox-foreground': ['#3b3b3b', '#cccccc', '#ffffff', '#292929'],
  'dropdown-background': ['#ffffff', '#313131', '#000000', '#ffffff'],
  'dropdown-border': ['#cecece', '#3c3c3c', '#6fc3df', '#0f4a85'],
  'dropdown-foreground': ['#3b3b3b', '#cccccc', '#ffffff', '#292929'],
  'input-background': ['#ffffff', '#313131', '#000000', '#ffffff'],
  'input-foreground': ['#3b3b3b', '#cccccc', '#ffffff', '#292929'],
  'input-border': ['#cecece', '#3c3c3c', '#6fc3df', '#0f4a85'],
  'input-placeholderForeground': ['#767676', '#989898', 'rgba(255, 255, 255, 0.7)', 'rgba(41, 41, 41, 0.7)'],
  'inputOption-activeBackground': ['#bed6ed', '#2489db82', 'rgba(0, 0, 0, 0)', 'rgba(0, 0, 0, 0)'],
  'inputOption-activeBorder': ['#005fb8', '#2488db', '#f38518', '#006bbd'],
  'inputOption-activeForeground': ['#000000', '#ffffff', '#ffffff', '#292929'],
  'list-hoverBackground': ['#f2f2f2', '#2a2d2e', 'rgba(255, 255, 255, 0.1)', 'rgba(15, 74, 133, 0.1)'],
  'list-hoverForeground': ['', '', '', ''],
  'list-activeSelectionBackground': ['#e8e8e8', '#04395e', 'rgba(0, 0, 0, 0)', 'rgba(15, 74, 133, 0.1)'],
  'list-activeSelectionForeground': ['#000000', '#ffffff', '#ffffff', ''],
  'list-inactiveSelectionBackground': ['#e4e6f1', '#37373d', 'rgba(0, 0, 0, 0)', 'rgba(15, 74, 133, 0.1)'],
  'list-inactiveSelectionForeground': ['', '', '', ''],
  'list-focusOutline': ['#005fb8', '#0078d4', '#f38518', '#006bbd'],
  'menu-background': ['#ffffff', '#1f1f1f', '#000000', '#ffffff'],
  'menu-foreground': ['#3b3b3b', '#cccccc', '#ffffff', '#292929'],
  'menu-border': ['#cecece', '#454545', '#6fc3df', '#0f4a85'],
  'menu-selectionBackground': ['#005fb8', '#0078d4', 'rgba(0, 0, 0, 0)', 'rgba(15, 74, 133, 0.1)'],
  'menu-selectionForeground': ['#ffffff', '#ffffff', '#ffffff', '#292929'],
  'menu-selectionBorder': ['', '', '#f38518', '#006bbd'],
  'notificationsErrorIcon-foreground': ['#e51400', '#f14c4c', '#f14c4c', '#b5200d'],
  'notificationsInfoIcon-foreground': ['#1a85ff', '#59a4f9', '#59a4f9', '#0063d3'],
  'progressBar-background': ['#005fb8', '#0078d4', '#6fc3df', '#0f4a85'],
  'scrollbarSlider-background': [
    'rgba(100, 100, 100, 0.4)',
    'rgba(121, 121, 121, 0.4)',
    'rgba(111, 195, 223, 0.6)',
    'rgba(15, 74, 133, 0.4)',
  ],
  'charts-green': ['#388a34', '#89d185', '#89d185', '#374e06'],
  'charts-orange': ['#d18616', '#d18616', '#d18616', '#b5200d'],
  'badge-background': ['#cccccc', '#616161', '#000000', '#0f4a85'],
  'badge-foreground': ['#3b3b3b', '#f8f8f8', '#ffffff', '#ffffff'],
  'textLink-foreground': ['#005fb8', '#4daafc', '#21a6ff', '#0f4a85'],
  'inputValidation-errorBackground': ['#f2dede', '#5a1d1d', '#000000', '#ffffff'],
  'inputValidation-errorBorder': ['#be1100', '#be1100', '#be1100', '#b5200d'],
  'toolbar-hoverBackground': ['rgba(184, 184, 184, 0.31)', 'rgba(90, 93, 94, 0.31)', '', ''],
};

const FONT = {
  'font-family': 'system-ui, Ubuntu, "Droid Sans", sans-serif',
  'font-size': '13px',
  'font-weight': 'normal',
};

export function variablesOf(theme: Theme): Record<string, string> {
  const column = THEMES.indexOf(theme);
  const colors = Object.entries(TOKENS).map(([name, values]) => [name, values[column]!] as const);
  const all = [...colors, ...Object.entries(FONT)].filter(([, value]) => value !== '');
  return Object.fromEntries(all.map(([name, value]) => [`--vscode-${name}`, value]));
}
