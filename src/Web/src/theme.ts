/** Colours of charts. Series colours are those of Okabe and Ito, which people with any colour vision tell apart, shaded for the ground. */
export interface Theme {
  text: string;
  muted: string;
  line: string;
  ground: string;
  faint: string;
  seen: string;
  strong: string;
  series: string[];
}

const Light: Theme = {
  text: '#1b1f24',
  muted: '#57606a',
  line: '#d0d7de',
  ground: '#ffffff',
  faint: 'rgba(87, 96, 106, 0.28)',
  seen: '#1b1f24',
  strong: '#d55e00',
  series: ['#0072b2', '#009e73', '#a8447a', '#8a6d00', '#3a93c4', '#7a4b00', '#5b5b5b', '#b3261e', '#6a3d9a'],
};

const Dark: Theme = {
  text: '#e6edf3',
  muted: '#9aa5b1',
  line: '#30363d',
  ground: '#0f1419',
  faint: 'rgba(154, 165, 177, 0.32)',
  seen: '#e6edf3',
  strong: '#ff9145',
  series: ['#56b4e9', '#2fd0a0', '#e29bc4', '#f0e442', '#9bd3f5', '#e69f00', '#c9c9c9', '#ff8a80', '#c3a6ff'],
};

const dark = matchMedia('(prefers-color-scheme: dark)');
let isPrinting = false;

export function currentTheme(): Theme {
  return dark.matches && !isPrinting ? Dark : Light;
}

export function isOnPaper(): boolean {
  return isPrinting;
}

/**
 * Calls back whenever charts must be drawn with other colours: the reader's setting has changed, or the page goes to paper. Returns what
 * ends that.
 */
export function onThemeChange(redraw: () => void): () => void {
  const print = (isOnPaper: boolean) => () => {
    isPrinting = isOnPaper;
    redraw();
  };
  const [begin, end] = [print(true), print(false)];
  dark.addEventListener('change', redraw);
  addEventListener('beforeprint', begin);
  addEventListener('afterprint', end);
  return () => {
    dark.removeEventListener('change', redraw);
    removeEventListener('beforeprint', begin);
    removeEventListener('afterprint', end);
  };
}
