const Svg = 'http://www.w3.org/2000/svg';
const [Width, Height, Edge] = [120, 28, 3];

/** A line as high as its cell: the lowest loss so far, by trial. Its last value stands beside it in the table. */
export function spark(values: number[]): Element | string {
  if (values.length === 0) return '';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (index: number): number => Edge + (index / Math.max(1, values.length - 1)) * (Width - 2 * Edge);
  const y = (value: number): number => Height - Edge - (high === low ? 0 : (value - low) / (high - low)) * (Height - 2 * Edge);
  // A step: the loss holds until a trial is better.
  const steps = values.map((value, index) => (index === 0 ? `M${x(0)} ${y(value)}` : `H${x(index)}V${y(value)}`)).join('');
  const root = made('svg', { viewBox: `0 0 ${Width} ${Height}`, width: Width, height: Height, class: 'spark', 'aria-hidden': 'true' });
  root.append(made('path', { d: steps }), made('circle', { cx: x(values.length - 1), cy: y(values.at(-1)!), r: 2.5 }));
  return root;
}

function made(name: string, attributes: Record<string, string | number>): SVGElement {
  const one = document.createElementNS(Svg, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, String(value));
  return one;
}
