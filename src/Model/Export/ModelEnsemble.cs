using System.Text.Json;
using System.Text.Json.Serialization;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Export;

/// <summary>
/// Networks whose weighted mean is the prediction; often a single one. A <c>model.safetensors</c> of a single network is that of
/// <see cref="TrainedModel"/>; one of several has the same tensors for each of them, after <c>members.0.</c>, <c>members.1.</c>, ..., and
/// the metadata <c>members</c>: a JSON list of <c>weight</c>, <c>hidden_layers</c> and, where it is not the default one, <c>style</c>.
/// </summary>
public sealed class ModelEnsemble
{
    private const string Format = "macrocausal-ensemble/1";
    private const string StyledFormat = "macrocausal-ensemble/2"; // where a network is of another style than the default one
    private const int MaxMembers = 1000;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Combines networks of the same features.</summary>
    /// <exception cref="ArgumentException">There are none, a weight is below 1, or their features differ.</exception>
    public ModelEnsemble(IReadOnlyList<EnsembleMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        bool Fits(EnsembleMember member) => member.Weight >= 1 && member.Model.Layout.Features == members[0].Model.Layout.Features;
        if (members.Count == 0 || !members.All(Fits))
        {
            throw new ArgumentException("An ensemble needs members of the same features, each of weight 1 or more.", nameof(members));
        }

        Members = members;
    }

    /// <summary>The networks, in a fixed order.</summary>
    public IReadOnlyList<EnsembleMember> Members { get; }

    /// <summary>Number of features, F, that each takes.</summary>
    public int Features => Members[0].Model.Layout.Features;

    /// <summary>An ensemble of one.</summary>
    public static ModelEnsemble Of(TrainedModel model) => new([new EnsembleMember(model, 1)]);

    /// <summary>Share of a member in the mean, above 0, at most 1.</summary>
    public double ShareOf(EnsembleMember member) => member.Weight / (double)Members.Sum(other => other.Weight);

    /// <summary>Writes <c>model.safetensors</c>; the same networks give the same bytes.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (Members.Count == 1)
        {
            Members[0].Model.Write(stream);
            return;
        }

        var descriptions = Members.Select(member => new Description(
            member.Weight, [.. member.Model.Layout.HiddenLayers], member.Model.IsStyled ? member.Model.Layout.Style : null));
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Members.Any(member => member.Model.IsStyled) ? StyledFormat : Format,
            ["members"] = JsonSerializer.Serialize(descriptions, Json),
        };
        new SafetensorsFile(metadata, [.. Members.SelectMany((member, index) => member.Model.Tensors(Prefix(index)))]).Write(stream);
    }

    /// <summary>Reads a <c>model.safetensors</c>, of one network or of several.</summary>
    /// <exception cref="ModelFileException">It is cut short, corrupted, or no model of this version.</exception>
    public static ModelEnsemble Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var file = SafetensorsFile.Read(stream);
        return TrainedModel.FormatOf(file) switch
        {
            TrainedModel.Format or TrainedModel.StyledFormat => Of(TrainedModel.Of(file)),
            Format or StyledFormat => Of(file),
            _ => throw TrainedModel.UnknownFormat(
                file, $"\"{TrainedModel.Format}\", \"{TrainedModel.StyledFormat}\", \"{Format}\" or \"{StyledFormat}\""),
        };
    }

    private static ModelEnsemble Of(SafetensorsFile file)
    {
        try
        {
            var descriptions = JsonSerializer.Deserialize<Description[]>(file.Metadata.GetValueOrDefault("members", "[]"), Json) ?? [];
            if (descriptions.Length > MaxMembers)
            {
                throw new ModelFileException($"The file claims {descriptions.Length} members; it is corrupted.");
            }

            return new ModelEnsemble([.. descriptions.Select((member, index) => new EnsembleMember(
                TrainedModel.Of(file, Prefix(index), JsonSerializer.Serialize(member.HiddenLayers), JsonSerializer.Serialize(
                    member.Style ?? NetworkStyle.Default, Json)), member.Weight))]);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new ModelFileException("The file does not say what its members are; it is corrupted.", exception);
        }
    }

    private static string Prefix(int member) => $"members.{member}.";

    private sealed record Description(
        int Weight, int[] HiddenLayers, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] NetworkStyle? Style = null);
}

/// <summary>One network of an ensemble.</summary>
/// <param name="Model">The network.</param>
/// <param name="Weight">How often it was selected, 1 or more; its share is this over the sum of all.</param>
public sealed record EnsembleMember(TrainedModel Model, int Weight);
