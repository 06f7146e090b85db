import type { Plot } from '../model';
import { bars } from './bars';
import { curves } from './curves';
import type { Canvas, Drawing } from './drawing';
import { history } from './history';
import { intervals } from './intervals';
import { panels } from './panels';
import { parallel } from './parallel';
import { series } from './series';
import { slices } from './slices';
import { timeline } from './timeline';

/** Draws any plot. */
export function draw(canvas: Canvas): Drawing {
  const of = <P extends Plot>(plot: P): Canvas<P> => ({ ...canvas, plot });
  const plot = canvas.plot;
  switch (plot.kind) {
    case 'intervals': return intervals(of(plot));
    case 'series': return series(of(plot));
    case 'history': return history(of(plot));
    case 'curves': return curves(of(plot));
    case 'bars': return bars(of(plot));
    case 'parallel': return parallel(of(plot));
    case 'slices': return slices(of(plot));
    case 'panels': return panels(of(plot));
    case 'timeline': return timeline(of(plot));
  }
}
