using Glasswright.Actors.Storage;
using Glasswright.Kernels;
using Npgsql;

namespace Glasswright.Actors.Tests.Storage;

public sealed class StoreAddressTests
{
    private const string Secret = "s3cret";

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres://ann@db.example.org:5433/glass?sslmode=verify-full&sslrootcert=/etc/ca.pem&schema=mine")]
    [InlineData("postgres://[::1]/glass")]
    [InlineData("postgres://a%40b@localhost/glass?host=/run/postgresql")]
    public void AnAddressReadsBackAsItIsWritten(string text) => StoreAddress.Parse(text).ToString().ShouldBe(text);

    [Fact]
    public void EveryPartReachesTheDriver()
    {
        NpgsqlConnectionStringBuilder connection = StoreAddress.Parse(
            "postgresql://a%40b@db:5433/glass?sslmode=verify-full&sslrootcert=/etc/ca.pem&schema=mine").Connection();
        (connection.Username, connection.Host, connection.Port, connection.Database).ShouldBe(("a@b", "db", 5433, "glass"));
        (connection.SslMode, connection.RootCertificate, connection.SearchPath).ShouldBe((SslMode.VerifyFull, "/etc/ca.pem", "mine"));
        StoreAddress.Parse("postgres:///glass").Connection().Host.ShouldBe("localhost");
        StoreAddress.Parse("postgres:///glass?host=/run/postgresql").Connection().Host.ShouldBe("/run/postgresql");
        StoreAddress.Parse("postgres://db/glass").Schema.ShouldBe("glasswright");
    }

    [Theory]
    [InlineData("postgres://ann:s3cret@db/glass")]
    [InlineData("postgres://ann@db/glass?password=s3cret")]
    [InlineData("postgres://ann@db/glass?passfile=s3cret")]
    public void APasswordInTheAddressIsRefusedNamingTheRightPlace(string text)
    {
        InputException error = Should.Throw<InputException>(() => StoreAddress.Parse(text));
        error.Message.ShouldContain("PGPASSFILE");
        error.Message.ShouldContain("PGPASSWORD");
        error.Message.ShouldNotContain(Secret);
        error.Message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("postgre://ann:s3cret@db/glass", "postgres")]
    [InlineData("postgres://db/glass?sslmod=s3cret", "sslmode")]
    [InlineData("postgres://db/glass?sslmode=verify-ful", "verify-full")]
    public void AMisspelledNameIsToldTheNearest(string text, string nearest)
    {
        InputException error = Should.Throw<InputException>(() => StoreAddress.Parse(text));
        error.Nearest.ShouldBe(nearest);
        error.Message.ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData("mysql://db/glass", "no store")]
    [InlineData("", "no store")]
    [InlineData("postgres://db", "no database")]
    [InlineData("postgres://db/", "no database")]
    [InlineData("postgres://db/a/b", "no database")]
    [InlineData("postgres://db:x/glass", "port")]
    [InlineData("postgres://db:0/glass", "port")]
    [InlineData("postgres://db:1:s3cret@e/glass", "password")]
    [InlineData("postgres://s3cret:1:2/glass", "host and port")]
    [InlineData("postgres://db/glass?schema=Mine", "schema")]
    [InlineData("postgres://db/glass?schema=a;b", "schema")]
    [InlineData("postgres://db/glass?sslrootcert=", "no value")]
    public void WhatIsNoAddressIsRefused(string text, string problem)
    {
        InputException error = Should.Throw<InputException>(() => StoreAddress.Parse(text));
        error.Message.ShouldContain(problem);
        error.Message.ShouldNotContain(Secret);
    }
}
