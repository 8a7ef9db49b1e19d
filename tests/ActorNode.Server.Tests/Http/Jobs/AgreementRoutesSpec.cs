using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class AgreementRoutesSpec
{
    private const string Agreements = "/v2/service_agreements";

    [Fact(DisplayName = "Outside of dev mode nobody agrees on anything: 405, whatever the body")]
    public async Task Only_in_dev()
    {
        await using var node = await JobsNode.StartAsync();
        foreach (var body in new[] { "{}", "{" })
        {
            var answer = await node.SendAsync(HttpMethod.Post, Agreements, body);
            Assert.Equal((405, "Service Agreements are currently under development and not yet usable outside of development mode"), (answer.Status, answer.Errors));
        }
    }

    [Fact(DisplayName = "A node without an account cannot sign: 500; what is no JSON is a 422; what is not there a 404")]
    public async Task No_account()
    {
        var (node, client) = await JobsNode.WithClientAsync(JobsNode.Dev);
        await using var _ = node;
        var answer = await node.SendAsync(HttpMethod.Post, Agreements, "{}");
        var broken = await node.SendAsync(HttpMethod.Post, Agreements, "{");
        var missing = await client.GetAsync($"{Agreements}/0x12");
        Assert.Equal((500, "No Ethereum Accounts configured"), (answer.Status, answer.Errors));
        Assert.Equal(422, broken.Status);
        Assert.Equal((404, "ServiceAgreement not found"), (missing.Status, missing.Errors));
        Assert.Equal(401, (await node.SendAsync(HttpMethod.Get, $"{Agreements}/0x12")).Status);
    }
}
