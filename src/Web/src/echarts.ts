// The parts of ECharts that the charts use, and no others.
import { BarChart, LineChart, LinesChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  BrushComponent, DataZoomComponent, GridComponent, MarkAreaComponent, MarkLineComponent, ParallelComponent,
} from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([
  BarChart, LineChart, LinesChart, ParallelChart, ScatterChart,
  BrushComponent, DataZoomComponent, GridComponent, MarkAreaComponent, MarkLineComponent, ParallelComponent, CanvasRenderer,
]);

export { init, type ECharts } from 'echarts/core';
export type { EChartsCoreOption } from 'echarts/core';
