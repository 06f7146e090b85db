using System.Reflection;
using System.Runtime.CompilerServices;
using MacroCausal.Tuner.Studies;
using MassTransit;
using MassTransit.Events;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>Every event of the state machine must be in its list of messages, from which correlation, partition and load follow.</summary>
public sealed class StudyStateMachineTests
{
    private const string Id = "study";

    private static readonly StudyStateMachine Machine = new();

    private static readonly IReadOnlyList<Type> EventTypes =
    [
        .. typeof(StudyStateMachine).GetProperties().Select(property => property.PropertyType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Event<>))
            .Select(type => type.GetGenericArguments()[0]),
    ];

    public static TheoryData<Type> Events => [.. EventTypes];

    [Fact]
    public void Every_event_is_correlated()
    {
        var correlations = ((SagaStateMachine<StudyInstance>)Machine).Correlations.ToList();

        EventTypes.ShouldNotBeEmpty();
        correlations.SelectMany(correlation => correlation.Validate()).ShouldBeEmpty();
        correlations.Select(correlation => correlation.DataType).ShouldBe(EventTypes, ignoreOrder: true);
    }

    [Fact]
    public void Every_event_is_partitioned()
    {
        var saga = DispatchProxy.Create<ISagaConfigurator<StudyInstance>, RecordedSaga>();

        Machine.PartitionMessages(saga, partitioner: null!);

        ((RecordedSaga)(object)saga).Messages.ShouldBe(EventTypes, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void Every_event_loads_the_study_of_its_execution_id(Type type) =>
        typeof(StudyStateMachine).GetMethod(nameof(StudyStateMachine.ExecutionIdOf), BindingFlags.Instance | BindingFlags.NonPublic)!
            .MakeGenericMethod(type).Invoke(Machine, [Message(type)]).ShouldBe(Id);

    [Fact]
    public void A_message_that_is_no_event_is_refused_with_the_remedy() =>
        Should.Throw<ArgumentException>(() => Machine.ExecutionIdOf("hello")).Message.ShouldContain(nameof(StudyStateMachine));

    private static object Message(Type type)
    {
        var isFault = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Fault<>);
        var concrete = isFault ? typeof(FaultEvent<>).MakeGenericType(type.GetGenericArguments()) : type;
        var message = RuntimeHelpers.GetUninitializedObject(concrete);
        var (name, value) = isFault ? ("Message", Message(type.GetGenericArguments()[0])) : ("ExecutionId", Id);
        concrete.GetProperty(name)!.SetValue(message, value);
        return message;
    }

    /// <summary>Takes note of the messages that are configured.</summary>
    public class RecordedSaga : DispatchProxy
    {
        public List<Type> Messages { get; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == "Message")
            {
                Messages.Add(targetMethod.GetGenericArguments()[0]);
            }

            return null;
        }
    }
}
