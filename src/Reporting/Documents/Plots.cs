using System.Text.Json.Serialization;

namespace MacroCausal.Reporting.Documents;

/// <summary>How the columns of a table are drawn; properties that name a column say so.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(IntervalPlot), "intervals")]
[JsonDerivedType(typeof(SeriesPlot), "series")]
[JsonDerivedType(typeof(HistoryPlot), "history")]
[JsonDerivedType(typeof(CurvePlot), "curves")]
[JsonDerivedType(typeof(BarPlot), "bars")]
[JsonDerivedType(typeof(ParallelPlot), "parallel")]
[JsonDerivedType(typeof(SlicePlot), "slices")]
[JsonDerivedType(typeof(PanelPlot), "panels")]
[JsonDerivedType(typeof(TimelinePlot), "timeline")]
public abstract record Plot;

/// <summary>A dot a row on one axis, with a line from <paramref name="Low"/> to <paramref name="High"/> where they are known.</summary>
/// <param name="Label">Column of the rows' names.</param>
/// <param name="Value">Column of the dots.</param>
/// <param name="Low">Column of the lower ends.</param>
/// <param name="High">Column of the upper ends.</param>
/// <param name="Axis">Name of the axis.</param>
/// <param name="Strong">Rows that are the study's own, from 0.</param>
/// <param name="IsDifference">Whether a line is drawn at 0.</param>
public sealed record IntervalPlot(
    string Label, string Value, string Low, string High, string Axis, IReadOnlyList<int> Strong, bool IsDifference) : Plot
{
    /// <summary>How many rows are drawn, the first ones; null for all.</summary>
    public int? Drawn { get; init; }

    /// <summary>Whether the axis is logarithmic.</summary>
    public bool IsLog { get; init; }
}

/// <summary>Lines over time or over row numbers.</summary>
/// <param name="X">Column of dates (texts) or of numbers.</param>
/// <param name="Lines">Columns of the lines; the first is what was seen.</param>
/// <param name="Hidden">Columns among them that are hidden at first.</param>
/// <param name="Axis">Name of the vertical axis.</param>
public sealed record SeriesPlot(string X, IReadOnlyList<string> Lines, IReadOnlyList<string> Hidden, string Axis) : Plot
{
    /// <summary>Column of the forecasts that are delivered, which stand out; null where there is none.</summary>
    public string? Model { get; init; }

    /// <summary>Columns of the lower and the upper edge of a band; null where there is none.</summary>
    public IReadOnlyList<string>? Band { get; init; }

    /// <summary>What the band is; null where there is none.</summary>
    public string? BandLabel { get; init; }

    /// <summary>Column among the lines that the band is around and goes with; null where there is none.</summary>
    public string? BandLine { get; init; }

    /// <summary>Rows that are shaded together, such as the blocks of a walk-forward; every other one is darker.</summary>
    public IReadOnlyList<PlotSpan> Spans { get; init; } = [];

    /// <summary>Whether the lines are of one kind, none of which stands out.</summary>
    public bool ArePeers { get; init; }

    /// <summary>Column that names the series a row belongs to, one of which is drawn at a time; null where there is one.</summary>
    public string? Group { get; init; }
}

/// <summary>A dot a trial in the order of time, and the best one so far as a line of steps.</summary>
/// <param name="X">Column of times.</param>
/// <param name="Y">Column of losses.</param>
/// <param name="Best">Column of the lowest loss so far.</param>
/// <param name="Trial">Column of trial numbers.</param>
/// <param name="References">Losses that are drawn as horizontal lines.</param>
/// <param name="IsLog">Whether the losses are on a logarithmic axis.</param>
public sealed record HistoryPlot(
    string X, string Y, string Best, string Trial, IReadOnlyList<Reference> References, bool IsLog) : Plot;

/// <summary>A line across a chart.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">Where it is.</param>
public sealed record Reference(string Label, double Value);

