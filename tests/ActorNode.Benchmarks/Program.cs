using ActorNode.Benchmarks.Engine;
using ActorNode.Benchmarks.Forging;
using ActorNode.Benchmarks.Jobs;
using ActorNode.Benchmarks.Journal;
using ActorNode.Benchmarks.Messages;
using ActorNode.Benchmarks.Storage;
using ActorNode.Benchmarks.Upkeep;

// dotnet run -c Release --project tests/ActorNode.Benchmarks -- writer
// Each benchmark carries its yardstick along in the same run: compare by ratio, machines differ.
return args switch
{
    ["engine", .. var rest] => await EngineBenchmark.RunAsync(rest),
    ["writer", .. var rest] => await WriterBenchmark.RunAsync(rest),
    ["journal", .. var rest] => await JournalBenchmark.RunAsync(rest),
    ["forging", .. var rest] => await ForgingBenchmark.RunAsync(rest),
    ["forging-crypto", .. var rest] => await CryptoBenchmark.RunAsync(rest),
    ["raw-insert", .. var rest] => await RawInsert.RunAsync(rest),
    ["layouts", .. var rest] => await Layouts.RunAsync(rest),
    ["upkeep", .. var rest] => await UpkeepBenchmark.RunAsync(rest),
    ["pages", .. var rest] => await PageReads.RunAsync(rest),
    ["jobs", .. var rest] => await JobsBenchmark.RunAsync(rest),
    ["jobs-listing", .. var rest] => await JobsListingBenchmark.RunAsync(rest),
    ["upkeep-store", .. var rest] => await UpkeepStoreBenchmark.RunAsync(rest),
    ["jobs-scheduler", .. var rest] => await SchedulerBenchmark.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("engine | writer | journal | upkeep | upkeep-store | forging | forging-crypto | raw-insert | layouts | pages | jobs | jobs-listing | jobs-scheduler, then pairs of --option and value");
    return 2;
}
