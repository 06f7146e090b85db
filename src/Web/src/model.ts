// What C# hands over (src/Reporting/Documents): a column is named by its name, a table by its name among the report's tables.

export interface Report {
  title: string;
  subtitle: string;
  word: string;
  sections: Section[];
  tables: Record<string, Table>;
}

export interface Section {
  id: string;
  title: string;
  text: string[];
  figures: Figure[];
  snippets: { title: string; lines: string[] }[];
}

export interface Figure {
  id: string;
  title: string;
  sentence: string;
  table: string;
  plot?: Plot;
}

export interface Table {
  name: string;
  columns: Column[];
}

export type Column =
  | { type: 'number'; name: string; label: string; values: (number | null)[] }
  | { type: 'text'; name: string; label: string; values: (string | null)[] };

export interface Reference {
  label: string;
  value: number;
}

export interface PlotAxis {
  column: string;
  label: string;
  isLog: boolean;
  categories?: string[];
}

export type Plot = IntervalPlot | SeriesPlot | HistoryPlot | CurvePlot | BarPlot | ParallelPlot | SlicePlot | PanelPlot | TimelinePlot;

export interface IntervalPlot {
  kind: 'intervals';
  label: string;
  value: string;
  low: string;
  high: string;
  axis: string;
  strong: number[];
  isDifference: boolean;
  isLog: boolean;
  drawn?: number;
}

export interface SeriesPlot {
  kind: 'series';
  x: string;
  lines: string[];
  hidden: string[];
  axis: string;
  model?: string;
  band?: [string, string];
  bandLabel?: string;
  bandLine?: string;
  arePeers?: boolean;
  spans: { label: string; first: number; last: number }[];
  group?: string;
}

export interface HistoryPlot {
  kind: 'history';
  x: string;
  y: string;
  best: string;
  trial: string;
  references: Reference[];
  isLog: boolean;
}

export interface CurvePlot {
  kind: 'curves';
  trial: string;
  x: string;
  y: string;
  milestones: number[];
  promoted: number[];
  best?: number;
  isLog: boolean;
}

export interface BarPlot {
  kind: 'bars';
  label: string;
  values: string[];
  axis: string;
  isHorizontal: boolean;
  mark?: string;
  references: Reference[];
}

export interface ParallelPlot {
  kind: 'parallel';
  trial: string;
  axes: PlotAxis[];
  loss: PlotAxis;
}

export interface SlicePlot {
  kind: 'slices';
  trial: string;
  axes: PlotAxis[];
  loss: PlotAxis;
}

export interface PanelPlot {
  kind: 'panels';
  panel: string;
  x: string;
  category: string;
  y: string;
  low: string;
  high: string;
  panels: string[];
  axis: string;
}

export interface TimelinePlot {
  kind: 'timeline';
  lane: string;
  start: string;
  end: string;
  trial: string;
  again: string;
  axis: string;
}

export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`The table ${table.name} has no column ${name}.`);
  return column;
}

export function numbersOf(table: Table, name: string): (number | null)[] {
  const column = columnOf(table, name);
  if (column.type !== 'number') throw new Error(`Column ${name} of ${table.name} holds texts.`);
  return column.values;
}

export function textsOf(table: Table, name: string): (string | null)[] {
  const column = columnOf(table, name);
  return column.type === 'text' ? column.values : column.values.map((value) => (value === null ? null : String(value)));
}

export function rowsOf(table: Table): number {
  return table.columns[0]?.values.length ?? 0;
}
