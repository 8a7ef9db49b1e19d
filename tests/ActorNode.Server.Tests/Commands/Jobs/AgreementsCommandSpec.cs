using System.Globalization;
using System.Text.Json.Nodes;
using ActorNode.Ethereum.Agreements;
using ActorNode.Ethereum.Keys;
using ActorNode.Jobs;
using ActorNode.Jobs.Agreements;
using ActorNode.Server.Tests.Http.Jobs;
using Xunit;

namespace ActorNode.Server.Tests.Commands.Jobs;

public sealed class AgreementsCommandSpec
{
    private readonly KeyAgreementSigner _signer = new(new Secp256k1Key([.. Enumerable.Range(1, Secp256k1Key.SecretLength).Select(i => (byte)i)]));

    [Fact(DisplayName = "An agreement is made and signed, and shown by its id with the text that was signed")]
    public async Task Agrees()
    {
        await using var who = await SigningAsync();

        var agreed = await who.JsonAsync("agreements", "create", Request("1000000000000000000"));
        var id = (string)agreed["data"]!["id"]!;
        var shown = await who.TextAsync("agreements", "show", id);

        Assert.Matches("^0x[0-9a-f]{64}$", id);
        Assert.Matches($@"^ID +Created At +Payment +Expiration  Ends +Job\n{id}  .*  1000000000000000000  300 +\d{{4}}\S+Z  [0-9a-f]{{32}}\n\nsignature: 0x[0-9a-f]{{130}}\nrequestBody: \{{""", shown);
        Assert.EndsWith($"requestBody: {agreed["data"]!["attributes"]!["requestBody"]}", shown, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What breaks a rule, and what is not there, is exit code 1 with the node's words; making an agreement needs no session, seeing one does")]
    public async Task Refused()
    {
        await using var who = await SigningAsync();

        var cheap = await who.RunAsync("agreements", "create", Request("1"));
        var missing = await who.RunAsync("agreements", "show", "0x12");
        await who.TextAsync("logout");
        var open = await who.RunAsync("agreements", "create", Request("2000000000000000000"));
        var closed = await who.RunAsync("agreements", "show", "0x12");

        Assert.Equal((1, "Service agreement encumbrance error: Payment amount is below minimum 1.000000000000000000"), (cheap.ExitCode, cheap.Error.Trim()));
        Assert.Equal((1, "ServiceAgreement not found"), (missing.ExitCode, missing.Error.Trim()));
        Assert.Equal(0, open.ExitCode);
        Assert.Equal((1, "401 Unauthorized; Try logging in"), (closed.ExitCode, closed.Error.Trim()));
    }

    private Task<JobsOperator> SigningAsync()
    {
        var settings = new JobsSettings { Dev = true };
        return JobsOperator.LoggedInAsync(
            JobsNode.Dev,
            akka => akka.WithAgreements(_ => new AgreementPorts(new EthereumAgreements(_signer), _ => []), registry => registry.Get<JobsRegion>(), settings));
    }

    private string Request(string payment) => new JsonObject
    {
        ["initiators"] = new JsonArray(new JsonObject { ["type"] = "execagreement" }),
        ["tasks"] = new JsonArray(new JsonObject { ["type"] = "noop" }),
        ["payment"] = payment,
        ["expiration"] = 300,
        ["oracles"] = new JsonArray(_signer.Address.ToString()),
        ["endAt"] = DateTimeOffset.UtcNow.AddDays(30).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    }.ToJsonString();
}
