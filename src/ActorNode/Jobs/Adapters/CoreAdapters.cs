using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>The kinds of tasks that every node has, but for those that need a chain.</summary>
public static class CoreAdapters
{
    /// <summary>All of them, for an <see cref="AdapterCatalog"/>.</summary>
    public static ImmutableArray<IAdapterType> All(JobsSettings settings, HttpCalls calls, TimeProvider clock)
    {
        var confirmations = (uint)settings.MinIncomingConfirmations;
        return
        [
            Kind("httpget", parameters => HttpAdapter.Get(parameters, calls)),
            Kind("httppost", parameters => HttpAdapter.Post(parameters, calls)),
            Kind("jsonparse", JsonParse.Create),
            Kind("copy", JsonParse.CreateCopy),
            Kind("multiply", Arithmetic.Multiply),
            Kind("quotient", Arithmetic.Quotient),
            Kind("compare", Comparison.Create),
            Kind("sleep", parameters => Sleep(parameters, clock)),
            Kind("noop", _ => new ImmediateAdapter(input => TaskOutcome.Completed(input.Data))),
            Kind("nooppend", _ => new ImmediateAdapter(input => TaskOutcome.Pending(RunStatus.PendingConfirmations, input.Data))),
            Kind("random", _ => new ImmediateAdapter(input => TaskOutcome.Completed(input.Data.WithResult(Random())))),
            Kind("wasm", _ => new ImmediateAdapter(input => TaskOutcome.Errored(input.Data, "Wasm is not supported without SGX"))),
        ];

        CoreAdapter Kind(string name, Func<JobData, IAdapter> create) => new(name, confirmations, create);
    }

    /// <summary>Waits until a time; one that is past or missing is no wait.</summary>
    private static ImmediateAdapter Sleep(JobData parameters, TimeProvider clock)
    {
        var until = Parameter.Time(parameters, "until") ?? DateTimeOffset.MinValue;
        return new ImmediateAdapter(input => clock.GetUtcNow() >= until ? TaskOutcome.Completed(input.Data) : TaskOutcome.Sleeping(input.Data, until));
    }

    /// <summary>A number from 0 to 2^256 - 1, all equally likely and not to be foreseen.</summary>
    private static string Random() =>
        new BigInteger(RandomNumberGenerator.GetBytes(32), isUnsigned: true).ToString(CultureInfo.InvariantCulture);
}
