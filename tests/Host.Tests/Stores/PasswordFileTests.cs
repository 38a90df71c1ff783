using Glasswright.Host.Stores;

namespace Glasswright.Host.Tests.Stores;

/// <summary>Lines of libpq's password file.</summary>
public sealed class PasswordFileTests
{
    // The rule and the first example are those of the PostgreSQL manual, section "The Password File".
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("::1", @"\:\:1")]
    [InlineData(@"a\b", @"a\\b")]
    [InlineData(@"\:", @"\\\:")]
    public void ColonsAndBackslashesAreEscaped(string field, string escaped) => PasswordFile.Escape(field).ShouldBe(escaped);

    [Fact]
    public void LineHoldsTheFieldsInTheirOrder()
    {
        PasswordFile.Line("::1", 5433, "glass", "alice", "p:w").ShouldBe("\\:\\:1:5433:glass:alice:p\\:w\n");
        PasswordFile.Line("*", 5433, "*", "postgres", "*").ShouldBe("*:5433:*:postgres:*\n");
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("a:b")]
    [InlineData(@"a\:b\\")]
    public void PasswordIsReadBack(string password) =>
        PasswordFile.PasswordOf(PasswordFile.Line("fe80::1", 1, @"d\b", "u:v", password)).ShouldBe(password);

    [Theory]
    [InlineData("")]
    [InlineData("host:1:db:user:\n")]
    [InlineData("host:1:db:user\n")]
    [InlineData("# a comment\nhost:1:db:user:secret\n")]
    public void LineWithoutAPasswordHasNone(string text) => PasswordFile.PasswordOf(text).ShouldBeNull();

    [Fact]
    public void PasswordsAreLongPlainAndNeverTheSame()
    {
        string[] passwords = [.. Enumerable.Range(0, 100).Select(_ => PasswordFile.NewPassword())];

        passwords.Distinct().Count().ShouldBe(100);
        passwords.ShouldAllBe(password => password.Length == 43 && password.All(c => char.IsAsciiLetterOrDigit(c) || c == '-' || c == '_'));
    }
}
