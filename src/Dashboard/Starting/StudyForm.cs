namespace MacroCausal.Dashboard.Starting;

/// <summary>What a study can be asked for, for the form that starts one. The page shows it and knows no setting of its own.</summary>
public sealed record StudyForm
{
    /// <summary>The settings, in the order of the form.</summary>
    public required IReadOnlyList<FormField> Fields { get; init; }

    /// <summary>The hyperparameters that are searched, in their order.</summary>
    public required IReadOnlyList<FormDimension> SearchSpace { get; init; }

    /// <summary>Bytes of a table that is uploaded, at most.</summary>
    public required long MaxUploadBytes { get; init; }
}

/// <summary>A setting in the form; left empty, it has its default.</summary>
public sealed record FormField
{
    /// <summary>Its name, as JSON has it.</summary>
    public required string Name { get; init; }

    /// <summary>Its option on the command line, such as <c>--trials</c>.</summary>
    public required string Option { get; init; }

    /// <summary>What it is, with its range and its default.</summary>
    public required string Text { get; init; }

    /// <summary><c>number</c>, <c>flag</c>, <c>choice</c>, <c>list</c> or <c>text</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its default as text; null where that is nothing.</summary>
    public string? Default { get; init; }

    /// <summary>What a choice may be; empty for the others.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether most people want it; the others stand behind a fold.</summary>
    public bool IsMain { get; init; }
}

/// <summary>A hyperparameter in the form.</summary>
/// <param name="Name">Its name, as JSON has it.</param>
/// <param name="Label">What texts call it.</param>
/// <param name="Text">What it is, and what it may be.</param>
/// <param name="Default">What is searched where nobody says otherwise.</param>
public sealed record FormDimension(string Name, string Label, string Text, FormRange Default);

/// <summary>What is searched of a hyperparameter, as texts that a person edits.</summary>
/// <param name="Type"><c>logUniform</c>, <c>uniform</c>, <c>integer</c> or <c>choice</c>.</param>
/// <param name="Low">Lowest value; empty for a choice.</param>
/// <param name="High">Highest value; empty for a choice.</param>
/// <param name="Choices">The values of a choice as a JSON array; empty for a range.</param>
public sealed record FormRange(string? Type, string? Low, string? High, string? Choices);
