namespace MacroCausal.Dashboard.Starting;

/// <summary>Starts studies in the process of the dashboard.</summary>
public interface IStudyStarter
{
    /// <summary>What a study can be asked for.</summary>
    StudyForm Form { get; }

    /// <summary>
    /// Starts a study and waits until its table is prepared, so that what is wrong with the table is told here too. Returns its execution
    /// id; the study goes on.
    /// </summary>
    /// <param name="asked">What was filled in.</param>
    /// <param name="upload">The table where it is uploaded, read once; null where it is not.</param>
    /// <param name="cancellationToken">Ends the reading of the upload; a study that has begun goes on.</param>
    /// <exception cref="StartRefusedException">It cannot be started, and nothing of it is left.</exception>
    Task<string> StartAsync(StartForm asked, Upload? upload, CancellationToken cancellationToken);
}

/// <summary>What was filled in.</summary>
public sealed record StartForm
{
    /// <summary>Texts by name of the setting; what is empty has its default.</summary>
    public IReadOnlyDictionary<string, string?> Values { get; init; } = new Dictionary<string, string?>();

    /// <summary>What is searched of the hyperparameters that are named.</summary>
    public IReadOnlyDictionary<string, FormRange> SearchSpace { get; init; } = new Dictionary<string, FormRange>();

    /// <summary>Path of the table on this machine; empty for the sample or an upload.</summary>
    public string? Path { get; init; }
}

/// <summary>A table that a browser sends.</summary>
/// <param name="Name">Its name there, which says its format; nothing is stored under it.</param>
/// <param name="Content">Its bytes.</param>
public sealed record Upload(string Name, Stream Content);

/// <summary>Why a study cannot be started.</summary>
/// <param name="Field">
/// Name of the setting that is wrong, <c>data</c> for the table, <c>searchSpace.</c> and a name for a hyperparameter; empty for none.
/// </param>
/// <param name="Sentence">Why, as the command line says it.</param>
public sealed record FieldError(string Field, string Sentence);

/// <summary>A study cannot be started.</summary>
public sealed class StartRefusedException(IReadOnlyList<FieldError> errors, Exception? innerException = null)
    : Exception(string.Join(' ', errors.Select(error => error.Sentence)), innerException)
{
    /// <summary>Every reason, one at least.</summary>
    public IReadOnlyList<FieldError> Errors => errors;
}
