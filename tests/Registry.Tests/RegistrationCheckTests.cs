using MacroCausal.Storage;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.Registry.Tests;

public sealed class RegistrationCheckTests : IAsyncLifetime
{
    private RegistryHarness _registry = null!;
    private RegisterModel _command = null!;

    /// <summary>Messages of which the study's record knows nothing, and the field by which they differ from it.</summary>
    public static TheoryData<string, Func<RegisterModel, RegisterModel>> Others => new()
    {
        { "bestTrial", command => command with { BestTrial = 77 } },
        { "bestEpoch", command => command with { BestEpoch = command.BestEpoch + 1 } },
        { "bestValidationLoss", command => command with { BestValidationLoss = double.PositiveInfinity } },
        { "checkpoint", command => command with { Checkpoint = command.Checkpoint with { Uri = "s3://elsewhere/weights" } } },
        { "config", command => command with { Config = null! } },
        { "modelId", command => command with { ModelId = "model_of_somebody" } },
        { "startedAt", command => command with { StartedAt = command.StartedAt.AddTicks(1) } },
        { "settings", command => command with { Settings = command.Settings with { ArtifactsBucket = "elsewhere" } } },
        { "settings", command => command with { Settings = command.Settings with { ModelRegistryTable = "elsewhere" } } },
        { "settings", command => command with { Settings = null! } },
        { "data", command => command with { Data = command.Data with { Train = command.Data.Validation } } },
        { "walkForward", command => command with { WalkForward = [new FoldResult { Number = 1 }] } },
    };

    public async Task InitializeAsync()
    {
        _registry = await RegistryHarness.StartAsync();
        _command = await FinishedStudy.LeaveAsync(_registry.Objects, _registry.Studies, await GoldTables.SyntheticFileAsync());
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    [Theory]
    [MemberData(nameof(Others))]
    public async Task What_differs_from_the_studys_record_is_refused_and_the_difference_is_said(
        string field, Func<RegisterModel, RegisterModel> change)
    {
        await _registry.RecordAsync(Records.Registering(_command));

        (await RefusalAsync(change(_command))).ShouldStartWith($"it differs from the study's record in {field}; the record's best is");
        (await RefusalAsync(_command)).ShouldBeNull();
    }

    [Fact]
    public async Task A_message_of_another_best_trial_is_dropped_and_the_right_one_registers()
    {
        await _registry.RecordAsync(Records.Registering(_command));
        await _registry.SendUnaskedAsync(_command with { BestTrial = 0 });
        await _registry.SendUnaskedAsync(_command);

        await _registry.ConsumedAsync(2);

        _registry.PublishedSoFar.ShouldBe([typeof(ModelRegistered)], "a failure or a fault would end the study");
        (await _registry.Models.ListAsync().CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_study_that_does_not_exist_is_told_at_once()
    {
        await _registry.SendUnaskedAsync(_command with { ExecutionId = "nobody" });

        (await _registry.PublishedAsync<RegistrationFailed>(1)).Single().Reason.ShouldStartWith("There is no study 'nobody'");
        (await _registry.ContentsAsync(ObjectKeys.Model("nobody"))).ShouldBeEmpty();
        (await _registry.Models.ListAsync().CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3000)]
    public async Task An_id_that_no_table_can_hold_is_no_study(int length) => await Should.ThrowAsync<RegistrationException>(
        () => RefusalAsync(_command with { ExecutionId = new string('x', length) }));

    [Fact]
    public async Task A_record_that_the_Tuner_is_about_to_write_is_waited_for()
    {
        var (time, asked) = (new FakeTimeProvider(), Records.Registering(_command));
        await _registry.RecordAsync(asked with { State = "Searching", Saga = "{}" });
        var refusal = RefusalAsync(_command, time);
        refusal.IsCompleted.ShouldBeFalse();

        await _registry.RecordAsync(asked);

        await time.AdvanceUntilAsync(() => Task.FromResult(refusal.IsCompleted));
        (await refusal).ShouldBeNull();
    }

    [Theory]
    [InlineData("Searching")]
    [InlineData("Failed")]
    public async Task A_study_that_asks_for_no_registration_is_refused_after_20_seconds(string state)
    {
        var time = new FakeTimeProvider();
        var began = time.GetUtcNow();
        await _registry.RecordAsync(Records.Registering(_command) with { State = state });

        var refusal = RefusalAsync(_command, time);
        await time.AdvanceUntilAsync(() => Task.FromResult(refusal.IsCompleted));

        (await refusal).ShouldStartWith($"by its record the study is {state}");
        (time.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_model_of_an_earlier_study_of_that_id_is_not_written_over()
    {
        await _registry.AskAsync<ModelRegistered>(_command);
        var first = await _registry.ContentsAsync(ObjectKeys.Model(_command.ExecutionId));
        var later = _command.StartedAt.AddDays(1);
        var second = _command with { StartedAt = later, ModelId = ObjectKeys.ModelId(_command.ExecutionId, later) };

        var failed = await _registry.AskAsync<RegistrationFailed>(second);

        failed.Reason.ShouldContain($"holds the registered model '{_command.ModelId}' of an earlier study");
        var now = await _registry.ContentsAsync(ObjectKeys.Model(_command.ExecutionId));
        now.Keys.ShouldBe(first.Keys);
        now.ShouldAllBe(file => file.Value.SequenceEqual(first[file.Key]));
        (await _registry.Models.ListAsync().Select(model => model.ModelId).ToListAsync()).ShouldBe([_command.ModelId]);
    }

    private Task<string?> RefusalAsync(RegisterModel command, TimeProvider? time = null) =>
        new RegistrationCheck(_registry.Studies, time ?? TimeProvider.System).RefusalAsync(command, default);
}
