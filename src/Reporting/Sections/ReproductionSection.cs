using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>How to train it again, what it was made of, and how to load it.</summary>
internal static class ReproductionSection
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };
    private static readonly string[] NotOfTheStudy =
        ["executionId", "goldBucket", "artifactsBucket", "modelRegistryTable", "parallelism", "dataSource"];

    private static readonly StudySettings Defaults =
        new() { ExecutionId = "", GoldBucket = "", ArtifactsBucket = "", ModelRegistryTable = "" };

    public static Section? Of(StudyFacts facts) => new()
    {
        Id = "reproduce",
        Title = "How to reproduce and to load it",
        Text =
        [
            "A trial's training is a function of the table, its configuration and its seed: on the processor it gives the same bits on "
            + "every machine. Which trials are proposed depends also on the order in which reports arrive, so the study repeats exactly "
            + "with one worker.",
        ],
        Figures = [Settings(facts), .. Hashes(facts) is { } hashes ? [hashes] : Array.Empty<Figure>()],
        Snippets = [.. Train(facts), .. facts.Model is null ? [] : Loading(facts)],
    };

    private static Figure Settings(StudyFacts facts)
    {
        var settings = facts.Settings;
        List<(string Name, string? Value)> rows =
        [
            ("execution id", settings.ExecutionId),
            ("model", facts.Model?.ModelId),
            ("configuration of the model", facts.Model?.Config is { } config ? Hyperparameters.Describe(config) : null),
            ("seed of the study", Invariant($"{settings.Seed}")),
            ("seed of the best trial", facts.Model?.Seeds is { } seeds ? Invariant($"{seeds.Trial}") : null),
            ("sampler, scheduler", $"{settings.Sampler}, {settings.Scheduler}"),
            ("trials, concurrent segments", Invariant($"{settings.Trials}, {settings.Parallelism}")),
            ("epochs: at most, grace period, reduction factor, patience",
                Invariant($"{settings.MaxEpochs}, {settings.GracePeriod}, {settings.ReductionFactor}, {settings.Patience}")),
            ("fractions: training, test", Invariant($"{settings.TrainFraction}, {settings.TestFraction}")),
            ("horizon, rows left out besides", Invariant($"{settings.Horizon}, {settings.EmbargoRows}")),
            ("groups", settings.GroupColumns.Count > 0 ? string.Join(", ", settings.GroupColumns) : null),
            .. (facts.Model?.Versions ?? new Dictionary<string, string>()).OrderBy(version => version.Key, StringComparer.Ordinal)
                .Select(version => ($"version: {version.Key}", (string?)version.Value)),
        ];
        rows.RemoveAll(row => string.IsNullOrEmpty(row.Value));
        return new Figure
        {
            Id = "settings",
            Title = "Settings and versions",
            Sentence = "What the study was asked for, and what made it.",
            Data = new DataTable("settings",
                new Texts("name", "what", rows.Select(row => row.Name)), new Texts("value", "value", rows.Select(row => row.Value))),
        };
    }

    private static Figure? Hashes(StudyFacts facts)
    {
        var inputs = (facts.Model?.Inputs ?? new Dictionary<string, ObjectReference?>()).Where(input => input.Value is not null)
            .Select(input => (input.Value!.Uri, input.Value.Sha256));
        var artifacts = (facts.Model?.Artifacts ?? new Dictionary<string, string>()).Select(file => (file.Key, file.Value));
        var rows = inputs.Concat(artifacts).ToList();
        return rows.Count == 0 ? null : new Figure
        {
            Id = "hashes",
            Title = "Hashes",
            Sentence = "SHA-256 of everything that went in, and of everything that came out.",
            Data = new DataTable("hashes",
                new Texts("object", "object", rows.Select(row => row.Item1)),
                new Texts("sha256", "SHA-256", rows.Select(row => row.Item2))),
        };
    }

    // Settings that differ from their defaults; the rest need no words. Where objects and records are is not the study's matter.
    private static IEnumerable<Snippet> Train(StudyFacts facts)
    {
        var (asked, defaults) = (Json(facts.Settings), Json(Defaults));
        foreach (var name in asked.Select(setting => setting.Key).ToList())
        {
            if (NotOfTheStudy.Contains(name) || JsonNode.DeepEquals(asked[name], defaults[name]))
            {
                asked.Remove(name);
            }
        }

        yield return new Snippet("Save the settings as settings.json", asked.ToJsonString(Indented).Split('\n'));
        yield return new Snippet("Train again, on the table whose hash is above",
            ["macrocausal train --data TABLE --settings settings.json --workers 1"]);
    }

    private static JsonObject Json(StudySettings settings) =>
        JsonSerializer.SerializeToNode(settings, StoredJson.Default.StudySettings)!.AsObject();

    private static IEnumerable<Snippet> Loading(StudyFacts facts) =>
    [
        new Snippet("Predict with the command line",
            [$"macrocausal predict --model {Quoted(facts.Model!.ModelId ?? facts.Settings.ExecutionId)} --data NEW --out predictions.csv"]),
        new Snippet("Load the weights in Python",
        [
            "from safetensors.numpy import load_file",
            "weights = load_file(\"model.safetensors\")",
        ]),
        new Snippet("Open the model, scaling included, in Python",
        [
            "import onnxruntime",
            "session = onnxruntime.InferenceSession(\"model.onnx\")",
            "print([(item.name, item.shape) for item in session.get_inputs()])",
        ]),
    ];

    // As a POSIX shell takes it for one word.
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(character => char.IsAsciiLetterOrDigit(character) || "/:._@+=,-".Contains(character))
        ? word
        : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