/// <summary>The curves of all trials; rows are in order of trial, then epoch.</summary>
/// <param name="Trial">Column of trial numbers.</param>
/// <param name="X">Column of epochs.</param>
/// <param name="Y">Column of losses.</param>
/// <param name="Milestones">Epochs at which trials are compared.</param>
/// <param name="Promoted">Rows at which a trial was promoted, from 0.</param>
/// <param name="Best">The best trial's number; null where there is none.</param>
/// <param name="IsLog">Whether the losses are on a logarithmic axis.</param>
public sealed record CurvePlot(
    string Trial, string X, string Y, IReadOnlyList<int> Milestones, IReadOnlyList<int> Promoted, int? Best, bool IsLog) : Plot;

/// <summary>Bars.</summary>
/// <param name="Label">Column of the bars' names.</param>
/// <param name="Values">Columns of their lengths, stacked where there are several.</param>
/// <param name="Axis">Name of the axis of lengths.</param>
/// <param name="IsHorizontal">Whether they lie.</param>
public sealed record BarPlot(string Label, IReadOnlyList<string> Values, string Axis, bool IsHorizontal) : Plot
{
    /// <summary>Column of a mark on every bar, such as what chance alone would give; null where there is none.</summary>
    public string? Mark { get; init; }

    /// <summary>Values of lines along all bars, such as the bounds of what is not significant.</summary>
    public IReadOnlyList<Reference> References { get; init; } = [];
}

/// <summary>A hyperparameter's axis.</summary>
/// <param name="Column">Column of the trials' table.</param>
/// <param name="Label">What texts call it.</param>
/// <param name="IsLog">Whether it is logarithmic.</param>
/// <param name="Categories">Its values in order where it is a choice; null where it is a range.</param>
public sealed record PlotAxis(string Column, string Label, bool IsLog, IReadOnlyList<string>? Categories);

/// <summary>A line a trial across an axis for every hyperparameter and one for the loss.</summary>
/// <param name="Trial">Column of trial numbers.</param>
/// <param name="Axes">The hyperparameters.</param>
/// <param name="Loss">The axis of the loss.</param>
public sealed record ParallelPlot(string Trial, IReadOnlyList<PlotAxis> Axes, PlotAxis Loss) : Plot;

/// <summary>The loss of the trials over every hyperparameter, a panel each.</summary>
/// <param name="Trial">Column of trial numbers.</param>
/// <param name="Axes">The hyperparameters.</param>
/// <param name="Loss">The axis of the loss.</param>
public sealed record SlicePlot(string Trial, IReadOnlyList<PlotAxis> Axes, PlotAxis Loss) : Plot;

/// <summary>A line with a band over each of several columns, a panel each; over a column of categories a dot with its range.</summary>
/// <param name="Panel">Column of the panels' names.</param>
/// <param name="X">Column of numbers; null in a panel of categories.</param>
/// <param name="Category">Column of categories; null in a panel of numbers.</param>
/// <param name="Y">Column of the lines.</param>
/// <param name="Low">Column of the lower edge of the band.</param>
/// <param name="High">Column of the upper edge.</param>
/// <param name="Panels">The panels in their order.</param>
/// <param name="Axis">Name of the vertical axes, which are of one scale.</param>
public sealed record PanelPlot(
    string Panel, string X, string Category, string Y, string Low, string High, IReadOnlyList<string> Panels, string Axis) : Plot;

/// <summary>A bar a segment over time, in lanes.</summary>
/// <param name="Lane">Column of the lanes' names.</param>
/// <param name="Start">Column of the bars' starts.</param>
/// <param name="End">Column of their ends.</param>
/// <param name="Trial">Column of trial numbers.</param>
/// <param name="Again">Column of texts; bars stand out where there is one.</param>
/// <param name="Axis">Name of the axis of time.</param>
public sealed record TimelinePlot(string Lane, string Start, string End, string Trial, string Again, string Axis) : Plot;

/// <summary>Rows that are shaded together.</summary>
/// <param name="Label">What they are.</param>
/// <param name="First">The first of them, from 0.</param>
/// <param name="Last">The last of them.</param>
public sealed record PlotSpan(string Label, int First, int Last);
