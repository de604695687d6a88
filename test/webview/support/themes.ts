/** Theme variables as VS Code gives them to webviews: its own light, dark and high contrast themes. */

export const THEMES = ['light', 'dark', 'high-contrast'] as const;
export type Theme = (typeof THEMES)[number];

/** By token: light, dark, high contrast; an empty one is not defined in that theme. */
const TOKENS: Readonly<Record<string, readonly [string, string, string]>> = {
  'editor-background': ['#ffffff', '#1f1f1f', '#000000'],
  'editor-foreground': ['#3b3b3b', '#cccccc', '#ffffff'],
  foreground: ['#3b3b3b', '#cccccc', '#ffffff'],
  descriptionForeground: ['#3b3b3b', '#9d9d9d', 'rgba(255, 255, 255, 0.7)'],
  errorForeground: ['#f85149', '#f85149', '#f48771'],
  focusBorder: ['#005fb8', '#0078d4', '#f38518'],
  contrastBorder: ['', '', '#6fc3df'],
  contrastActiveBorder: ['', '', '#f38518'],
  'panel-border': ['#e5e5e5', '#2b2b2b', '#6fc3df'],
  'widget-border': ['#e5e5e5', '#313131', '#6fc3df'],
  'widget-shadow': ['rgba(0, 0, 0, 0.16)', 'rgba(0, 0, 0, 0.36)', ''],
  'editorWidget-background': ['#f8f8f8', '#202020', '#0c141f'],
  'editorWidget-foreground': ['#3b3b3b', '#cccccc', '#ffffff'],
  'editorWidget-border': ['#c8c8c8', '#454545', '#6fc3df'],
  'sideBar-background': ['#f8f8f8', '#181818', '#000000'],
  'button-background': ['#005fb8', '#0078d4', '#000000'],
  'button-foreground': ['#ffffff', '#ffffff', '#ffffff'],
  'button-hoverBackground': ['#0258a8', '#026ec1', '#000000'],
  'button-border': ['#0000001a', '#ffffff12', '#6fc3df'],
  'button-secondaryBackground': ['#e5e5e5', '#313131', '#000000'],
  'button-secondaryForeground': ['#3b3b3b', '#cccccc', '#ffffff'],
  'button-secondaryHoverBackground': ['#cccccc', '#3c3c3c', '#000000'],
  'charts-blue': ['#1a85ff', '#59a4f9', '#59a4f9'],
  'charts-red': ['#f85149', '#f85149', '#f48771'],
  'checkbox-background': ['#f8f8f8', '#313131', '#000000'],
  'checkbox-border': ['#cecece', '#3c3c3c', '#6fc3df'],
  'checkbox-foreground': ['#3b3b3b', '#cccccc', '#ffffff'],
  'dropdown-background': ['#ffffff', '#313131', '#000000'],
  'dropdown-border': ['#cecece', '#3c3c3c', '#6fc3df'],
  'dropdown-foreground': ['#3b3b3b', '#cccccc', '#ffffff'],
  'input-background': ['#ffffff', '#313131', '#000000'],
  'input-foreground': ['#3b3b3b', '#cccccc', '#ffffff'],
  'input-border': ['#cecece', '#3c3c3c', '#6fc3df'],
  'input-placeholderForeground': ['#767676', '#989898', 'rgba(255, 255, 255, 0.7)'],
  'inputOption-activeBackground': ['#bed6ed', '#2489db82', 'rgba(0, 0, 0, 0)'],
  'inputOption-activeBorder': ['#005fb8', '#2488db', '#f38518'],
  'inputOption-activeForeground': ['#000000', '#ffffff', '#ffffff'],
  'list-hoverBackground': ['#f2f2f2', '#2a2d2e', 'rgba(255, 255, 255, 0.1)'],
  'list-hoverForeground': ['', '', ''],
  'list-activeSelectionBackground': ['#e8e8e8', '#04395e', 'rgba(0, 0, 0, 0)'],
  'list-activeSelectionForeground': ['#000000', '#ffffff', '#ffffff'],
  'list-inactiveSelectionBackground': ['#e4e6f1', '#37373d', 'rgba(0, 0, 0, 0)'],
  'list-inactiveSelectionForeground': ['', '', ''],
  'list-focusOutline': ['#005fb8', '#0078d4', '#f38518'],
  'menu-background': ['#ffffff', '#1f1f1f', '#000000'],
  'menu-foreground': ['#3b3b3b', '#cccccc', '#ffffff'],
  'menu-border': ['#cecece', '#454545', '#6fc3df'],
  'menu-selectionBackground': ['#005fb8', '#0078d4', 'rgba(0, 0, 0, 0)'],
  'menu-selectionForeground': ['#ffffff', '#ffffff', '#ffffff'],
  'menu-selectionBorder': ['', '', '#f38518'],
  'notificationsErrorIcon-foreground': ['#e51400', '#f14c4c', '#f14c4c'],
  'notificationsInfoIcon-foreground': ['#1a85ff', '#59a4f9', '#59a4f9'],
  'progressBar-background': ['#005fb8', '#0078d4', '#6fc3df'],
  'scrollbarSlider-background': ['rgba(100, 100, 100, 0.4)', 'rgba(121, 121, 121, 0.4)', 'rgba(111, 195, 223, 0.6)'],
  'toolbar-hoverBackground': ['rgba(184, 184, 184, 0.31)', 'rgba(90, 93, 94, 0.31)', ''],
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
