namespace MacroCausal.Contracts;

/// <summary>Asks DataPrep for scaled splits of a gold table. Sent by the Tuner to the queue <c>prepare-data</c>.</summary>
public sealed record PrepareData
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The gold table, <c>s3://bucket/gold/{execution_id}/processed_data.parquet</c>.</summary>
    public required string GoldUri { get; init; }

    /// <summary>Bucket that takes <c>runs/{execution_id}/data/</c>.</summary>
    public required string ArtifactsBucket { get; init; }

    /// <summary>Column to predict.</summary>
    public required string Target { get; init; }

    /// <summary>Column that orders the rows; null for <c>date</c>, else the only column that can date them.</summary>
    public string? DateColumn { get; init; }

    /// <summary>How the dates are written; null for what the values tell.</summary>
    public string? DateFormat { get; init; }

    /// <summary>Whether file order is taken as time, whatever columns there are.</summary>
    public bool NoDate { get; init; }

    /// <summary>Columns that are not features, besides <c>execution_id</c>, the target and the date.</summary>
    public required IReadOnlyList<string> IgnoredColumns { get; init; }

    /// <summary>Integer columns that hold categories.</summary>
    public required IReadOnlyList<string> CategoryColumns { get; init; }

    /// <summary>Columns that together name the series a row belongs to; none for a table of one series.</summary>
    public IReadOnlyList<string> GroupColumns { get; init; } = [];

    /// <summary>Rows from a row to the one whose value its target is, 1 or more.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>Rows by which the target is brought forward, within its group; 0 for a target taken as it stands.</summary>
    public int Ahead { get; init; }

    /// <summary>Features made of a row's history and date: one of <see cref="Contracts.TemporalFeatures.Names"/>.</summary>
    public string TemporalFeatures { get; init; } = Contracts.TemporalFeatures.None;

    /// <summary>Standard deviations from its training mean beyond which a number is clipped, 0 for never. Default 0.</summary>
    public double Clip { get; init; }

    /// <summary>Of which baseline the networks learn what it leaves: one of <see cref="ResidualBaselines.Names"/>. Default none.</summary>
    public string ResidualOf { get; init; } = ResidualBaselines.None;

    /// <summary>Share of the rows to train on, first in date order; the rest, up to the test rows, validates.</summary>
    public required double TrainFraction { get; init; }

    /// <summary>Share of the rows held out as test, last in date order.</summary>
    public required double TestFraction { get; init; }

    /// <summary>Rows, or dates where the table has dates, left out between two splits.</summary>
    public required int EmbargoRows { get; init; }

    /// <summary>Fewest training rows that are enough: the smallest batch of the search space.</summary>
    public required int MinimumTrainRows { get; init; }

    /// <summary>The fold of a walk-forward to prepare: later rows have no part, its block is the test rows. Default: none.</summary>
    public WalkForwardFold? Fold { get; init; }
}

/// <summary>Splits and scaler are written. Published by DataPrep.</summary>
public sealed record DataPrepared
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Where the splits are, and what a trial must know of them.</summary>
    public required DataManifest Data { get; init; }

    /// <summary>What was found in the table.</summary>
    public required DataProfile Profile { get; init; }
}

/// <summary>The gold table cannot be trained on. Published by DataPrep; nothing was written.</summary>
public sealed record DataRejected
{
    /// <summary>The study.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Every reason at once, one sentence each.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
}
