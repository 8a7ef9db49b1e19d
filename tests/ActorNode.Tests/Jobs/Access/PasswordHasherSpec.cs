using ActorNode.Jobs.Access;
using Xunit;

namespace ActorNode.Tests.Jobs.Access;

public sealed class PasswordHasherSpec
{
    [Fact(DisplayName = "A hash opens for its password alone, and two of one password differ")]
    public void Verifies()
    {
        var hasher = new PasswordHasher(14);
        var (one, two) = (hasher.Hash("pässword"), hasher.Hash("pässword"));
        Assert.NotEqual(one, two);
        Assert.StartsWith("scrypt$14$8$1$", one);
        Assert.True(PasswordHasher.Verify("pässword", one));
        Assert.True(PasswordHasher.Verify("pässword", two));
        Assert.False(PasswordHasher.Verify("password", one));
        Assert.False(PasswordHasher.Verify("", one));
    }

    [Fact(DisplayName = "A hash of another implementation of scrypt, with another cost, opens")]
    public void Interoperates() =>
        Assert.True(PasswordHasher.Verify("password", "scrypt$10$8$2$MDEyMzQ1Njc4OWFiY2RlZg==$bEaCAiyRYDARuNXGlQE7Plyz+/JVlfoIQ0KBQ3KtPwI="));

    [Theory(DisplayName = "What is no hash is an error and not a wrong password")]
    [InlineData("")]
    [InlineData("password")]
    [InlineData("scrypt$0$8$1$AAAA$AAAA")]
    [InlineData("scrypt$31$8$1$AAAA$AAAA")]
    [InlineData("bcrypt$14$8$1$AAAA$AAAA")]
    public void Refuses(string stored) => Assert.Throws<FormatException>(() => PasswordHasher.Verify("password", stored));
}
