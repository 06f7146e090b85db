using System.Reflection;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using TorchSharp;

namespace MacroCausal.Model.Tests.Torch;

/// <summary>
/// What cannot be tested by running it, because it goes wrong once in a million calls: a Scalar that is freed while torch reads it
/// (<see cref="Held"/>), and an upload that somebody puts into a step. So the tests read the code.
/// </summary>
public sealed class HeldScalarTests
{
    private const byte Call = 0x28;
    private const byte CallVirtual = 0x6F;

    private static readonly Assembly Model = typeof(MacroCausalModel).Assembly;

    [Fact]
    public void No_method_of_a_tensor_that_makes_a_Scalar_is_called()
    {
        var makers = Methods(typeof(torch.Tensor)).Where(method => Calls(method).Any(call => IsConversion(call.Method))).ToHashSet();

        makers.Select(maker => maker.ToString()).ShouldContain("Tensor add_(Tensor)");
        Users(call => makers.Contains(call.Method)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_number_that_becomes_a_Scalar_is_kept_where_it_is_made() =>
        Users(call => IsConversion(call.Method) && !IsStore(call.Next)).ShouldBeEmpty();

    [Fact]
    public void The_trainers_bring_numbers_to_a_device_in_one_place_only() =>
        Users(call => call.Method is { Name: "tensor" or "from_array" } && call.Method.DeclaringType == typeof(torch))
            .Where(user => user.StartsWith(typeof(Upload).Namespace!, StringComparison.Ordinal))
            .Select(user => user.Split(':')[0]).Distinct().ShouldBe([typeof(Upload).FullName!]);

    [Theory]
    [InlineData(false, 1.9f, -2.9f)] // against the gradient with its penalty, a learning rate far
    [InlineData(true, 1.8f, -2.75f)] // shrunk by 5 %, then against the gradient itself
    public void The_first_step_goes_a_learning_rate_far(bool isDecoupled, float first, float second)
    {
        using var weights = new TorchSharp.Modules.Parameter(torch.tensor([2f, -3f]));
        using var adam = new HeldAdam([weights], learningRate: 0.1, weightDecay: 0.5, isDecoupled);
        weights.mul(torch.tensor([1f, -4f])).sum().backward();

        adam.step();

        weights.data<float>().ToArray().ShouldBe([first, second], 1e-6);
    }

    // op_Implicit and nothing else: Tensor has a conversion from numbers, too, which torch copies.
    private static bool IsConversion(MethodBase method) => method.Name == "op_Implicit" && method.DeclaringType == typeof(Scalar);

    // stloc.0 to stloc.3, stloc.s, stsfld, stfld
    private static bool IsStore(byte instruction) => instruction is (>= 0x0A and <= 0x0D) or 0x13 or 0x80 or 0x7D;

    private static List<string> Users(Func<(MethodBase Method, byte Next), bool> finds) =>
    [
        .. Model.GetTypes().SelectMany(type => Methods(type).Where(method => Calls(method).Any(finds))
            .Select(method => $"{type.FullName}:{method.Name}")),
    ];

    private static IEnumerable<MethodBase> Methods(Type type)
    {
        const BindingFlags Own =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own));
    }

    // Every place that could be a call; a number that looks like one resolves to no method of torch.
    private static IEnumerable<(MethodBase Method, byte Next)> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) yield break;
        for (var place = 0; place + 5 < code.Length; place++)
        {
            if (code[place] is Call or CallVirtual && Resolve(method, BitConverter.ToInt32(code, place + 1)) is { } called)
            {
                yield return (called, code[place + 5]);
            }
        }
    }

    private static MethodBase? Resolve(MethodBase caller, int token)
    {
        try
        {
            return caller.Module.ResolveMethod(
                token, caller.DeclaringType!.IsGenericType ? caller.DeclaringType.GetGenericArguments() : null,
                caller.IsGenericMethod ? caller.GetGenericArguments() : null);
        }
        catch (Exception exception) when (exception is ArgumentException or BadImageFormatException or MissingMethodException)
        {
            return null;
        }
    }
}
